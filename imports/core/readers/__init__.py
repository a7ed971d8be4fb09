"""Syntax: turns a file into raw rows, in order, one at a time, whatever is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from imports.core.readers.delimited import read_delimited
from imports.core.readers.json_array import read_json_array
from imports.core.readers.ldif import read_ldif
from imports.core.readers.merging import merge_adjacent
from imports.core.readers.ndjson import read_ndjson
from imports.core.readers.rows import (
    DELIMITERS,
    SYNTAX_NAMES,
    SYNTAXES,
    RawRow,
    ReaderOptions,
    Syntax,
)
from imports.core.readers.text import ENCODINGS

__all__ = [
    "DELIMITERS",
    "ENCODINGS",
    "SYNTAXES",
    "SYNTAX_NAMES",
    "RawRow",
    "ReaderOptions",
    "Syntax",
    "read_rows",
]

READERS = {
    "csv": read_delimited,
    "json": read_json_array,
    "ndjson": read_ndjson,
    "ldif": read_ldif,
}


def read_rows(file: BinaryIO, options: ReaderOptions) -> Iterator[RawRow]:
    """Yield the rows of a seekable file from its start, in memory that does not grow with it.

    Raise FileFormatError when the file as a whole cannot be read, before the first row.
    Everything later is a problem of a row, and costs no other row.
    """
    rows = READERS[options.syntax](file, options)
    return merge_adjacent(rows, options.merge_on) if options.merge_on else rows
