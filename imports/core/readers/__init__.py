"""Syntax: turns a file into raw rows, in order, one at a time, whatever is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from imports.core.errors import FileFormatError
from imports.core.problems.of_files import ARCHIVE_REFUSED
from imports.core.readers.containers.opening import open_container
from imports.core.readers.joined.joining import read_joined
from imports.core.readers.joined.merging import merge_adjacent
from imports.core.readers.rows import (
    COLON_SYNTAXES,
    DELIMITERS,
    OTHER_DELIMITERS,
    SYNTAX_NAMES,
    SYNTAXES,
    TEXT_SYNTAXES,
    RawRow,
    ReaderOptions,
    Syntax,
)
from imports.core.readers.text import ENCODINGS

__all__ = [
    "COLON_SYNTAXES",
    "DELIMITERS",
    "ENCODINGS",
    "OTHER_DELIMITERS",
    "SYNTAXES",
    "SYNTAX_NAMES",
    "TEXT_SYNTAXES",
    "RawRow",
    "ReaderOptions",
    "Syntax",
    "read_rows",
]


def read_rows(file: BinaryIO, options: ReaderOptions) -> Iterator[RawRow]:
    """Yield the rows of a seekable file from its start, in memory that does not grow with it.

    Raise FileFormatError when the file as a whole cannot be read, before the first row, and when
    an archive turns out to be a bomb. Everything later is a problem of a row, and costs no other.
    """
    with open_container(file) as container:
        rows = read_joined(container, options) if options.tables else container.read(options)
        rows = end_at_damage(rows)
        yield from merge_adjacent(rows, options.merge_on) if options.merge_on else rows


def end_at_damage(rows: Iterator[RawRow]) -> Iterator[RawRow]:
    """Yield the rows up to where the file is damaged, and that as a problem of one more."""
    row_number = 0
    try:
        for row in rows:
            row_number = row.row_number
            yield row
    except FileFormatError as error:
        if not row_number or error.problem.kind is ARCHIVE_REFUSED:
            raise
        yield RawRow(row_number + 1, None, None, (error.problem,))
