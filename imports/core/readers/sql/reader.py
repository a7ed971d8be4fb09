"""Read the rows of one table out of an SQL dump."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, cast

from imports.core.errors import FileFormatError
from imports.core.problems import Problem
from imports.core.problems.of_rows import ROW_TOO_FEW_CELLS, ROW_TOO_MANY_CELLS
from imports.core.readers.delimited import name_cells, name_columns, number_columns
from imports.core.readers.rows import RECORD_LIMIT, RECORD_LIMIT_LABEL, RawRow, ReaderOptions
from imports.core.readers.sql.dumps import Definition, Dump, Line, Rows
from imports.core.readers.sql.literals import NotLiteral
from imports.core.readers.sql.tables import MOST_TABLES, DumpTable, find_users, unclear
from imports.core.readers.text import describe_damage, is_damaged, read_text, repair


def read_sql(file: BinaryIO, options: ReaderOptions) -> Iterator[RawRow]:
    """Yield the rows of the table that `options.path` names, or of the table of users."""
    target = Target(options.path or find_users(file, options.encoding))
    dump = Dump(read_text(file, options.encoding), options.encoding)
    row = None
    for row in read_target(dump, target, options.encoding):
        yield row
    if not target.is_found:
        tables = [DumpTable(name) for name in target.others]
        raise unclear(f"The dump has no table “{target.name[:80]}”.", tables)
    if row is None:
        raise FileFormatError(Problem("file_no_records"))


class Target:
    """The table that is read; without its schema, the first one of its name is meant."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_found = False
        self.others: dict[str, None] = {}

    def is_named(self, table: str) -> bool:
        """Return whether this is the table, and remember the names of others."""
        is_meant = not self.is_found and "." not in self.name
        if is_meant and table.rpartition(".")[2] == self.name:
            self.name = table
        self.is_found = self.is_found or table == self.name
        if table != self.name and len(self.others) < MOST_TABLES:
            self.others[table] = None
        return table == self.name


def read_target(dump: Dump, target: Target, encoding: str) -> Iterator[RawRow]:
    definition: Definition | None = None
    builder: RowBuilder | None = None
    row_number = 0
    while (found := dump.find_next()) is not None:
        if not target.is_named(found.table):
            if isinstance(found, Rows):
                dump.skip(found)
        elif isinstance(found, Definition):
            definition = found
        else:
            # Most tools write a statement for each row.
            if builder is None or not builder.suits(found, definition):
                builder = RowBuilder(dump, found, definition, encoding)
            for line in dump.read(found):
                row_number += 1
                yield builder.build(row_number, line)


class RowBuilder:
    """Gives the values of a row their columns, and says what is wrong with them."""

    def __init__(
        self, dump: Dump, rows: Rows, definition: Definition | None, encoding: str
    ) -> None:
        self._literals = dump.literals
        self._value = dump.value
        self._is_copy = rows.is_copy
        self._of = rows.columns, definition, rows.is_copy
        names = rows.columns or (definition.columns if definition else ())
        self._columns = name_columns(list(map(clean_name, names)))
        self._generated = definition.generated if definition else frozenset()
        self._encoding = encoding

    def suits(self, rows: Rows, definition: Definition | None) -> bool:
        """Return whether rows of a statement are built in the same way."""
        return (rows.columns, definition, rows.is_copy) == self._of

    def build(self, row_number: int, line: Line) -> RawRow:
        if line.problem:
            return RawRow(row_number, line.number, None, (line.problem,))
        if len(line.text) > RECORD_LIMIT:
            problem = Problem("row_too_large", params={"limit": RECORD_LIMIT_LABEL})
            return RawRow(row_number, line.number, None, (problem,))
        unread: list[int] = []
        cells = self._split_copied(line.text) if self._is_copy else self._split(line.text, unread)
        if not self._columns:
            self._columns = number_columns(cast("list[str]", cells))
        width = len(self._columns)
        if len(cells) == width and not unread and not self._is_damaged(line.text, cells):
            return RawRow(row_number, line.number, dict(zip(self._columns, cells, strict=True)))
        values: dict[str, str | None] = {**name_cells(self._columns, cast("list[str]", cells))}
        problems = tuple(self._find_problems(line, values, unread))
        return RawRow(row_number, line.number, values, problems)

    def _is_damaged(self, text: str, cells: list[str | None]) -> bool:
        """Return whether a value has a byte that is not valid, be it written as an escape."""
        if is_damaged(text):
            return True
        may_be = self._literals.may_make_surrogates and "\\" in text
        return may_be and any(map(is_damaged, filter(None, cells)))

    def _split_copied(self, text: str) -> list[str | None]:
        cells = text.split("\t")
        if "\\" not in text:
            return list(cells)
        unescape = self._literals.unescape_copied
        return [unescape(cell) if "\\" in cell else cell for cell in cells]

    def _split(self, text: str, unread: list[int]) -> list[str | None]:
        """Return the values in parentheses, and note the places of those that are no constants."""
        read = self._literals.read
        cells: list[str | None] = []
        for raw in self._value.findall(text)[:-1]:
            try:
                if raw == "NULL":
                    cells.append(None)
                elif raw.isdecimal():
                    cells.append(raw)
                else:
                    cells.append(read(raw))
            except NotLiteral:
                if not self._is_generated(raw, len(cells)):
                    unread.append(len(cells))
                cells.append(None)
        return cells

    def _is_generated(self, raw: str, place: int) -> bool:
        """Return whether DEFAULT stands for what other columns say already."""
        is_default = bool(self._generated) and raw.strip().upper() == "DEFAULT"
        return is_default and place < len(self._columns) and self._columns[place] in self._generated

    def _find_problems(
        self, line: Line, values: dict[str, str | None], unread: list[int]
    ) -> Iterator[Problem]:
        """Yield what is wrong, and take out of the values what cannot be kept."""
        width, names = len(self._columns), list(values)
        if len(values) != width:
            kind = ROW_TOO_MANY_CELLS if len(values) > width else ROW_TOO_FEW_CELLS
            yield Problem(kind.code, params={"cells": len(values), "columns": width})
        for place in unread:
            yield Problem("value_computed", column=names[place])
        damaged = [column for column, cell in values.items() if cell and is_damaged(cell)]
        if damaged:
            yield describe_damage(line.text, self._encoding, damaged[0])
        for column in damaged:
            values[column] = repair(values[column] or "")


def clean_name(name: str) -> str:
    return repair(name).replace("\0", "").strip()
