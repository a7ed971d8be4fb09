"""The yardstick: the rows that an import wrote, put into the same tables by COPY and nothing else.

As many connections as the import had workers, transactions of as many users as its chunks have.
"""

from __future__ import annotations

import io
import os
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
from psycopg import sql

# Each table with the column that says whose row it is.
TABLES = {
    "accounts_user": "id",
    "account_emailaddress": "user_id",
    "socialaccount_socialaccount": "user_id",
    "accounts_roleassignment": "user_id",
    "imports_importrecord": "user_id",
}
Portion = list[tuple[str, bytes]]


def measure(connections: int, chunk_rows: int) -> float:
    """Return the seconds that writing the same rows again takes; the tables end as they were."""
    portions = read_portions(chunk_rows)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        names = sql.SQL(", ").join(map(sql.Identifier, TABLES))
        connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))
    started = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        shares = [portions[number::connections] for number in range(connections)]
        list(pool.map(write_portions, shares))
    return time.perf_counter() - started


def read_portions(chunk_rows: int) -> list[Portion]:
    """Return the tables' rows in COPY's text format, cut by users."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM accounts_user ORDER BY id")]
        cuts = [ids[start : start + chunk_rows] for start in range(0, len(ids), chunk_rows)]
        return [
            [(table, read_rows(connection, table, cut[0], cut[-1])) for table in TABLES]
            for cut in cuts
        ]


def read_rows(connection: psycopg.Connection, table: str, first: int, last: int) -> bytes:
    query = sql.SQL("COPY (SELECT * FROM {} WHERE {} BETWEEN {} AND {}) TO STDOUT").format(
        sql.Identifier(table), sql.Identifier(TABLES[table]), first, last
    )
    content = io.BytesIO()
    with connection.cursor().copy(query) as copy:
        for portion in copy:
            content.write(portion)
    return content.getvalue()


def write_portions(portions: list[Portion]) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        for portion in portions:
            for table, rows in portion:
                statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
                with connection.cursor().copy(statement) as copy:
                    copy.write(rows)
            connection.commit()
