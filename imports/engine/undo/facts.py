"""Read what happened since to the users that a job created or updated."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from imports.core.planning.undo import UndoFacts
from imports.core.planning.update import CREDENTIALS
from imports.engine.queries import PERMISSIONS, fetch_rows
from imports.models import ImportRecord, Status
from imports.record_filters import RecordFilter

# The bounds keep the database from reading the whole job where it knows too little of a new one
# to look the rows up by their numbers.
ROWS = """
    r.job_id = %(job)s AND r.row_number BETWEEN %(first)s AND %(last)s
    AND r.row_number = ANY(%(rows)s::bigint[])
"""
# Of a record or disabled user `r`: the first later job that has changed the user as well.
LATER_JOB = """LEAST(
    (SELECT min(l.job_id) FROM imports_importrecord l
     WHERE l.user_id = r.user_id AND l.job_id > r.job_id
       AND l.status IN ('created', 'updated') AND l.undone_at IS NULL),
    (SELECT min(l.job_id) FROM imports_disableduser l
     WHERE l.user_id = r.user_id AND l.job_id > r.job_id
       AND l.status = 'disabled' AND l.undone_at IS NULL)
)"""
# An import writes the same timestamp to its record and to the user: when they differ, somebody else
# has changed the user since. Signing in changes neither. Where a retry of the same job has changed
# the user once more, or a later record of the same job, whoever undoes all of the job (`whole`)
# undoes that first.
FACTS = f"""
    SELECT r.row_number, r.user_id, r.before, r.status = 'created' AS was_created,
           u.id IS NOT NULL AS exists,
           COALESCE(u.is_staff OR u.is_superuser, FALSE) AS is_protected,
           r.before IS NOT NULL AS has_image,
           COALESCE(u.last_login >= r.written_at, FALSE) AS signed_in,
           COALESCE(u.updated_at <> COALESCE(r.stamped_at, r.written_at), FALSE)
           AND NOT (%(whole)s AND EXISTS (
               SELECT FROM imports_importrecord o
               WHERE o.user_id = r.user_id AND o.job_id = r.job_id
                 AND (o.attempt, o.row_number) > (r.attempt, r.row_number)
                 AND o.undone_at IS NULL AND COALESCE(o.stamped_at, o.written_at) = u.updated_at
           )) AS changed,
           {LATER_JOB} AS later_job,
           COALESCE(u.last_login IS NOT NULL OR u.password_changed_at IS NOT NULL, FALSE)
           AS uses_credentials,
           EXISTS (SELECT FROM jsonb_array_elements(r.changes) c
                   WHERE c ->> 0 LIKE ANY(%(credentials)s)) AS restores_credentials,
           {PERMISSIONS} AS permissions
    FROM imports_importrecord r LEFT JOIN accounts_user u ON u.id = r.user_id
    WHERE {ROWS}
"""  # noqa: S608
# Beyond the number of any row.
NO_ROW = 2**63 - 1
GROUPED = (
    "was_created",
    "exists",
    "is_protected",
    "has_image",
    "signed_in",
    "changed",
    "later_job",
    "uses_credentials",
    "restores_credentials",
    "permissions",
)


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """The facts of one record; `image` is the encrypted one before the update."""

    row_number: int
    user_id: int
    image: bytes | None
    facts: UndoFacts


def list_undoable(
    job_id: int, chosen: RecordFilter, *, after: int = 0, before: int = NO_ROW
) -> QuerySet[ImportRecord]:
    """Return the chosen records between two rows that created or updated a user and still do."""
    if chosen.rows is not None:
        first, end = bisect_right(chosen.rows, after), bisect_left(chosen.rows, before)
        chosen = replace(chosen, rows=chosen.rows[first:end])
    return chosen.select(job_id).filter(
        row_number__gt=after,
        row_number__lt=before,
        status__in=[Status.CREATED, Status.UPDATED],
        undone_at=None,
    )


def count_facts(job_id: int, rows: Sequence[int], *, whole: bool) -> Counter[UndoFacts]:
    """Return every combination of facts that occurs, and how many of the rows it holds for."""
    if not rows:
        return Counter()
    columns = ", ".join(GROUPED)
    statement = f"SELECT {columns}, count(*) FROM ({FACTS}) f GROUP BY {columns}"  # noqa: S608
    found = fetch_rows(statement, {**_bound(job_id, rows), "whole": whole})
    return Counter({UndoFacts(*facts): count for *facts, count in found})


def count_fields(job_id: int, rows: Sequence[int]) -> Counter[str]:
    """Return the fields that the rows changed of existing users, and how often."""
    if not rows:
        return Counter()
    statement = (
        "SELECT c ->> 0, count(*) FROM imports_importrecord r, jsonb_array_elements(r.changes) c"  # noqa: S608
        f" WHERE {ROWS} AND r.status = 'updated' GROUP BY 1"
    )
    return Counter(dict(fetch_rows(statement, _bound(job_id, rows))))


def read_facts(job_id: int, records: Sequence[tuple[int, int | None]]) -> list[RecordFacts]:
    """Return the facts of rows, in their order, given with their users, who are locked."""
    rows, users = sorted(row for row, _ in records), [user for _, user in records]
    # First locked, then looked at.
    fetch_rows("SELECT id FROM accounts_user WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [users])
    found = fetch_rows(f"{FACTS} ORDER BY r.row_number", {**_bound(job_id, rows), "whole": False})
    return list(_build(found))


def _build(rows: list[tuple[Any, ...]]) -> Iterator[RecordFacts]:
    for row_number, user_id, image, *facts in rows:
        stored = bytes(image) if image is not None else None
        yield RecordFacts(row_number, user_id, stored, UndoFacts(*facts))


def _bound(job_id: int, rows: Sequence[int]) -> dict[str, Any]:
    return {
        "job": job_id,
        "first": rows[0],
        "last": rows[-1],
        "rows": list(rows),
        "credentials": [f"{start}%" for start in CREDENTIALS],
    }
