"""Write the statuses of accepted rows whose users stay as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from accounts.identifiers import normalise_phone
from imports.core.planning.plans import Plan
from imports.engine.columns.parts import Form, KnownRows
from imports.engine.columns.recording import (
    NOTHING,
    Statuses,
    insert_statuses,
    write_problems,
)
from imports.engine.copying import Same
from imports.engine.files.payloads import pack_encoded
from imports.models import ImportChunk, Status
from imports.models.records import may_be_retried


def skip_users(
    rows: KnownRows,
    plans: Mapping[Form, Plan],
    encoded: Sequence[bytes],
    chunk: ImportChunk,
    now: datetime,
) -> None:
    """Write a status for each row, in the transaction that is open."""
    table = rows.table
    reasons = {form: plan.decisive.code for form, plan in plans.items()}
    problems = {form: write_problems(plan.problems) for form, plan in plans.items()}
    # What an update would have stamped, which skipping does not.
    is_update = any(plan.existing is not None for plan in plans.values())
    statuses = Statuses(
        row_number=table.row_numbers,
        line_number=table.line_numbers,
        status=Same(Status.SKIPPED.value),
        subject_id=table.get("subject_id"),
        username=table.known_as("username"),
        email=table.known_as("email"),
        phone=list(map(normalise_phone, table.known_as("phone"))),
        user_id=[user.id for user in rows.users],
        reason=[reasons[form] for form in rows.forms],
        problems=[problems[form] for form in rows.forms],
        source=[
            pack_encoded([encoded[place]])
            if may_be_retried(Status.SKIPPED, reasons[form], chunk.attempt)
            else None
            for place, form in zip(table.places, rows.forms, strict=True)
        ],
        stamped_at=table.get("profile.updated_at") if is_update else NOTHING,
    )
    insert_statuses(chunk, statuses, now)
