"""Undo the next records of a job: decide each, write them set by set, note each result."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.selectors.authority import read_authority
from imports.core.planning.undo import Reason, UndoOptions, UndoStatus, decide
from imports.engine.undo.disabled import enable_next
from imports.engine.undo.facts import NO_ROW, RecordFacts, list_undoable, read_facts
from imports.engine.undo.removing import remove_users
from imports.engine.undo.restoring import restore_users, unpack_image
from imports.models import Undo
from imports.record_filters import RecordFilter

# A record that was left in an earlier pass may be undone in a later one.
NOTE = """
    INSERT INTO imports_undonerecord (undo_id, row_number, status, reason, later_job)
    SELECT %s, v.* FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[]) AS v
    ON CONFLICT (undo_id, row_number) DO UPDATE
    SET status = EXCLUDED.status, reason = EXCLUDED.reason, later_job = EXCLUDED.later_job
"""
# The bounds are for the planner, as in `undo_facts`.
MARK = """
    UPDATE imports_importrecord SET undone_at = %s, before = NULL
    WHERE job_id = %s AND row_number BETWEEN %s AND %s AND row_number = ANY(%s)
"""

Decision = tuple[RecordFacts, UndoStatus, Reason | None]


def undo_next(undo: Undo) -> int:
    """Undo the next records before the undo's position and return how many were looked at.

    After them the users whom the job disabled, unless single records are undone. As many as a chunk
    of the job has, in the transaction that is open; moves the position on. None left means that it
    returns 0.
    """
    options = UndoOptions(
        signed_in=undo.include_signed_in,
        changed=undo.include_changed,
        touched_later=undo.include_touched_later,
    )
    # Asked again for each portion: whoever loses a permission meanwhile undoes nothing more.
    authority = read_authority(undo.actor)
    records = [] if undo.only_disabled else _find_next(undo)
    if not records:
        return 0 if undo.chosen else enable_next(undo, options, authority)
    found = read_facts(undo.job_id, records)
    decided = _carry_out([(each, *decide(each.facts, options, authority)) for each in found])
    _note(undo, decided, timezone.now())
    undo.position = found[0].row_number
    return len(found)


def _find_next(undo: Undo) -> list[tuple[int, int | None]]:
    """Return the next rows with their users; those of an earlier attempt once one is through.

    The later ones first, and no user twice: what came last is taken back first.
    """
    chosen = RecordFilter.from_json(undo.chosen)
    while True:
        rest = list_undoable(undo.job_id, chosen, before=undo.position or NO_ROW)
        rows = rest.filter(attempt=undo.attempt).order_by("-row_number")
        if found := list(rows.values_list("row_number", "user_id")[: undo.job.chunk_rows]):
            return _end_at_repeated(found)
        earlier = list_undoable(undo.job_id, chosen).filter(attempt__lt=undo.attempt)
        attempt = earlier.aggregate(latest=Max("attempt"))["latest"]
        if attempt is None:
            return []
        undo.attempt, undo.position = attempt, 0


def _end_at_repeated(records: list[tuple[int, int | None]]) -> list[tuple[int, int | None]]:
    users: set[int | None] = set()
    for index, (_, user_id) in enumerate(records):
        if user_id in users:
            return records[:index]
        users.add(user_id)
    return records


def _carry_out(decisions: Sequence[Decision]) -> list[Decision]:
    """Do what was decided, all together; where that fails, halve down to the record that does."""
    try:
        with transaction.atomic():
            remove_users(
                [each.user_id for each, what, _ in decisions if what is UndoStatus.REMOVED]
            )
            restore_users(
                {
                    each.user_id: unpack_image(each.image)
                    for each, what, _ in decisions
                    if what is UndoStatus.RESTORED and each.image is not None
                }
            )
            # What refers to a user by a foreign key is else found out when it is all committed.
            connection.check_constraints()
    except IntegrityError:
        if len(decisions) == 1:
            return [(decisions[0][0], UndoStatus.LEFT, Reason.VALUE_TAKEN)]
        middle = len(decisions) // 2
        return [*_carry_out(decisions[:middle]), *_carry_out(decisions[middle:])]
    return list(decisions)


def _note(undo: Undo, decisions: Sequence[Decision], now: datetime) -> None:
    """Write the status of each record, and mark those that are undone; their images go."""
    with connection.cursor() as cursor:
        cursor.execute(
            NOTE,
            [
                undo.pk,
                [each.row_number for each, _, _ in decisions],
                [status.value for _, status, _ in decisions],
                [reason.value if reason else "" for _, _, reason in decisions],
                [each.facts.later_job for each, _, _ in decisions],
            ],
        )
        undone = [each.row_number for each, status, _ in decisions if status is not UndoStatus.LEFT]
        if undone:
            cursor.execute(MARK, [now, undo.job_id, undone[0], undone[-1], undone])
