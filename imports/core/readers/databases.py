"""Reads the tables of an SQLite database file, which is not changed and runs nothing."""

from __future__ import annotations

import base64
import os
import sqlite3
import urllib.parse
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any, BinaryIO

from imports.core.errors import FileFormatError
from imports.core.problems import Problem
from imports.core.readers.json_record import JSON_INTEGERS, describe_text_damage, repair_nested
from imports.core.readers.rows import RECORD_LIMIT, RECORD_LIMIT_LABEL, RawRow, ReaderOptions
from imports.core.readers.streams import copy_to_disk

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
        self._copy: IO[bytes] | None = None
        path = find_path(file)
        if path is None:
            self._copy = copy_to_disk(file)
            path = self._copy.name
        uri = f"file:{urllib.parse.quote(path)}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._connection.text_factory = decode_text
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 4 * RECORD_LIMIT)
        try:
            self._connection.execute("PRAGMA trusted_schema = OFF")
            self._connection.execute("PRAGMA query_only = ON")
            found = self._connection.execute(LIST_TABLES, [TABLE_LIMIT]).fetchall()
        except sqlite3.Error as error:
            self.close()
            raise damage("The database", error) from error
        names = sorted((str(name) for (name,) in found), key=rank)
        if not names:
            self.close()
            raise FileFormatError(Problem("file_no_records"))
        self.members = tuple(names)

    def list_columns(self, table: str) -> tuple[str, ...]:
        """Return the names of a table's columns."""
        try:
            return tuple(column[0] for column in self._query(table, "WHERE 0").description)
        except sqlite3.Error as error:
            raise damage(table, error) from error

    def read(self, options: ReaderOptions) -> Iterator[RawRow]:
        """Yield the rows of a table; raise FileFormatError where it is damaged."""
        table = options.member
        if table not in self.members:
            detail = f"The database has no table “{table[:80]}”."
            raise FileFormatError(Problem("file_wrong_shape", params={"detail": detail}))
        row_number = 0
        try:
            cursor = self._query(table)
            columns = [column[0] for column in cursor.description]
            for row_number, values in enumerate(cursor, start=1):
                yield build_row(row_number, dict(zip(columns, values, strict=True)))
        except sqlite3.Error as error:
            raise damage(table, error) from error
        if row_number == 0:
            raise FileFormatError(Problem("file_no_records"))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        if self._copy:
            self._copy.close()

    def _query(self, table: str, condition: str = "") -> sqlite3.Cursor:
        quoted = table.replace('"', '""')
        return self._connection.execute(f'SELECT * FROM "{quoted}" {condition}')  # noqa: S608


def rank(name: str) -> tuple[bool, bool]:
    """Return what sorts the table of users before the others."""
    return not name.lower().endswith(("user", "users")), "user" not in name.lower()


def find_path(file: BinaryIO) -> str | None:
    """Return where the file is on disk; None when it is not there as it is."""
    for name in (getattr(file, "path", None), getattr(file, "name", None)):
        with suppress(OSError, ValueError, AttributeError):
            if isinstance(name, str) and os.path.samestat(os.stat(name), os.fstat(file.fileno())):
                return os.path.abspath(name)
    return None


def decode_text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def damage(table: str, error: sqlite3.Error) -> FileFormatError:
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
