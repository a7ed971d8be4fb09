"""Enable users again whom a job disabled because they were missing from its file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from accounts.authority import Authority
from imports.core.planning.before_images import BeforeImage
from imports.core.planning.leavers import LeaverStatus
from imports.core.planning.undo import Reason, UndoFacts, UndoOptions, UndoStatus, decide
from imports.engine.queries import PERMISSIONS, fetch_rows
from imports.engine.undo.facts import LATER_JOB
from imports.engine.undo.restoring import restore_users
from imports.models import DisabledUser, Undo

# A disabling writes the same timestamp to the user and to what is noted of it. Where a retry of the
# same job has changed the user since, whoever undoes all of the job undoes that first.
FACTS = f"""
    SELECT FALSE AS was_created, u.id IS NOT NULL AS exists,
           COALESCE(u.is_staff OR u.is_superuser, FALSE) AS is_protected,
           TRUE AS has_image,
           COALESCE(u.last_login >= r.disabled_at, FALSE) AS signed_in,
           COALESCE(u.updated_at <> r.disabled_at, FALSE) AND NOT EXISTS (
               SELECT FROM imports_importrecord o
               WHERE o.user_id = r.user_id AND o.job_id = r.job_id AND o.undone_at IS NULL
                 AND COALESCE(o.stamped_at, o.written_at) = u.updated_at
           ) AS changed,
           {LATER_JOB} AS later_job,
           COALESCE(u.last_login IS NOT NULL OR u.password_changed_at IS NOT NULL, FALSE)
           AS uses_credentials,
           FALSE AS restores_credentials,
           {PERMISSIONS} AS permissions,
           TRUE AS was_disabled,
           r.disabling_id, r.user_id, r.was_updated_at
    FROM imports_disableduser r LEFT JOIN accounts_user u ON u.id = r.user_id
    WHERE r.job_id = %(job)s AND r.status = 'disabled' AND r.undone_at IS NULL
"""  # noqa: S608
COLUMNS = tuple(UndoFacts.__dataclass_fields__)
COUNT = f"SELECT {', '.join(COLUMNS)}, count(*) FROM ({FACTS}) f GROUP BY {', '.join(COLUMNS)}"  # noqa: S608
NOTE = """
    UPDATE imports_disableduser d SET undo_id = %s, "left" = v.reason, undone_at = v.undone_at
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[])
    AS v(disabling_id, user_id, reason, undone_at)
    WHERE d.disabling_id = v.disabling_id AND d.user_id = v.user_id
"""


def list_disabled(job_id: int) -> QuerySet[DisabledUser]:
    """Return the users whom a job disabled and nobody has enabled by an undo since."""
    found = DisabledUser.objects.filter(job_id=job_id, undone_at=None)
    return found.filter(status=LeaverStatus.DISABLED.value).order_by("user_id")


def count_disabled_facts(job_id: int) -> Counter[UndoFacts]:
    """Return every combination of facts that occurs, and how many disabled users it holds for."""
    return Counter(
        {UndoFacts(*facts): count for *facts, count in fetch_rows(COUNT, {"job": job_id})}
    )


def enable_next(undo: Undo, options: UndoOptions, authority: Authority) -> int:
    """Enable the next users after the undo's position and return how many were looked at.

    As many as a chunk of the job has, in the transaction that is open; moves the position on. None
    left means that it returns 0.
    """
    rest = list_disabled(undo.job_id).filter(user_id__gt=undo.disabled_position)
    user_ids = list(rest.values_list("user_id", flat=True)[: undo.job.chunk_rows])
    if not user_ids:
        return 0
    # First locked, then looked at.
    fetch_rows("SELECT id FROM accounts_user WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [user_ids])
    statement = f"{FACTS} AND r.user_id = ANY(%(users)s) ORDER BY r.user_id"
    found = fetch_rows(statement, {"job": undo.job_id, "users": user_ids})
    decided = list(_decide(found, options, authority))
    restore_users(
        {user_id: _take_image(was) for _, user_id, was, what, _ in decided if _is_enabled(what)}
    )
    _note(undo, decided)
    undo.disabled_position = user_ids[-1]
    return len(user_ids)


Decision = tuple[int, int, datetime, UndoStatus, Reason | None]


def _decide(
    rows: Sequence[tuple[Any, ...]], options: UndoOptions, authority: Authority
) -> Iterator[Decision]:
    for *facts, disabling_id, user_id, was_updated_at in rows:
        status, reason = decide(UndoFacts(*facts), options, authority)
        yield disabling_id, user_id, was_updated_at, status, reason


def _is_enabled(status: UndoStatus) -> bool:
    return status is UndoStatus.ENABLED


def _take_image(was_updated_at: datetime) -> BeforeImage:
    """Return what the user was before: active, which is all that a disabling changes."""
    return {
        "updated_at": was_updated_at,
        "values": {"active": (True, False)},
        "added": {},
        "claims": [],
        "removed": [],
    }


def _note(undo: Undo, decided: Sequence[Decision]) -> None:
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            NOTE,
            [
                undo.pk,
                [each[0] for each in decided],
                [each[1] for each in decided],
                [each[4].value if each[4] else "" for each in decided],
                [None if each[3] is UndoStatus.LEFT else now for each in decided],
            ],
        )


def count_enabled(undo: Undo) -> Counter[str]:
    """Return how many disabled users an undo enabled, found gone, or left, the last by reason."""
    found: Counter[str] = Counter()
    rows = fetch_rows(
        'SELECT d."left", u.id IS NULL, count(*) FROM imports_disableduser d'
        " LEFT JOIN accounts_user u ON u.id = d.user_id"
        " WHERE d.job_id = %s AND d.undo_id = %s GROUP BY 1, 2",
        [undo.job_id, undo.pk],
    )
    for left, is_gone, count in rows:
        name = UndoStatus.GONE.value if is_gone else UndoStatus.ENABLED.value
        found[f"{UndoStatus.LEFT.value}:{left}" if left else name] += count
    return found
