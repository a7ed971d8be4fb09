"""Read a JSON array of records, or the list of records that is somewhere inside a JSON object.

A streaming parser ends with the first error: a bare NaN, a damaged byte or a missing quote in one
record would cost all later ones. Here the file is only cut into records, by its brackets outside
strings, and each record is parsed by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from imports.core.errors import FileFormatError
from imports.core.problems import Problem
from imports.core.readers.json_files.outline import choose_path, read_outline
from imports.core.readers.json_files.paths import MAP, Walk, parse_choice, parse_path, wrong_shape
from imports.core.readers.json_files.splitter import Splitter, truncate
from imports.core.readers.rows import RawRow, ReaderOptions
from imports.core.readers.text import read_utf8

# How much of a JSON object is searched for its list of records.
SEARCHED_BYTES = 64 << 20
# Holds the key of a record in an object of records.
KEY_COLUMN = "(id)"


def read_json_array(file: BinaryIO, options: ReaderOptions) -> Iterator[RawRow]:
    """Yield the elements of the top-level array, or of the list or map at `options.path`.

    A path through another list, such as `orgs[].people`, gives the elements of all lists there,
    each with the plain members of the object it was found in under the path of the outer list.
    """
    splitter = Splitter(read_utf8(file, options.encoding))
    first = splitter.skip_blank()
    if not first:
        raise FileFormatError(Problem("file_empty"))
    if first == b"[" and not options.path.startswith("["):
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


def read_json_objects(file: BinaryIO, options: ReaderOptions) -> Iterator[RawRow]:
    """Yield the objects of a text that has them one after another, over several lines or not."""
    splitter = Splitter(read_utf8(file, options.encoding))
    row_number = 0
    for row_number, row in enumerate(splitter.read_elements(in_list=False), start=1):
        yield RawRow(row_number, row.line_number, row.values, row.problems)
    if row_number == 0:
        raise FileFormatError(Problem("file_empty"))


def find_path(file: BinaryIO, encoding: str) -> str:
    """Return the path of the list that the start of the file shows to be that of the records."""
    return choose_path(read_outline(take_start(read_utf8(file, encoding))))


def take_start(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield as much of a file as is searched for its records."""
    size = 0
    for block in blocks:
        yield block
        size += len(block)
        if size >= SEARCHED_BYTES:
            return


def read_whole_list(splitter: Splitter) -> Iterator[RawRow]:
    splitter.advance(splitter.at + 1)
    yield from splitter.read_elements()
    if splitter.is_closed and splitter.skip_blank():
        detail = "there is more text after the end of the list, which was not read"
        params = {"syntax": "JSON", "detail": detail}
        yield RawRow(0, splitter.line, None, (Problem("row_unreadable", params=params),))


def read_inner_lists(splitter: Splitter, path: str) -> Iterator[RawRow]:
    """Yield the elements of each list at the path, or the entries of each map."""
    target, choice = parse_path(path), parse_choice(path)
    is_map = target[-1:] == (MAP,)
    target = target[:-1] if is_map else target
    walk = Walk(splitter, lambda steps: steps == target[: len(steps)], target if is_map else None)
    is_found = False
    for steps in walk.find_lists():
        if steps != target or not is_chosen(walk, choice):
            continue
        is_found = True
        outer = {} if choice else walk.read_outer_members()
        splitter.advance(splitter.cursor)
        rows = splitter.read_entries(KEY_COLUMN) if is_map else splitter.read_elements()
        for row in rows:
            values = row.values if row.values is None or not outer else {**outer, **row.values}
            yield RawRow(0, row.line_number, values, row.problems)
        if not splitter.is_closed:
            return
    if not is_found:
        raise FileFormatError(Problem("file_list_missing", params={"path": path[:80]}))
    if walk.levels:
        yield truncate("the closing brackets around the lists are missing", splitter.line)


def is_chosen(walk: Walk, choice: dict[int, tuple[str, str]]) -> bool:
    """Return whether the elements that a list is in are those that its path chooses."""
    return all(
        len(walk.levels) > position + 1
        and str(walk.levels[position + 1].members.get(name)) == value
        for position, (name, value) in choice.items()
    )
