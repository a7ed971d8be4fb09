"""Disable the next users of a decision: decide each again, write them in sets, note each result."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection
from django.utils import timezone

from imports.core.planning.leavers import KeptReason, LeaverStatus, decide
from imports.engine.copying import copy_rows
from imports.engine.grants import read_job_authority
from imports.engine.leavers.listing import read_facts
from imports.leaver_filters import LeaverFilter
from imports.models import DisabledUser, Disabling

COLUMNS = (
    "disabling_id",
    "job_id",
    "user_id",
    "status",
    "reason",
    "was_updated_at",
    "disabled_at",
    "left",
)
# The same timestamp goes to the user and to what is noted of it: when they differ, somebody else
# has changed the user since.
DISABLE = """
    UPDATE accounts_user u SET is_active = FALSE, updated_at = %s
    FROM (SELECT id, updated_at FROM accounts_user WHERE id = ANY(%s)) AS before
    WHERE u.id = before.id RETURNING u.id, before.updated_at
"""

Decision = tuple[LeaverStatus, KeptReason | None]


def disable_next(disabling: Disabling) -> int:
    """Disable the next users after the decision's position and return how many were looked at.

    As many as a chunk of the job has, in the transaction that is open; moves the position on. None
    left means that it returns 0. Who may not be changed by now is kept.
    """
    job = disabling.job
    chosen = LeaverFilter.from_json(disabling.chosen).select(job.pk)
    rest = chosen.filter(user_id__gt=disabling.position)
    user_ids = list(rest.values_list("user_id", flat=True)[: job.chunk_rows])
    if not user_ids:
        return 0
    # Looked at again for each portion: whoever loses a right meanwhile disables no further.
    authority = read_job_authority(job, actor=disabling.actor)
    facts = read_facts(job, user_ids)
    with_linked = disabling.with_linked
    decided: dict[int, Decision] = {
        user_id: decide(facts[user_id], authority, with_linked=with_linked)
        if user_id in facts
        else (LeaverStatus.GONE, None)
        for user_id in user_ids
    }
    _carry_out(disabling, decided)
    disabling.position = user_ids[-1]
    return len(user_ids)


def _carry_out(disabling: Disabling, decided: Mapping[int, Decision]) -> None:
    now = timezone.now()
    chosen = [each for each, (status, _) in decided.items() if status is LeaverStatus.DISABLED]
    with connection.cursor() as cursor:
        cursor.execute(DISABLE, [now, chosen])
        before = dict(cursor.fetchall())
    rows = [
        (
            disabling.pk,
            disabling.job_id,
            user_id,
            status.value,
            reason.value if reason else "",
            before.get(user_id),
            now if user_id in before else None,
            "",
        )
        for user_id, (status, reason) in decided.items()
    ]
    copy_rows(DisabledUser, COLUMNS, rows)
