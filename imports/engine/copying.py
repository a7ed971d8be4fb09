"""Write rows with COPY, the fastest way into PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from psycopg import sql


def copy_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Write rows into a model's table, in the transaction that is open.

    Columns left out get their database default; raises what the constraints raise.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    # Django wraps the errors of `execute` only; whoever calls this waits for Django's.
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row(row)


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
