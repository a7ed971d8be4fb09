"""Write rows with COPY, the fastest way into PostgreSQL.

Its text is built column by column: that needs no call for each value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from django.db import connection, models
from psycopg import sql

NULL = "\\N"
# What COPY's text format gives a meaning of its own; the form of each within a value.
SPECIAL = re.compile(r"[\\\x08\t\n\x0b\f\r]")
ESCAPES = str.maketrans(
    {"\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r"}
)


@dataclass(frozen=True, slots=True)
class Same:
    """A column that has one value in every row."""

    value: Any


Column = Sequence[Any] | Same


def copy_columns(model: type[models.Model], columns: Mapping[str, Column]) -> None:
    """Write rows, given as columns by name, into a model's table, in the transaction that is open.

    At least one column is not the same in every row. Columns left out get their database default;
    raises what the constraints raise.
    """
    texts = [_write_column(column) for column in columns.values()]
    lines = list(map("\t".join, zip(*texts, strict=False)))
    if not lines:
        return
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    # Django wraps the errors of `execute` only; whoever calls this waits for Django's.
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(statement) as copy,
    ):
        copy.write("\n".join([*lines, ""]).encode())


def copy_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Write rows, given one by one, as `copy_columns` does."""
    copy_columns(model, dict(zip(columns, zip(*rows, strict=True), strict=False)))


def _write_column(column: Column) -> Iterable[str]:
    """Return the text of each value of a column."""
    if isinstance(column, Same):
        return repeat(_write(column.value))
    kinds = set(map(type, column))
    if kinds == {str}:
        joined = "".join(column)
        return [text.translate(ESCAPES) for text in column] if SPECIAL.search(joined) else column
    if kinds == {int}:
        return map(str, column)
    return map(_write, column)


def _write(value: Any) -> str:
    if value is None:
        return NULL
    if isinstance(value, str):
        return value.translate(ESCAPES) if SPECIAL.search(value) else value
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    # Numbers, dates, times and UUIDs are read as they are written.
    return str(value)


def take_ids(model: type[models.Model], count: int) -> list[int]:
    """Return ids reserved from the model's sequence, for rows that others will refer to."""
    with connection.cursor() as cursor:
        cursor.execute(
            # OFFSET 0 keeps the sequence's name from being looked up for each id.
            "SELECT nextval(found.name) FROM"
            " (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name OFFSET 0) AS found,"
            " generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]
