"""Read CSV with any delimiter, and go on after rows that are broken."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, takewhile
from typing import BinaryIO

from imports.core.errors import FileFormatError
from imports.core.problems import Problem
from imports.core.problems.of_rows import ROW_TOO_FEW_CELLS, ROW_TOO_MANY_CELLS
from imports.core.readers.rows import RECORD_LIMIT, RECORD_LIMIT_LABEL, RawRow, ReaderOptions
from imports.core.readers.text import describe_damage, is_damaged, read_text, repair
from imports.core.secrecy import is_secret_name

# How far to look, in characters, for the end of a quoted cell before calling it unclosed. Lines
# that are read a second time get the shorter distance: a file of opening quotes must not make
# every line as dear as the first.
LOOK_AHEAD = 8 << 20
LOOK_AHEAD_AGAIN = 4 << 10
# Rows that show whether all of them end with a delimiter.
LOOKED_AT = 2
UNNAMED = re.compile(r"\(column \d+\)")
LINE_END = re.compile(r"[\r\n]")
# Excel writes such a first line to tell itself the delimiter.
SEPARATOR_HINT = re.compile(r"sep=.\s*", re.IGNORECASE)

# The csv module keeps one limit for the whole process; its 128 kB would end a record before
# this module can say what is wrong with it.
csv.field_size_limit(2 * LOOK_AHEAD)


class LookedTooFar(Exception):
    """A record is longer than any record may be."""


class LineFeed:
    """Gives csv.reader its lines and remembers those of the record being read.

    `first_line` is the number of the record's first line in the file.
    """

    def __init__(self, blocks: Iterator[str]) -> None:
        self.record: list[str] = []
        self.first_line = 1
        self.has_damage = False
        self._fresh = self._split_lines(blocks)
        self._again: deque[str] = deque()
        self._room = LOOK_AHEAD

    def __iter__(self) -> LineFeed:
        return self

    def __next__(self) -> str:
        if self._room < 0:
            raise LookedTooFar
        line = self._again.popleft() if self._again else next(self._fresh)
        self._room -= len(line)
        self.record.append(line)
        return line

    def skip_lines(self, count: int) -> None:
        """Pass over lines at the start of the file."""
        self.first_line += sum(1 for _ in islice(self._fresh, count))

    def begin_record(self) -> None:
        self.first_line += len(self.record)
        self.record = []
        self._room = LOOK_AHEAD_AGAIN if self._again else LOOK_AHEAD

    def keep_first_line(self) -> None:
        """End the record after its first line; the others are read again."""
        self._again.extendleft(reversed(self.record[1:]))
        del self.record[1:]

    def _split_lines(self, blocks: Iterator[str]) -> Iterator[str]:
        rest = ""
        for block in blocks:
            self.has_damage = self.has_damage or is_damaged(block)
            if len(rest) > LOOK_AHEAD and not LINE_END.search(block):
                continue  # the tail of a line that is longer than any record may be
            text = rest + block
            # A carriage return at the very end may be the first half of a line end.
            cut = max(text.rfind("\n", len(rest)), text.rfind("\r", 0, len(text) - 1)) + 1
            yield from io.StringIO(text[:cut], newline="")
            rest = text[cut:]
        yield from io.StringIO(rest, newline="")


# How mysql --batch and COPY of PostgreSQL write no value between tabs, where nothing is quoted.
NULLS = frozenset({"NULL", r"\N"})


@dataclass(slots=True)
class Record:
    """The cells of one record, or of as much of it as could be read, and what is wrong with it.

    `faulty_cell` is the index of the cell that the problem is about: the last, for an open quote.
    """

    cells: list[str]
    lines: list[str]
    line_number: int
    problem: Problem | None = None
    faulty_cell: int = -1
    is_oversized: bool = False


def read_delimited(file: BinaryIO, options: ReaderOptions) -> Iterator[RawRow]:
    """Yield the rows of a CSV file; rows without any value are neither yielded nor counted."""
    feed = LineFeed(read_text(file, options.encoding))
    feed.skip_lines(options.skip_lines)
    records = split_records(feed, options.delimiter)
    first = next(records, None)
    if first is None:
        raise FileFormatError(Problem("file_empty"))
    if options.has_header:
        start = list(islice(records, LOOKED_AT))
        columns, ends_in_blank = fit_columns(read_header(first), start)
        records = chain(start, records)
    else:
        columns, ends_in_blank = number_columns(first.cells), False
        records = chain([first], records)
    nulls = NULLS if options.delimiter == "\t" else frozenset()
    builder = RowBuilder(columns, options.encoding, feed, nulls, ends_in_blank=ends_in_blank)
    row_number = 0
    for row_number, record in enumerate(records, start=1):
        yield builder.build(row_number, record)
    if row_number == 0:
        raise FileFormatError(Problem("file_no_records"))


def split_records(feed: LineFeed, delimiter: str) -> Iterator[Record]:
    """Yield the records that hold at least one value."""
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    width = 0
    while True:
        feed.begin_record()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, LookedTooFar) as error:
            record = recover(feed, delimiter, error)
        else:
            record = Record(cells, feed.record, feed.first_line)
            if len(feed.record) > 1 and width != len(cells):
                check_quotes(feed, record, delimiter, width)
            if len(feed.record[0]) > RECORD_LIMIT or len(feed.record) > 1:
                record.is_oversized = sum(map(len, feed.record)) > RECORD_LIMIT
            if not any(map(str.strip, cells)) or is_separator_hint(feed):
                continue
        width = width or len(record.cells)
        yield record


def is_separator_hint(feed: LineFeed) -> bool:
    return feed.first_line == 1 and bool(SEPARATOR_HINT.fullmatch(feed.record[0]))


def recover(feed: LineFeed, delimiter: str, error: Exception) -> Record:
    """Return what the record's first line holds; reading goes on at the line after it."""
    line_count = len(feed.record)
    feed.keep_first_line()
    cells = read_loosely(feed.record[0], delimiter)
    record = Record(cells, feed.record, feed.first_line)
    if len(feed.record[0]) > RECORD_LIMIT:
        record.is_oversized = True
    elif line_count == 1 and "expected after" in str(error):
        detail = "text follows a closing quotation mark; inside a cell it has to be doubled"
        record.problem = Problem("row_unreadable", params={"syntax": "CSV", "detail": detail})
        record.faulty_cell = find_stray_text(feed.record[0], delimiter)
    else:
        record.problem = Problem("row_unclosed_quote", params={"line": feed.first_line})
    return record


