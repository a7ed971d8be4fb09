"""Reads the first rows of a file from its head alone, however large it is."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import islice
from typing import BinaryIO

from imports.core.readers import RawRow, ReaderOptions, read_rows

HEAD_BYTES = 2 << 20
# Looked at when the records at the start are broken or huge, so that they do not cost the others.
LONG_HEAD_BYTES = 32 << 20
SAMPLE_ROWS = 200
# At the end of a head that is cut, these may be part of a character.
BEYOND_ASCII = bytes(range(128, 256))


def read_sample(file: BinaryIO, options: ReaderOptions) -> list[RawRow]:
    """Return the first rows, at most 200 out of 2 MB, or more if no record ends in them.

    Raise FileFormatError when there are none.
    """
    head, is_cut = read_head(file, HEAD_BYTES)
    rows = sample_rows(head, options, is_cut=is_cut)
    if is_cut and not has_values(rows):
        head, is_cut = read_head(file, LONG_HEAD_BYTES)
        rows = sample_rows(head, options, is_cut=is_cut)
    return rows


def read_head(file: BinaryIO, size: int) -> tuple[bytes, bool]:
    """Return the file's start up to a line end if there is one, and whether more comes after it."""
    file.seek(0)
    head = file.read(size)
    is_cut = bool(file.read(1))
    if is_cut:
        head = head[: head.rfind(b"\n") + 1] or head.rstrip(BEYOND_ASCII)
    return head, is_cut


def has_values(rows: Sequence[RawRow]) -> bool:
    return any(row.values is not None for row in rows)


def sample_rows(head: bytes, options: ReaderOptions, *, is_cut: bool) -> list[RawRow]:
    """Return the first rows; of a head that is cut, without the row that the cut went through.

    The only row there is stays: whole or not, it shows the columns.
    """
    rows = list(islice(read_rows(io.BytesIO(head), options), SAMPLE_ROWS + 1))
    if is_cut and 1 < len(rows) <= SAMPLE_ROWS:
        del rows[-1:]
    return rows[:SAMPLE_ROWS]
