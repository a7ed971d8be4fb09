"""Write accepted rows that change fields of their users, and their statuses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from imports.core.planning.plans import Plan
from imports.engine.columns.parts import Form, KnownRows
from imports.engine.columns.planning import plan_each
from imports.engine.columns.recording import (
    Statuses,
    insert_statuses,
    pack_before,
    write_changes,
    write_problems,
)
from imports.engine.columns.updating import update_users
from imports.engine.copying import Same
from imports.models import ImportChunk, Status


def change_users(
    rows: KnownRows, plans: Mapping[Form, Plan], chunk: ImportChunk, now: datetime
) -> None:
    """Write what each row changes of its user, with a status, in the transaction that is open."""
    table = rows.table
    planned = list(plan_each(rows, plans))
    update_users(planned, now)
    problems = {form: write_problems(plan.problems) for form, plan in plans.items()}
    statuses = Statuses(
        row_number=table.row_numbers,
        line_number=table.line_numbers,
        status=Same(Status.UPDATED.value),
        subject_id=table.get("subject_id"),
        username=table.known_as("username"),
        email=table.known_as("email"),
        user_id=[user.id for user in rows.users],
        problems=[problems[form] for form in rows.forms],
        changes=[write_changes(plan.changes) for plan in planned],
        before=list(map(pack_before, planned)),
        stamped_at=table.get("profile.updated_at"),
    )
    insert_statuses(chunk, statuses, now)
