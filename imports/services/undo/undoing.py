"""Undo imports: start, go on after a crash, stop, finish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.authority import CHANGE_USER, DELETE_USER, OVERWRITE_CREDENTIALS
from accounts.models import User
from imports.core.errors import ImporterError
from imports.core.planning.undo import Reason, UndoOptions, UndoStatus
from imports.engine.leavers.listing import count_leavers
from imports.engine.undo.batches import undo_next
from imports.engine.undo.disabled import count_enabled, list_disabled
from imports.engine.undo.facts import list_undoable
from imports.models import DisabledUser, ImportJob, Undo, UndoneRecord, UndoState
from imports.record_filters import RecordFilter
from imports.services.jobs.batches import work_in_batches
from imports.services.jobs.queue import enqueue_undo
from imports.services.jobs.shown import lock_as_shown
from imports.services.jobs.transitions import take_action
from imports.services.runs.worker import commit_without_waiting
from imports.services.undo.previews import EVERYTHING, UndoPreview, describe_preview, preview_undo
from imports.states import JobAction, JobState

# What says where an undo is.
POSITION = ("attempt", "position", "disabled_position")
ASK = (
    "Ask an administrator for a role that includes it, or ask somebody who has it to undo these "
    "records."
)
# What those lack who may not undo a record, in words that follow upon why it takes that.
MISSING_RIGHTS = {
    Reason.MAY_NOT_DELETE: (
        f"to delete users you need the permission “Delete users” ({DELETE_USER}). {ASK}"
    ),
    Reason.MAY_NOT_CHANGE: (
        f"to restore users you need the permission “Change users” ({CHANGE_USER}). {ASK}"
    ),
    Reason.CREDENTIALS_IN_USE: (
        "to restore credentials of users who have signed in here you need the permission"
        f" “Overwrite passwords, e-mail addresses and authenticators of users who have signed in”"
        f" ({OVERWRITE_CREDENTIALS}). {ASK}"
    ),
}


@transaction.atomic
def start_undo(
    job: ImportJob,
    options: UndoOptions,
    *,
    actor: User,
    chosen: RecordFilter = EVERYTHING,
    only_disabled: bool = False,
    shown: str | None = None,
) -> Undo:
    """Begin to undo a job, or the chosen ones of its records, in the background.

    With `only_disabled`, whom the job disabled is enabled again, and nothing else is undone.
    Raises InvalidTransition while the job is busy, ImporterError when it is known already that
    nothing would be undone, and ChangedMeanwhile when the job or the preview is not as `shown`.
    """
    lock_as_shown(job, None, "undo", actor=actor)
    is_whole = chosen == EVERYTHING and not only_disabled
    if not is_whole and job.state not in {JobState.COMPLETED, JobState.RECEIVING}:
        raise ImporterError("Parts of a job can be undone once the import is completed.")
    preview = preview_undo(job, options, chosen, actor=actor, only_disabled=only_disabled)
    lock_as_shown(job, shown, "undo", actor=actor, preview=describe_preview(preview))
    if preview is not None and preview.undone + preview.gone == 0:
        raise ImporterError(_explain_refusal(preview))
    detail = {} if preview is None else {"records": preview.undone}
    undo = begin_undo(
        job, options, actor=actor, chosen=chosen, only_disabled=only_disabled, detail=detail
    )
    enqueue_undo(undo.pk)
    return undo


def begin_undo(
    job: ImportJob,
    options: UndoOptions,
    *,
    actor: User,
    chosen: RecordFilter = EVERYTHING,
    only_disabled: bool = False,
    detail: Mapping[str, Any],
) -> Undo:
    """Move a job that is locked to its undo, which is still to be sent to a worker."""
    finished_at = job.finished_at or timezone.now()
    take_action(job, JobAction.UNDO, actor=actor, detail=dict(detail), finished_at=finished_at)
    return Undo.objects.create(
        job=job,
        chosen=chosen.to_json(),
        only_disabled=only_disabled,
        include_signed_in=options.signed_in,
        include_changed=options.changed,
        include_touched_later=options.touched_later,
        attempt=job.attempt,
        actor=actor,
    )


def _explain_refusal(preview: UndoPreview) -> str:
    lacking = [words for reason, words in MISSING_RIGHTS.items() if preview.left.get(reason)]
    nothing = "There is nothing to undo: every record would be left as it is."
    return " ".join([nothing, *(words[0].upper() + words[1:] for words in lacking)])


def work_on_undo(undo_id: int) -> None:
    """Undo records batch by batch, each in a transaction of its own, to the end or for a turn.

    Does nothing when another worker is at it or it is finished: a message may come twice or late.
    Database trouble is raised, for the message to be tried again.
    """
    work_in_batches(
        lambda: _work(undo_id),
        go_on=lambda: enqueue_undo(undo_id),
        stop=lambda message: _end(undo_id, UndoState.ERRORED, message, actor=None),
        kept="What was undone stays undone; undoing again goes on where it stopped.",
    )


@transaction.atomic
def _work(undo_id: int) -> bool:
    """Do one batch; return whether there may be more."""
    undo = (
        Undo.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("job")
        .filter(pk=undo_id, state=UndoState.RUNNING)
        .first()
    )
    if undo is None or _waits(undo):
        return False
    if undo.total is None:
        undo.total = _count_all(undo)
    if looked_at := undo_next(undo):
        undo.done = min(undo.done + looked_at, undo.total)
        undo.save(update_fields=[*POSITION, "total", "done", "advanced_at"])
        commit_without_waiting()
        return True
    if _is_worth_another_pass(undo):
        undo.attempt, undo.position = undo.job.attempt, 0
        undo.counts = _count_statuses(undo)
        undo.save(update_fields=[*POSITION, "counts", "advanced_at"])
        return True
    _finish(undo)
    return False


def _count_all(undo: Undo) -> int:
    """Return how many records, and users whom the job disabled, an undo goes through."""
    chosen = RecordFilter.from_json(undo.chosen)
    records = 0 if undo.only_disabled else list_undoable(undo.job_id, chosen).count()
    return records if undo.chosen else records + list_disabled(undo.job_id).count()


def _waits(undo: Undo) -> bool:
    """Return whether a later job of the same connection is still being undone.

    Its users then are as the earlier one left them; until then they were touched later.
    """
    return _list_running(undo).filter(job_id__gt=undo.job_id).exists()


def _pass_on(undo: Undo) -> None:
    """Have a worker go on with the undo that has waited for this one."""
    earlier = _list_running(undo).filter(job_id__lt=undo.job_id).order_by("-job_id").first()
    if earlier is not None:
        enqueue_undo(earlier.pk)


def _list_running(undo: Undo) -> QuerySet[Undo]:
    """Return the undos of jobs of the same connection that are under way; none without one."""
    if undo.job.connection_id is None:
        return Undo.objects.none()
    same = Undo.objects.filter(job__connection_id=undo.job.connection_id)
    return same.filter(state=UndoState.RUNNING)


def _is_worth_another_pass(undo: Undo) -> bool:
    """Return whether values that were taken may be free now: another record of the job had them."""
    counts = _count_statuses(undo)
    taken = counts.get(f"left:{Reason.VALUE_TAKEN}", 0)
    return bool(taken) and counts != undo.counts


def _count_statuses(undo: Undo) -> Counter[str]:
    """Return how many records, or disabled users, have each status; those kept, by reason."""
    counted = undo.records.order_by().values("status", "reason").annotate(count=Count("row_number"))
    found = count_enabled(undo)
    for each in counted:
        name = f"{each['status']}:{each['reason']}" if each["reason"] else each["status"]
        found[name] += each["count"]
    return found


def _finish(undo: Undo) -> None:
    undo.state, undo.finished_at = UndoState.FINISHED, timezone.now()
    undo.counts = _count_statuses(undo)
    undo.save(update_fields=["state", "finished_at", "counts"])
    done = sum(count for name, count in undo.counts.items() if not name.startswith("left"))
    is_whole = not (undo.chosen or undo.only_disabled)
    if not is_whole:
        count_leavers(undo.job)
    action = JobAction.FINISH_UNDOING if is_whole else JobAction.FINISH_UNDOING_SOME
    detail = {"undone": done, "left": sum(undo.counts.values()) - done}
    take_action(undo.job, action, actor=None, detail=detail)
    _pass_on(undo)


def stop_undo(job: ImportJob, *, actor: User) -> None:
    """Stop after the batch that is being undone now; undoing again goes on."""
    running = Undo.objects.filter(job=job, state=UndoState.RUNNING).first()
    if running is not None:
        _end(running.pk, UndoState.ERRORED, f"It was stopped by {actor}.", actor=actor)


@transaction.atomic
def _end(undo_id: int, state: UndoState, message: str, *, actor: User | None) -> None:
    undo = Undo.objects.select_for_update(of=("self",)).select_related("job").get(pk=undo_id)
    if undo.state != UndoState.RUNNING:
        return
    undo.state, undo.error, undo.finished_at = state, message, timezone.now()
    undo.counts = _count_statuses(undo)
    undo.save(update_fields=["state", "error", "finished_at", "counts"])
    take_action(undo.job, JobAction.STOP_UNDOING, actor=actor, detail={"error": message})
    _pass_on(undo)


def sweep_undos() -> None:
    """Give undos out again on which nobody has worked lately: their message or worker was lost."""
    limit = timezone.now() - timedelta(seconds=settings.IMPORT_IDLE_SECONDS)
    idle = Undo.objects.filter(state=UndoState.RUNNING, advanced_at__lt=limit)
    for pk in idle.values_list("pk", flat=True):
        enqueue_undo(pk)


def list_left(undo: Undo, reason: str, limit: int) -> list[int]:
    """Return the first rows that were left for a reason."""
    left = UndoneRecord.objects.filter(undo=undo, status=UndoStatus.LEFT.value, reason=reason)
    return list(left.order_by("row_number").values_list("row_number", flat=True)[:limit])


def list_left_disabled(undo: Undo, reason: str, limit: int) -> list[int]:
    """Return the ids of the first disabled users who were left for a reason."""
    left = DisabledUser.objects.filter(job_id=undo.job_id, undo_id=undo.pk, left=reason)
    return list(left.order_by("user_id").values_list("user_id", flat=True)[:limit])