def find_stray_text(line: str, delimiter: str) -> int:
    """Return the index of the cell in which text follows a closing quote."""
    mark = re.escape(delimiter)
    found = re.search(rf'(^|{mark})"[^"]*+(?:""[^"]*+)*+"(?!{mark}|[\r\n]|$)', line)
    return len(read_loosely(line[: found.end(1)], delimiter)) - 1 if found else -1


def check_quotes(feed: LineFeed, record: Record, delimiter: str, width: int) -> None:
    """Cut a record of several lines and the wrong number of cells where a quote was left open.

    That it was is certain enough when the second line is a whole row by itself.
    """
    if width and len(read_loosely(feed.record[1], delimiter)) == width:
        feed.keep_first_line()
        record.cells = read_loosely(feed.record[0], delimiter)
        record.problem = Problem("row_unclosed_quote", params={"line": feed.first_line})


def read_loosely(line: str, delimiter: str) -> list[str]:
    """Return the cells of one line as well as they can be told, however it is quoted."""
    cells = next(csv.reader([line], delimiter=delimiter), [""])
    return [cell.rstrip("\r\n") for cell in cells]


def read_header(record: Record) -> list[str]:
    """Return the column names; a column without one is named after its position."""
    if record.problem:
        detail = f"The header in line {record.line_number} cannot be read."
        detail = f"{detail} {record.problem.message}"
        raise FileFormatError(Problem("file_wrong_shape", params={"detail": detail}))
    if record.is_oversized:
        detail = f"The header in line {record.line_number} is longer than {RECORD_LIMIT_LABEL}."
        raise FileFormatError(Problem("file_wrong_shape", params={"detail": detail}))
    return name_columns(clean_names(record.cells))


