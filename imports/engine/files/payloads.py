"""Pack raw rows for keeping in the database: compressed, then encrypted."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from accounts import encryption
from imports.core.readers import RawRow
from imports.core.readers.rows import decode_row, encode_row

PURPOSE = b"import rows"
# Speed matters more than the last few per cent of size: the rows live for minutes.
COMPRESSION_LEVEL = 1


def pack_rows(rows: Iterable[RawRow]) -> bytes:
    """Return the rows as one encrypted payload."""
    return pack_encoded(encode_row(row) for row in rows)


def pack_encoded(rows: Iterable[bytes]) -> bytes:
    """Return encoded rows as one encrypted payload."""
    plain = b"\n".join(rows)
    return encryption.encrypt(zlib.compress(plain, COMPRESSION_LEVEL), purpose=PURPOSE)


def unpack_rows(payload: bytes | memoryview) -> list[RawRow]:
    """Return the rows of a payload, or raise DecryptionError."""
    return list(map(decode_row, unpack_encoded(payload)))


def unpack_encoded(payload: bytes | memoryview) -> list[bytes]:
    """Return the rows of a payload as `encode_row` wrote them, or raise DecryptionError."""
    plain = zlib.decompress(encryption.decrypt(bytes(payload), purpose=PURPOSE))
    return plain.split(b"\n") if plain else []
