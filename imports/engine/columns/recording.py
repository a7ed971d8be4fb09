"""Write the statuses of rows, given as columns: the one writer of a job's records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson

from imports.core.planning.before_images import take_before_image
from imports.core.planning.plans import Action, Change, Plan
from imports.core.problems import Problem
from imports.engine.copying import Column, Same, copy_columns
from imports.engine.undo.restoring import pack_image
from imports.models import ImportChunk, ImportRecord

NOTHING, EMPTY, NO_ITEMS = Same(None), Same(""), Same("[]")


@dataclass(frozen=True, slots=True)
class Statuses:
    """The statuses of rows, as columns of equal length, named as those of the table.

    `problems` and `changes` are JSON text; `source` is the packed row where it may be tried again,
    `before` the packed image of what an update changed.
    """

    row_number: Sequence[int]
    line_number: Sequence[int | None]
    status: Column
    subject_id: Sequence[str]
    username: Column = field(default=EMPTY)
    email: Column = field(default=EMPTY)
    phone: Column = field(default=EMPTY)
    user_id: Column = field(default=NOTHING)
    reason: Column = field(default=EMPTY)
    error_group: Column = field(default=NOTHING)
    stage: Column = field(default=EMPTY)
    problems: Column = field(default=NO_ITEMS)
    changes: Column = field(default=NO_ITEMS)
    source: Column = field(default=NOTHING)
    before: Column = field(default=NOTHING)
    stamped_at: Column = field(default=NOTHING)


def insert_statuses(chunk: ImportChunk, statuses: Statuses, now: datetime) -> None:
    """Write one record for each row, in the transaction that is open."""
    given = {name: getattr(statuses, name) for name in Statuses.__slots__}
    columns = {
        "job_id": Same(chunk.job_id),
        "attempt": Same(chunk.attempt),
        **given,
        "subject_id": _cut(statuses.subject_id, 200),
        "username": _cut(statuses.username, 256),
        "email": _cut(statuses.email, 254),
        "phone": _cut(statuses.phone, 32),
        "written_at": Same(now),
    }
    copy_columns(ImportRecord, columns)


def write_problems(problems: Sequence[Problem]) -> str:
    """Return problems as they are stored with a record."""
    return orjson.dumps([problem.to_json() for problem in problems]).decode() if problems else "[]"


def write_changes(changes: Sequence[Change]) -> str:
    """Return changes as they are stored with a record."""
    if not changes:
        return "[]"
    listed = [[change.field, change.old, change.new] for change in changes]
    return orjson.dumps(listed, default=_to_text).decode()


def pack_before(plan: Plan) -> bytes | None:
    """Return what the plan changed of an existing user, so that it can be undone."""
    if plan.action is not Action.UPDATE or plan.existing is None:
        return None
    return pack_image(take_before_image(plan, plan.existing))


def _cut(column: Column, length: int) -> Column:
    return column if isinstance(column, Same) else [text[:length] for text in column]


def _to_text(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
