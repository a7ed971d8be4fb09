"""Have a job pause automatically: too many of its records fail, or a conflict says to stop."""

from __future__ import annotations

from typing import Any

from django.db.models import IntegerField, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from imports.core.planning.plans import Plan
from imports.models import ImportJob, Status
from imports.services.jobs.transitions import take_action
from imports.states import ChunkState, JobAction, JobState


def pause_at_conflict(job: ImportJob, plan: Plan) -> None:
    """Pause the job because of a record that says so; others stop after their present chunks.

    To be called in the transaction that writes the record. A job that somebody paused or cancelled
    meanwhile stays as it is.
    """
    if _lock_running(job):
        _pause_automatically(job, {"row": plan.row_number, "code": plan.problems[0].code})


def pause_if_failing(job: ImportJob) -> None:
    """Pause the job if more of its records failed than was chosen. To be called in a transaction.

    Counts what was written in this attempt since the job was last let go on.
    """
    if job.failure_threshold is None:
        return
    counted, base = count_written(job), job.failure_base
    records = counted["records"] - base.get("records", 0)
    failed = counted["failed"] - base.get("failed", 0)
    if (
        records >= job.failure_sample
        and failed * 100 > records * job.failure_threshold
        and _lock_running(job)
    ):
        _pause_automatically(
            job, {"records": records, "failed": failed, "percent": job.failure_threshold}
        )


def count_written(job: ImportJob) -> dict[str, int]:
    """Return how many records the present attempt has written, and how many of them failed."""
    failed = Cast(KeyTextTransform(Status.FAILED.value, "counts"), IntegerField())
    written = job.chunks.filter(attempt=job.attempt, state=ChunkState.DONE)
    counted = written.aggregate(records=Sum("rows", default=0), failed=Sum(failed, default=0))
    return {"records": counted["records"], "failed": counted["failed"]}


def _lock_running(job: ImportJob) -> bool:
    current = ImportJob.objects.select_for_update(no_key=True).get(pk=job.pk)
    return current.state == JobState.RUNNING


def _pause_automatically(job: ImportJob, why: dict[str, Any]) -> None:
    take_action(job, JobAction.PAUSE_AUTOMATICALLY, actor=None, detail=why, automatic_pause=why)
