"""Reads a JSON array of records, or the list of records that is somewhere inside a JSON object.

A streaming parser ends with the first error: a bare NaN, a damaged byte or a missing quote in one
record would cost all later ones. Here the file is only cut into records, by its brackets outside
strings, and each record is parsed by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from imports.core.errors import FileFormatError
from imports.core.problems import Problem
from imports.core.readers.json_paths import ELEMENT, Walk, choose_path, parse_path, wrong_shape
from imports.core.readers.json_splitter import Splitter, truncate
from imports.core.readers.rows import RawRow, ReaderOptions
from imports.core.readers.text import read_utf8

# How much of a JSON object is searched for its list of records.
HEAD_LIMIT = 2 << 20


def read_json_array(file: BinaryIO, options: ReaderOptions) -> Iterator[RawRow]:
    """Yield the elements of the top-level array, or of the list at `options.path`.

    A path through another list, such as `orgs[].people`, gives the elements of all lists there,
    each with the plain members of the object it was found in under the path of the outer list.
    """
    splitter = Splitter(read_utf8(file, options.encoding))
    first = splitter.skip_blank()
    if not first:
        raise FileFormatError(Problem("file_empty"))
    if first == b"[" and not options.path.startswith(ELEMENT):
        rows = read_whole_list(splitter)
    elif first in b"[{":
        path = options.path or find_path(file, options.encoding)
        splitter = Splitter(read_utf8(file, options.encoding))
        rows = read_inner_lists(splitter, path)
    else:
        raise wrong_shape("Expected a JSON array, which starts with [, and found something else.")
    row_number = 0
    for row_number, row in enumerate(rows, start=1):
        yield RawRow(row_number, row.line_number, row.values, row.problems)
    if row_number == 0:
        raise FileFormatError(Problem("file_no_records"))


def find_path(file: BinaryIO, encoding: str) -> str:
    """Return the path of the list that the start of the file shows to be that of the records."""
    head = b""
    for block in read_utf8(file, encoding):
        head += block
        if len(head) >= HEAD_LIMIT:
            break
    return choose_path(head[:HEAD_LIMIT])


def read_whole_list(splitter: Splitter) -> Iterator[RawRow]:
    splitter.advance(splitter.at + 1)
    yield from splitter.read_elements()
    if splitter.is_closed and splitter.skip_blank():
        detail = "there is more text after the end of the list, which was not read"
        params = {"syntax": "JSON", "detail": detail}
        yield RawRow(0, splitter.line, None, (Problem("row_unreadable", params=params),))


def read_inner_lists(splitter: Splitter, path: str) -> Iterator[RawRow]:
    """Yield the elements of each list at the path."""
    target = parse_path(path)
    walk = Walk(splitter, lambda steps: steps == target[: len(steps)])
    is_found = False
    for steps in walk.find_lists():
        if steps != target:
            continue
        is_found = True
        outer = walk.read_outer_members()
        splitter.advance(splitter.cursor)
        for row in splitter.read_elements():
            values = row.values if row.values is None or not outer else {**outer, **row.values}
            yield RawRow(0, row.line_number, values, row.problems)
        if not splitter.is_closed or ELEMENT not in target:
            return
    if not is_found:
        raise FileFormatError(Problem("file_list_missing", params={"path": path[:80]}))
    if walk.levels:
        yield truncate("the closing brackets around the lists are missing", splitter.line)
