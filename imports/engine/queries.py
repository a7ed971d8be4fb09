"""Write statements of our own SQL, run them, and return their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.db import connection

# The texts of a JSON array as a table: cheaper to send and to plan than an array of PostgreSQL.
TEXTS = "jsonb_array_elements_text(%s::jsonb) AS given(value)"
# What a user `u` may do by roles, their own and those of groups, as names with blanks between.
PERMISSIONS = """COALESCE((
    SELECT string_agg(DISTINCT t.app_label || '.' || p.codename, ' ')
    FROM (
        SELECT a.role_id FROM accounts_roleassignment a WHERE a.user_id = u.id
        UNION
        SELECT g.role_id FROM accounts_groupmembership m
        JOIN accounts_group_roles g ON g.group_id = m.group_id WHERE m.user_id = u.id
    ) held
    JOIN accounts_role_permissions h ON h.role_id = held.role_id
    JOIN auth_permission p ON p.id = h.permission_id
    JOIN django_content_type t ON t.id = p.content_type_id
), '')"""


def fetch_rows(
    statement: str, params: Sequence[Any] | Mapping[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """Return all rows that a statement gives; without parameters, a % sign stands for itself."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def look_up(given: str, columns: str, table: str, condition: str, *, lock: bool = False) -> str:
    """Return the query for the rows of a table that fit each of the given values, in their order.

    OFFSET keeps the planner from dissolving the sub-query, and so from comparing the values with
    all rows, which it would prefer to thousands of look-ups.
    """
    return (
        f"SELECT found.* FROM {given} CROSS JOIN LATERAL (SELECT {columns} FROM {table}"  # noqa: S608
        f" WHERE {condition} OFFSET 0{' FOR NO KEY UPDATE' * lock}) AS found"
    )


def look_up_owners(given: str, columns: str, table: str, condition: str) -> str:
    """Return that query, its columns followed by the id and subject id of each row's user."""
    found = look_up(given, f"{columns}, user_id", table, condition)
    return (
        f"SELECT found.*, owner.subject_id FROM ({found}) AS found CROSS JOIN LATERAL"  # noqa: S608
        " (SELECT subject_id FROM accounts_user WHERE id = found.user_id OFFSET 0) AS owner"
    )


def write_texts(values: Sequence[str]) -> str:
    """Return the parameter for TEXTS."""
    return orjson.dumps(values).decode()


def write_numbers(numbers: Sequence[int]) -> str:
    """Return numbers as the text of an array, which costs a tenth of what psycopg makes of them."""
    return f"{{{','.join(map(str, numbers))}}}"
