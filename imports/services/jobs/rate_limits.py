"""Hold a job to its rate limit, over all workers of all hosts.

A job with a rate limit has one message in the queue, the timer, instead of one for each chunk. It
sends the chunks that are due and comes back within a second, so that a change of the rate limit
counts at once. Whether a chunk's turn has come is decided when it is claimed, by the clock of the
database; nobody sleeps, and a worker whose chunk is early drops the message.
"""

from __future__ import annotations

from django.db import connection, transaction

from accounts.models import User
from imports.models import ImportChunk, ImportJob
from imports.services.jobs.queue import enqueue_chunks, enqueue_timer, is_latest_timer
from imports.services.jobs.shown import lock_as_shown
from imports.services.jobs.transitions import note_event
from imports.states import ChunkState, JobPhase, JobState

# How often the timer fires, and how much of a delay is caught up.
PERIOD_SECONDS = 1.0
CREDIT_SECONDS = 2.0
DUE = "rate_window_at + rate_window_rows * interval '1 second' / rate_limit"


def is_rate_limited(job: ImportJob) -> bool:
    """Return whether a rate limit holds in the job's present phase: only in writing."""
    return job.rate_limit is not None and job.phase == JobPhase.WRITING


def take_turn(job: ImportJob, rows: int) -> bool:
    """Take the turn to write so many rows, if it has come.

    One conditional update: of several workers one gets it. A clock that was set back opens the way.
    """
    statement = f"""
        UPDATE imports_importjob SET rate_window_rows = %s, rate_window_at = GREATEST(
            clock_timestamp() - %s * interval '1 second', LEAST({DUE}, clock_timestamp()))
        WHERE id = %s AND (rate_limit IS NULL OR rate_window_at IS NULL
            OR {DUE} <= clock_timestamp() OR rate_window_at > clock_timestamp())
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [rows, CREDIT_SECONDS, job.pk])
        return bool(cursor.rowcount == 1)


def hold_rate_limit(job_id: int, token: str) -> None:
    """Send the chunks whose turn has come, and the timer once more.

    Does nothing when another timer has replaced this one.
    """
    if not is_latest_timer(job_id, token):
        return
    job = ImportJob.objects.get(pk=job_id)
    if job.state != JobState.RUNNING or job.phase != JobPhase.WRITING:
        return
    send_writing(job)


def send_writing(job: ImportJob) -> None:
    """Send what the workers may write now: the chunks that are due, or all of them."""
    waiting = ImportChunk.objects.filter(
        job=job, attempt=job.attempt, state=ChunkState.WAITING
    ).order_by("number")
    if job.pilot_end is not None:
        waiting = waiting.filter(first_row__lte=job.pilot_end)
    if job.rate_limit is None:
        enqueue_chunks(waiting.values_list("pk", flat=True))
        return
    overdue = _read_overdue(job)
    if overdue >= 0:
        count = 1 + int(min(overdue, CREDIT_SECONDS) * job.rate_limit / job.chunk_rows)
        enqueue_chunks(list(waiting.values_list("pk", flat=True)[:count]))
        enqueue_timer(job.pk, PERIOD_SECONDS)
    else:
        enqueue_timer(job.pk, min(-overdue, PERIOD_SECONDS))


@transaction.atomic
def set_limits(
    job: ImportJob,
    *,
    rate_limit: int | None,
    failure_threshold: int | None,
    failure_sample: int,
    actor: User,
    shown: str | None = None,
) -> None:
    """Change how fast a job writes, and when it pauses automatically; counts at once.

    Raises ChangedMeanwhile when the job is not as it was `shown`.
    """
    detail = {
        "rate_limit": rate_limit,
        "failure_threshold": failure_threshold,
        "failure_sample": failure_sample,
    }
    lock_as_shown(job, shown, "limit", actor=actor)
    if detail == read_limits(job):
        return
    job.rate_limit, job.failure_threshold, job.failure_sample = (
        rate_limit,
        failure_threshold,
        failure_sample,
    )
    job.save(update_fields=["rate_limit", "failure_threshold", "failure_sample", "updated_at"])
    note_event(job, "limit", actor=actor, detail=detail)
    if job.state == JobState.RUNNING and job.phase == JobPhase.WRITING:
        send_writing(job)


def read_limits(job: ImportJob) -> dict[str, int | None]:
    """Return a job's limits by the names of `set_limits`."""
    return {
        "rate_limit": job.rate_limit,
        "failure_threshold": job.failure_threshold,
        "failure_sample": job.failure_sample,
    }


def _read_overdue(job: ImportJob) -> float:
    """Return for how many seconds the next chunk has been due; negative while it is not."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT CASE WHEN rate_window_at <= clock_timestamp()"  # noqa: S608
            f" THEN EXTRACT(EPOCH FROM clock_timestamp() - ({DUE})) ELSE 0 END"
            " FROM imports_importjob WHERE id = %s",
            [job.pk],
        )
        return float(cursor.fetchone()[0])
