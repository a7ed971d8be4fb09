"""Move a job from one state to another; nothing else does."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Func, Value
from django.utils import timezone

from accounts.models import User
from imports.core.errors import InvalidTransition
from imports.models import ImportJob, JobEvent
from imports.services.jobs.locks import Work, take_lock
from imports.services.jobs.notifications import announce
from imports.states import TRANSITIONS, JobAction, JobState, may

# Actions that shape nothing of what is written. Whoever took any other action has prepared the job,
# and what it grants is bounded by their permissions.
NOT_SHAPING = frozenset(
    {
        "dry run",
        "stop dry run",
        "approve",
        "reject",
        "pause",
        "cancel",
        "limit",
        "download",
        "undo",
        "stop undoing",
        "disable",
        "stop disabling",
        "save template",
        "create group",
        "create role",
        "close",
        "try directory",
    }
)
# Who starts something wants to know how it ends.
FOLLOWING = frozenset({"dry run", "run", "resume", "retry", "undo", "disable"})


def take_action(
    job: ImportJob,
    action: JobAction,
    *,
    actor: User | None,
    detail: dict[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Take an action and note it on the activity log.

    One conditional update, so that of two people (or a person and a worker) acting at the same
    moment one succeeds. Raises InvalidTransition when the job is in no state for it. `changes`
    are fields set along with the state. To be called in a transaction.
    """
    transition = TRANSITIONS[action]
    if job.state == JobState.RECEIVING:
        # Batches under way are of the job as it is; those to come find it closed.
        take_lock(Work.RECEIVING, job.pk)
    fitting = ImportJob.objects.filter(pk=job.pk, state__in=transition.sources)
    if transition.before_run:
        fitting = fitting.filter(started_at=None)
    updated = fitting.update(state=transition.target, updated_at=timezone.now(), **changes)
    job.refresh_from_db()
    if updated != 1:
        raise refuse(job, action)
    note_event(job, action, actor=actor, detail=detail)
    if actor is not None and action in FOLLOWING:
        job.followers.add(actor)
    announce(job, action)


def require(job: ImportJob, action: JobAction) -> None:
    """Raise InvalidTransition when an action cannot be taken on a job as it is now."""
    if not may(job, action):
        raise refuse(job, action)


def refuse(job: ImportJob, action: JobAction) -> InvalidTransition:
    """Return why an action cannot be taken on a job as it is now."""
    transition = TRANSITIONS[action]
    is_over = transition.before_run and job.started_at is not None
    where = "past the start of its run" if is_over else JobState(job.state).label
    return InvalidTransition(transition.words or action, where)


def note_event(
    job: ImportJob, action: str, *, actor: User | None, detail: dict[str, Any] | None = None
) -> None:
    """Add a line to the job's activity log, and the actor to those who prepared it if they did."""
    JobEvent.objects.create(job=job, action=action, actor=actor, detail=detail or {})
    if actor is not None and action not in NOT_SHAPING:
        add_preparer(job, actor.pk)


def add_preparer(job: ImportJob, person_id: int) -> None:
    """Have the permissions of one more person bound what the job grants. Repeating is safe.

    One statement, so that of two people at once neither is lost.
    """
    others = ImportJob.objects.filter(pk=job.pk).exclude(preparers__contains=[person_id])
    added = Func(F("preparers"), Value(person_id), function="array_append")
    others.update(preparers=added)
    if person_id not in job.preparers:
        job.preparers = [*job.preparers, person_id]
