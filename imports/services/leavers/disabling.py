"""Disable users who are missing from a job's file: start, go on after a crash, stop, finish."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from accounts.models import User
from imports.core.errors import DoubtsOpen, ImporterError
from imports.core.planning.leavers import KeptReason, LeaverStatus, describe_doubts
from imports.core.readers.surroundings import Surroundings
from imports.engine.leavers.disabling import disable_next
from imports.engine.leavers.listing import count_leavers, select_of_source
from imports.leaver_filters import LeaverFilter
from imports.models import Disabling, DisablingState, ImportJob
from imports.services.approval import approvals
from imports.services.jobs.batches import work_in_batches
from imports.services.jobs.queue import enqueue_disabling
from imports.services.jobs.shown import lock_as_shown
from imports.services.jobs.transitions import require, take_action
from imports.services.leavers.previews import (
    EVERYBODY,
    LeaverPreview,
    describe_preview,
    preview_disabling,
)
from imports.services.leavers.surveys import find_list
from imports.states import BUSY, JobAction


@transaction.atomic
def start_disabling(
    job: ImportJob,
    chosen: LeaverFilter = EVERYBODY,
    *,
    actor: User,
    with_linked: bool = False,
    is_confirmed: bool = False,
    shown: str | None = None,
) -> Disabling:
    """Begin to disable users who are missing from the job's file, in the background.

    All that can be, or the chosen ones; `with_linked`, those as well whom another source system
    brought. Raises InvalidTransition unless the job is completed, ApprovalMissing where it takes a
    second person and the actor is none, ImporterError when nobody would be disabled, DoubtsOpen
    when something speaks against it and it is not `is_confirmed`, and ChangedMeanwhile when the job
    or the preview is not as `shown`.
    """
    lock_as_shown(job, None, "disable", actor=actor)
    require(job, JobAction.DISABLE)
    approvals.require_second_person(job, actor, "users can be disabled")
    survey = find_list(job)
    preview = (
        preview_disabling(survey, chosen, actor=actor, with_linked=with_linked) if survey else None
    )
    lock_as_shown(job, shown, "disable", actor=actor, leavers=describe_preview(preview))
    if preview is None:
        raise ImporterError(
            "Nobody was disabled: the users have not been compared with the file yet. Try again"
            " soon."
        )
    _require_sense(job, preview)
    if preview.doubts and not is_confirmed:
        raise DoubtsOpen(" ".join([*explain_doubts(job, preview), CONFIRM]))
    take_action(job, JobAction.DISABLE, actor=actor, detail={"users": preview.disabled})
    disabling = Disabling.objects.create(
        job=job,
        chosen=chosen.to_json(),
        with_linked=with_linked,
        doubts=[doubt.value for doubt in preview.doubts],
        total=preview.total,
        actor=actor,
    )
    enqueue_disabling(disabling.pk)
    return disabling


CONFIRM = "Nobody was disabled. Confirm that the file has all users of its source system."


def explain_doubts(job: ImportJob, preview: LeaverPreview) -> list[str]:
    """Return in sentences what speaks against disabling whoever is missing from the file."""
    return describe_doubts(
        preview.doubts,
        signs=Surroundings.from_json(job.surroundings).more,
        unknown_rows=preview.unknown_rows,
        missing=preview.missing,
        users=preview.compared,
        source=job.source_label,
    )


def _require_sense(job: ImportJob, preview: LeaverPreview) -> None:
    """Raise ImporterError where disabling would make no sense, whoever confirms it."""
    if preview.users and not preview.found:
        raise ImporterError(
            f"None of the active users of {job.source_label} is in the file. Check that it is the"
            " export of this source system. Nobody was disabled."
        )
    if not preview.disabled:
        raise ImporterError("Nobody was disabled: every chosen user is kept or disabled already.")
    if busy := select_of_source(job).filter(state__in=BUSY).order_by("pk").first():
        raise ImporterError(
            f"Job {busy} is reading another file of the same source system. Wait until it has "
            "finished, and review the users again. Nobody was disabled."
        )


def work_on_disabling(disabling_id: int) -> None:
    """Disable users batch by batch, each in a transaction of its own, to the end or for a turn.

    Does nothing when another worker is at it or it is finished: a message may come twice or late.
    Database trouble is raised, for the message to be tried again.
    """
    work_in_batches(
        lambda: _work(disabling_id),
        go_on=lambda: enqueue_disabling(disabling_id),
        stop=lambda message: _end(disabling_id, message, actor=None),
        kept="Disabled users stay disabled; disabling again goes on with the rest.",
    )


@transaction.atomic
def _work(disabling_id: int) -> bool:
    """Do one batch; return whether there may be more."""
    disabling = (
        Disabling.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("job", "job__operator", "job__created_by", "actor")
        .filter(pk=disabling_id, state=DisablingState.RUNNING)
        .first()
    )
    if disabling is None:
        return False
    if looked_at := disable_next(disabling):
        disabling.done = min(disabling.done + looked_at, disabling.total)
        disabling.save(update_fields=["position", "done", "advanced_at"])
        return True
    _finish(disabling)
    return False


def _finish(disabling: Disabling) -> None:
    disabling.state, disabling.finished_at = DisablingState.FINISHED, timezone.now()
    disabling.counts = _count_statuses(disabling)
    disabling.save(update_fields=["state", "finished_at", "counts"])
    count_leavers(disabling.job)
    detail = describe_counts(disabling)
    take_action(disabling.job, JobAction.FINISH_DISABLING, actor=None, detail=detail)


def _count_statuses(disabling: Disabling) -> dict[str, int]:
    """Return how many users have each status; those who were kept, by reason."""
    rows = disabling.users.order_by().values("status", "reason").annotate(count=Count("user_id"))
    return {
        f"{each['status']}:{each['reason']}" if each["reason"] else each["status"]: each["count"]
        for each in rows
    }


def describe_counts(disabling: Disabling) -> dict[str, int]:
    """Return how many users a disabling disabled, kept, and found disabled or deleted already."""
    counts = disabling.counts
    names = (LeaverStatus.DISABLED, LeaverStatus.INACTIVE, LeaverStatus.GONE)
    kept = sum(counts.get(f"{LeaverStatus.KEPT}:{reason}", 0) for reason in KeptReason)
    return {**{name.value: counts.get(name, 0) for name in names}, "kept": kept}


def stop_disabling(job: ImportJob, *, actor: User) -> None:
    """Stop after the batch that is being disabled now; disabling again goes on."""
    running = Disabling.objects.filter(job=job, state=DisablingState.RUNNING).first()
    if running is not None:
        _end(running.pk, f"It was stopped by {actor}.", actor=actor)


@transaction.atomic
def _end(disabling_id: int, message: str, *, actor: User | None) -> None:
    found = Disabling.objects.select_for_update(of=("self",)).select_related("job")
    disabling = found.get(pk=disabling_id)
    if disabling.state != DisablingState.RUNNING:
        return
    disabling.state, disabling.error = DisablingState.ERRORED, message
    disabling.finished_at, disabling.counts = timezone.now(), _count_statuses(disabling)
    disabling.save(update_fields=["state", "error", "finished_at", "counts"])
    count_leavers(disabling.job)
    detail = {**describe_counts(disabling), "error": message}
    take_action(disabling.job, JobAction.STOP_DISABLING, actor=actor, detail=detail)


def sweep_disablings() -> None:
    """Give out disablings again on which nobody has worked lately: message or worker was lost."""
    limit = timezone.now() - timedelta(seconds=settings.IMPORT_IDLE_SECONDS)
    idle = Disabling.objects.filter(state=DisablingState.RUNNING, advanced_at__lt=limit)
    for pk in idle.values_list("pk", flat=True):
        enqueue_disabling(pk)
