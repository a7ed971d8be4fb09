"""Reads what happened since to the users that a job created or updated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from imports.core.undoing import UndoFacts
from imports.models import Undo

# An import writes the same moment to its record and to the user: when they differ, somebody else
# has changed the user since. Signing in changes neither.
FACTS = """
    SELECT r.row_number, r.user_id, r.outcome = 'created' AS was_created,
           u.id IS NOT NULL AS exists,
           COALESCE(u.is_staff OR u.is_superuser, FALSE) AS is_protected,
           r.before IS NOT NULL AS has_image,
           COALESCE(u.last_login >= r.written_at, FALSE) AS signed_in,
           COALESCE(u.updated_at <> COALESCE(r.stamped_at, r.written_at), FALSE) AS changed,
           (SELECT min(l.job_id) FROM imports_importrecord l
            WHERE l.user_id = r.user_id AND l.job_id > r.job_id
              AND l.outcome IN ('created', 'updated') AND l.undone_at IS NULL) AS later_job
    FROM imports_importrecord r LEFT JOIN accounts_user u ON u.id = r.user_id
    WHERE r.job_id = %(job)s AND r.outcome IN ('created', 'updated') AND r.undone_at IS NULL
      AND (%(rows)s::bigint[] IS NULL OR r.row_number = ANY(%(rows)s::bigint[]))
"""
GROUPED = (
    "was_created",
    "exists",
    "is_protected",
    "has_image",
    "signed_in",
    "changed",
    "later_job",
)


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """The facts of one record; `image` is the encrypted one before the update."""

    row_number: int
    user_id: int
    facts: UndoFacts
    image: bytes | None


def count_facts(job_id: int, rows: list[int] | None) -> list[tuple[UndoFacts, int]]:
    """Return every combination of facts that occurs, and how many records it holds for."""
    columns = ", ".join(GROUPED)
    statement = f"SELECT {columns}, count(*) FROM ({FACTS}) f GROUP BY {columns}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, {"job": job_id, "rows": rows})
        return [(UndoFacts(*facts), count) for *facts, count in cursor.fetchall()]


def read_facts(undo: Undo, limit: int) -> list[RecordFacts]:
    """Return the next records of an undo in file order, their users locked until the end."""
    statement = (
        f"SELECT f.*, r.before FROM ({FACTS} AND r.row_number > %(after)s"  # noqa: S608
        " ORDER BY r.row_number LIMIT %(limit)s) f JOIN imports_importrecord r"
        " ON r.job_id = %(job)s AND r.row_number = f.row_number ORDER BY f.row_number"
    )
    parameters: dict[str, Any] = {
        "job": undo.job_id,
        "rows": undo.rows,
        "after": undo.position,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        # Two readings: what the first finds is locked, and only then looked at.
        cursor.execute(
            "SELECT id FROM accounts_user WHERE id IN ("  # noqa: S608
            f"SELECT user_id FROM ({FACTS} AND r.row_number > %(after)s"
            " ORDER BY r.row_number LIMIT %(limit)s) f) ORDER BY id FOR UPDATE",
            parameters,
        )
        cursor.execute(statement, parameters)
        return list(_build(cursor.fetchall()))


def _build(rows: list[tuple[Any, ...]]) -> Iterator[RecordFacts]:
    for row_number, user_id, *facts, image in rows:
        stored = bytes(image) if image is not None else None
        yield RecordFacts(row_number, user_id, UndoFacts(*facts), stored)