def clean_names(cells: list[str]) -> list[str]:
    """Return the cells of a header as names; what is a secret, not a name, is left blank."""
    names = [repair(cell).replace("\0", "").strip() for cell in cells]
    return ["" if is_secret_name(name) else name for name in names]


def name_columns(names: list[str]) -> list[str]:
    """Return names of which no two are the same: those that repeat one say where they are."""
    columns: dict[str, None] = {}
    for position, name in enumerate(names, start=1):
        unnamed = f"(column {position})"
        is_new = bool(name) and name not in columns
        columns[name if is_new else f"{name} {unnamed}".strip()] = None
    return list(columns)


def fit_columns(columns: list[str], start: list[Record]) -> tuple[list[str], bool]:
    """Return the columns that rows have, and whether rows end with a blank cell beyond those.

    Some systems end the header alone with a delimiter, or every row but the header.
    """
    widths = {len(record.cells) for record in start}
    unnamed = sum(1 for _ in takewhile(UNNAMED.fullmatch, reversed(columns)))
    if unnamed and widths == {len(columns) - unnamed}:
        return columns[:-unnamed], False
    all_blank = not any(record.cells[-1].strip() for record in start)
    return columns, len(start) == LOOKED_AT and widths == {len(columns) + 1} and all_blank


def number_columns(cells: list[str]) -> list[str]:
    return [f"(column {index})" for index in range(1, len(cells) + 1)]


def name_cells(columns: list[str], cells: list[str]) -> dict[str, str]:
    """Return the cells by column; those beyond the last column by their position."""
    values = dict(zip(columns, cells, strict=False))
    for position, cell in enumerate(cells[len(columns) :], start=len(columns) + 1):
        values[f"(cell {position})"] = cell
    return values


class RowBuilder:
    """Gives the cells of a record their column names, and says what is wrong with them."""

    def __init__(
        self,
        columns: list[str],
        encoding: str,
        feed: LineFeed,
        nulls: frozenset[str] = frozenset(),
        *,
        ends_in_blank: bool = False,
    ) -> None:
        self.nulls = nulls
        self.columns = columns
        self.ends_in_blank = ends_in_blank
        self.width = len(columns)
        self.encoding = encoding
        self.feed = feed

    def build(self, row_number: int, record: Record) -> RawRow:
        cells = record.cells
        if self.ends_in_blank and len(cells) > self.width and not cells[-1].strip():
            cells = cells[:-1]
        if self.nulls and not self.nulls.isdisjoint(cells):
            cells = ["" if cell in self.nulls else cell for cell in cells]
        values = name_cells(self.columns, cells)
        if (
            len(cells) == self.width
            and record.problem is None
            and not record.is_oversized
            and not self.feed.has_damage
        ):
            return RawRow(row_number, record.line_number, values)
        problems = tuple(self._find_problems(record, values))
        return RawRow(row_number, record.line_number, values, problems)

    def _find_problems(self, record: Record, values: dict[str, str]) -> Iterator[Problem]:
        """Yield what is wrong, and take out of the values what cannot be kept."""
        if record.problem:
            column = list(values)[record.faulty_cell]
            yield Problem(record.problem.code, column=column, params=record.problem.params)
        elif len(values) != self.width:
            kind = ROW_TOO_MANY_CELLS if len(values) > self.width else ROW_TOO_FEW_CELLS
            yield Problem(kind.code, params={"cells": len(values), "columns": self.width})
        if record.is_oversized:
            largest = max(values, key=lambda column: len(values[column]))
            del values[largest]
            yield Problem("row_too_large", column=largest, params={"limit": RECORD_LIMIT_LABEL})
        damaged = [column for column, cell in values.items() if is_damaged(cell)]
        if damaged:
            yield describe_damage("".join(record.lines), self.encoding, damaged[0])
        for column in damaged:
            values[column] = repair(values[column])
