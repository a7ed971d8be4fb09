"""Read the tables of an SQLite database file, without changing it or running anything in it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any, BinaryIO

import apsw

from imports.core.errors import FileFormatError
from imports.core.problems import Problem
from imports.core.readers.json_files.record import describe_text_damage, repair_nested
from imports.core.readers.packed.streams import Unpacked, copy_to_spool
from imports.core.readers.rows import RECORD_LIMIT, RECORD_LIMIT_LABEL, RawRow, ReaderOptions
from imports.core.readers.tables.sqlite_storage import open_database
from imports.core.values.json_text import JSON_INTEGERS

SQLITE_START = b"SQLite format 3\x00"
TABLE_LIMIT = 500
# Ordinary tables: views and virtual tables would run what the file says.
LIST_TABLES = """
    SELECT name FROM sqlite_schema
    WHERE type = 'table' AND sql LIKE 'CREATE TABLE%' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
    ORDER BY rootpage LIMIT ?
"""


class Database:
    """The tables of an SQLite file. Raises FileFormatError when it is none, or is damaged."""

    label = "SQLite database"

    def __init__(self, file: BinaryIO) -> None:
        # A database that is packed is unpacked first: its pages are read in any order.
        self._copy = copy_to_spool(file) if isinstance(file, Unpacked) else None
        try:
            self._base = open_database(self._copy or file)
        except apsw.Error as error:
            raise damage("The database", error) from error
        self._connection = self._base.connection
        self._connection.limit(apsw.SQLITE_LIMIT_LENGTH, 4 * RECORD_LIMIT)
        try:
            self._connection.execute("PRAGMA trusted_schema = OFF")
            self._connection.execute("PRAGMA query_only = ON")
            found = list(self._connection.execute(LIST_TABLES, [TABLE_LIMIT]))
            self._encoding = str(self._connection.pragma("encoding"))
        except (apsw.Error, UnicodeDecodeError) as error:
            self.close()
            raise damage("The database", error) from error
        names = sorted((str(name) for (name,) in found), key=rank)
        if not names:
            self.close()
            raise FileFormatError(Problem("file_no_records"))
        self.members = tuple(names)

    def list_columns(self, table: str) -> tuple[str, ...]:
        """Return the names of a table's columns."""
        quoted = quote(table)
        try:
            found = list(self._connection.execute(f"PRAGMA table_xinfo({quoted})"))
        except (apsw.Error, UnicodeDecodeError) as error:
            raise damage(table, error) from error
        return tuple(str(name) for _, name, *_ in found)

    def read(self, options: ReaderOptions) -> Iterator[RawRow]:
        """Yield the rows of a table; raise FileFormatError where it is damaged."""
        table = options.member
        if table not in self.members:
            detail = f"The database has no table “{table[:80]}”."
            raise FileFormatError(Problem("file_wrong_shape", params={"detail": detail}))
        columns = self.list_columns(table)
        # Text comes as bytes: what is not UTF-8 is a problem of its row and no end of the table.
        chosen = ", ".join(
            f"typeof({name}) = 'text',"
            f" CASE typeof({name}) WHEN 'text' THEN CAST({name} AS BLOB) ELSE {name} END"
            for name in map(quote, columns)
        )
        row_number = 0
        try:
            rows = self._connection.execute(f"SELECT {chosen} FROM {quote(table)}")  # noqa: S608
            for row_number, found in enumerate(rows, start=1):
                pairs = zip(found[::2], found[1::2], strict=True)
                values = [self._read_text(value) if is_text else value for is_text, value in pairs]
                yield build_row(row_number, dict(zip(columns, values, strict=True)))
        except apsw.Error as error:
            raise damage(table, error) from error
        if row_number == 0:
            raise FileFormatError(Problem("file_no_records"))

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()
        if self._copy:
            self._copy.close()

    def _read_text(self, raw: Any) -> str:
        errors = "surrogateescape" if self._encoding == "UTF-8" else "replace"
        return bytes(raw).decode(self._encoding, errors)


def quote(name: str) -> str:
    """Return a name as it stands in a statement."""
    return '"' + name.replace('"', '""') + '"'


def rank(name: str) -> tuple[bool, bool]:
    """Return what sorts the table of users before the others."""
    return not name.lower().endswith(("user", "users")), "user" not in name.lower()


def damage(table: str, error: Exception) -> FileFormatError:
    params = {"member": table[:80], "detail": str(error).rstrip(".")}
    return FileFormatError(Problem("archive_damaged", params=params))


def build_row(row_number: int, values: dict[str, Any]) -> RawRow:
    values = {column: write_cell(value) for column, value in values.items()}
    if sum(len(value) for value in values.values() if isinstance(value, str)) > RECORD_LIMIT:
        problem = Problem("row_too_large", params={"limit": RECORD_LIMIT_LABEL})
        return RawRow(row_number, None, None, (problem,))
    damaged: list[tuple[str, str]] = []
    values = repair_nested(values, "", damaged)
    if not damaged:
        return RawRow(row_number, None, values)
    column, text = damaged[0]
    return RawRow(row_number, None, values, (describe_text_damage(text, column),))


def write_cell(value: Any) -> Any:
    """Return a value as JSON can hold it: bytes in base64, infinity as a word."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return str(value)
    return value if not isinstance(value, int) or value in JSON_INTEGERS else str(value)
