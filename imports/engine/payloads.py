"""Packs raw rows for keeping in the database: compressed, then encrypted."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any

import orjson

from accounts import encryption
from imports.core.problems import Problem
from imports.core.readers import RawRow

PURPOSE = b"import rows"
# Speed matters more than the last few per cent of size: the rows live for minutes.
COMPRESSION_LEVEL = 1


def pack_rows(rows: Iterable[RawRow]) -> bytes:
    """Return the rows as one encrypted payload."""
    return pack_encoded(encode_row(row) for row in rows)


def encode_row(row: RawRow) -> bytes:
    """Return one row as it stands in a payload; its length is what it adds to it."""
    problems = [problem.to_json() for problem in row.problems]
    return orjson.dumps([row.row_number, row.line_number, row.values, problems, row.amendments])


def pack_encoded(rows: Iterable[bytes]) -> bytes:
    """Return encoded rows as one encrypted payload."""
    plain = b"[" + b",".join(rows) + b"]"
    return encryption.encrypt(zlib.compress(plain, COMPRESSION_LEVEL), purpose=PURPOSE)


def unpack_rows(payload: bytes | memoryview) -> list[RawRow]:
    """Return the rows of a payload, or raise DecryptionError."""
    plain = zlib.decompress(encryption.decrypt(bytes(payload), purpose=PURPOSE))
    return [_from_json(stored) for stored in orjson.loads(plain)]


def _from_json(stored: list[Any]) -> RawRow:
    row_number, line_number, values, problems, amendments = stored
    return RawRow(
        row_number=row_number,
        line_number=line_number,
        values=values,
        problems=tuple(Problem.from_json(problem) for problem in problems),
        amendments=tuple(amendments),
    )
