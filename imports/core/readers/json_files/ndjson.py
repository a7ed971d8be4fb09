"""Read NDJSON: one JSON object in each line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from imports.core.errors import FileFormatError
from imports.core.problems import Problem
from imports.core.problems.of_rows import ROW_UNREADABLE
from imports.core.readers.json_files.record import read_record
from imports.core.readers.rows import RECORD_LIMIT, RawRow, ReaderOptions
from imports.core.readers.text import read_utf8

WHITESPACE = b" \t\r\n"


def read_ndjson(file: BinaryIO, options: ReaderOptions) -> Iterator[RawRow]:
    """Yield one row for each line that is not blank."""
    row_number = 0
    for line_number, line in enumerate(split_lines(read_utf8(file, options.encoding)), start=1):
        raw = line.strip(WHITESPACE)
        if not raw:
            continue
        row_number += 1
        row = read_record(raw, row_number, line_number, "ndjson")
        if row.values is None and not line.endswith(b"\n"):
            row = mark_truncated(row, raw)
        yield row
    if row_number == 0:
        raise FileFormatError(Problem("file_empty"))


def split_lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the lines with their ends; of one that is too long, no more than shows that it is."""
    rest = b""
    for block in blocks:
        *lines, tail = block.split(b"\n")
        for line in lines:
            yield b"%b%b\n" % (rest, line)
            rest = b""
        if len(rest) <= RECORD_LIMIT:
            rest += tail
    if rest:
        yield rest


def mark_truncated(row: RawRow, raw: bytes) -> RawRow:
    """Return the last row of a file that was cut short as such, if that is what it looks like."""
    if row.problems[0].kind is not ROW_UNREADABLE or not raw.startswith(b"{"):
        return row
    detail = f"line {row.line_number} is the last one and has no end"
    problem = Problem("row_truncated", params={"detail": detail})
    return RawRow(row.row_number, row.line_number, None, (problem,))
