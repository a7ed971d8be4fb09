"""Record the status of every row of a chunk."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.identifiers import normalise_phone
from imports.core.mapping import MappedRow
from imports.core.planning.plans import IMPORTING, Action, Plan
from imports.core.planning.stages import find_stage
from imports.core.problems import digest_error_group
from imports.engine.columns.recording import (
    Statuses,
    insert_statuses,
    pack_before,
    write_changes,
    write_problems,
)
from imports.engine.counting import STATUSES, count_plans
from imports.engine.files.payloads import pack_encoded
from imports.models import ImportChunk
from imports.models.records import may_be_retried


def write_statuses(
    chunk: ImportChunk,
    plans: Sequence[Plan],
    rows: Sequence[MappedRow],
    encoded: Sequence[bytes],
    now: Any,
) -> None:
    """Write one record for each row, in the transaction that is open, and count their reasons.

    An earlier status of the same row moves to the attempts. The raw row is kept, encrypted, for
    records that can be edited and tried again: that failed, or that were skipped for the sake of
    another one.
    """
    decided = [_decide(plan) for plan in plans]
    counts = Counter(
        (STATUSES[plan.action].value, _name(each.reason, each.error_group))
        for plan, each in zip(plans, decided, strict=True)
    )
    chunk.counts = count_plans(plans)
    if chunk.attempt > 1:
        replaced = _archive(chunk.job_id, [plan.row_number for plan in plans])
        counts.subtract(replaced)
        chunk.counts["replaced"] = _add_up(replaced)
    chunk.reasons = _nest(counts)
    insert_statuses(chunk, _to_columns(chunk, plans, decided, rows, encoded), now)


@dataclass(frozen=True, slots=True)
class _Decided:
    """What decided a status: the code, and of a failure its error group and stage."""

    reason: str
    error_group: uuid.UUID | None = None
    stage: str = ""


def _decide(plan: Plan) -> _Decided:
    if plan.action in IMPORTING:
        return _Decided("")
    problem = plan.decisive
    if plan.action is not Action.FAIL:
        return _Decided(problem.code)
    return _Decided(problem.code, digest_error_group(problem), find_stage(problem))


def _name(reason: str, error_group: uuid.UUID | None) -> str:
    """Return what a reason is counted under: by its error group, where that is known."""
    return f"{reason} {error_group.hex}" if error_group else reason


def _add_up(counts: Mapping[tuple[str, str], int]) -> dict[str, int]:
    totals: Counter[str] = Counter()
    for (status, _), count in counts.items():
        totals[status] += count
    return dict(totals)


def _nest(counts: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    nested: dict[str, dict[str, int]] = {}
    for (status, reason), count in counts.items():
        if reason and count:
            nested.setdefault(status, {})[reason] = count
    return nested


def _archive(job_id: int, row_numbers: list[int]) -> dict[tuple[str, str], int]:
    """Move statuses to the attempts; return how many had which status, reason and error group."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH earlier AS (DELETE FROM imports_importrecord"
            " WHERE job_id = %s AND row_number = ANY(%s) RETURNING *),"
            " archived AS (INSERT INTO imports_importattempt"
            " (job_id, row_number, attempt, status, problems, written_at)"
            " SELECT job_id, row_number, attempt, status, problems, written_at FROM earlier)"
            " SELECT status, reason, error_group, count(*)"
            " FROM earlier GROUP BY status, reason, error_group",
            [job_id, row_numbers],
        )
        return {
            (status, _name(reason, error_group)): count
            for status, reason, error_group, count in cursor.fetchall()
        }


def _to_columns(
    chunk: ImportChunk,
    plans: Sequence[Plan],
    decided: Sequence[_Decided],
    rows: Sequence[MappedRow],
    encoded: Sequence[bytes],
) -> Statuses:
    statuses = [STATUSES[plan.action].value for plan in plans]
    known = [row.identifiers for row in rows]
    kept = [
        may_be_retried(status, each.reason, chunk.attempt)
        for status, each in zip(statuses, decided, strict=True)
    ]
    return Statuses(
        row_number=[plan.row_number for plan in plans],
        line_number=[row.line_number for row in rows],
        status=statuses,
        subject_id=[
            plan.subject_id or each.get("subject_id", "")
            for plan, each in zip(plans, known, strict=True)
        ],
        username=[each.get("username", "") for each in known],
        email=[each.get("email", "") for each in known],
        phone=[
            "" if plan.action in IMPORTING else normalise_phone(each.get("phone", ""))
            for plan, each in zip(plans, known, strict=True)
        ],
        user_id=[None if plan.action is Action.FAIL else plan.user_id for plan in plans],
        reason=[each.reason for each in decided],
        error_group=[each.error_group for each in decided],
        stage=[each.stage for each in decided],
        problems=[write_problems(plan.problems) for plan in plans],
        changes=[write_changes(plan.changes) for plan in plans],
        source=[
            pack_encoded([line]) if is_kept else None
            for line, is_kept in zip(encoded, kept, strict=True)
        ],
        before=[pack_before(plan) for plan in plans],
        stamped_at=[plan.updated_at for plan in plans],
    )


def find_reason(plan: Plan) -> str:
    """Return the code of the problem that decided: the first of the most severe."""
    if plan.action in IMPORTING:
        return ""
    return plan.decisive.code
