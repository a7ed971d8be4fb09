"""Undo what a connection has written: all of it, or what it wrote on one day."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from imports.core.errors import ImporterError
from imports.core.planning.undo import UndoOptions
from imports.engine.undo.facts import list_undoable
from imports.models import Connection, ImportJob, Undo
from imports.record_filters import RecordFilter
from imports.services.connections.events import note
from imports.services.connections.shown import lock_connection_as_shown
from imports.services.jobs.queue import enqueue_undo
from imports.services.undo.undoing import begin_undo
from imports.states import JobAction, JobState, may


@transaction.atomic
def undo_connection(
    connection: Connection,
    options: UndoOptions,
    *,
    actor: User,
    day: date | None = None,
    shown: str | None = None,
) -> list[Undo]:
    """Begin to undo the jobs of a connection, or of a day of it, the latest first.

    Each waits for the one after it, whose updates came on top of its own. Raises ImporterError, and
    begins nothing, while a job is busy, and when nothing is left to undo; ChangedMeanwhile when the
    connection has written since its page was `shown`.
    """
    lock_connection_as_shown(connection, shown, "undo connection", actor=actor)
    jobs = list(_list_written(connection, day).select_for_update(no_key=True, of=("self",)))
    for job in jobs:
        if not may(job, JobAction.UNDO):
            state = JobState(job.state).label
            raise ImporterError(f"The job {job} is {state}. Wait for its end, then undo again.")
    undos = [begin_undo(job, options, actor=actor, detail={}) for job in jobs if has_undoable(job)]
    if not undos:
        raise ImporterError("There is nothing to undo: no record has created or updated a user.")
    enqueue_undo(undos[0].pk)
    note(
        connection,
        "undo",
        actor=actor,
        detail={"jobs": len(undos), "day": day.isoformat() if day else ""},
    )
    return undos


def has_undoable(job: ImportJob) -> bool:
    """Return whether the job has created or updated anybody, and that was not undone."""
    return list_undoable(job.pk, RecordFilter()).exists()


def _list_written(connection: Connection, day: date | None) -> QuerySet[ImportJob]:
    jobs = ImportJob.objects.filter(connection=connection, started_at__isnull=False)
    return (jobs.filter(day=day) if day else jobs).order_by("-pk")
