"""What a worker does with one message: claims a chunk, works on it, and moves the job on."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.cache import cache
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone
from psycopg.errors import DiskFull

from accounts.counters import count_one
from imports.core.errors import FileFormatError, ImporterError, InvalidTransition
from imports.core.problems import Problem
from imports.engine.context import load_context
from imports.engine.files.staging import stage_file, stage_retry
from imports.engine.splitting import split_chunk
from imports.models import ImportChunk, ImportJob
from imports.services.jobs.failure_threshold import pause_at_conflict
from imports.services.jobs.locks import Work, try_lock
from imports.services.jobs.queue import enqueue_chunks
from imports.services.jobs.rate_limits import is_rate_limited, take_turn
from imports.services.runs.phases import WORK, advance, find_duplicates, finish_staging
from imports.services.runs.runs import stop_with_error
from imports.states import BUSY, ChunkState, JobPhase

logger = logging.getLogger(__name__)

# After so many beginnings without an end the rows themselves must be what kills the workers.
MAX_CLAIMS = 3
# How long ago a worker must have begun rows before another takes them for what has killed it: it
# may live, and be about to lock them.
HEAD_START_SECONDS = 5
# The database may go and come back while a large file is read; that counts, too.
MAX_STAGINGS = 20
# Large fields that only the indexing is about.
KEYS = ("keys", "key_rows")


def work_on_chunk(chunk_id: int) -> None:
    """Do the job's present phase for one chunk, in one transaction.

    Does nothing when the chunk is done, another worker has it, or the job was paused: a message
    may come twice or late. Database trouble is raised, for the message to be tried again.
    """
    claimed = _claim(chunk_id)
    if claimed is None:
        return
    try:
        job_id = _work(chunk_id)
    except (OperationalError, InterfaceError) as error:
        _release(chunk_id)
        _stop_if_full(claimed.job, error)
        raise
    except Exception as error:
        _stop_job(claimed.job, error)
        return
    if job_id is not None:
        advance(job_id)


def _lock(chunk_id: int, *, without: Collection[str] = ()) -> ImportChunk | None:
    """Return the chunk, locked, if there is something to do for it and nobody else does it.

    The columns named are not read: they hold all of its rows.
    """
    chunk = (
        ImportChunk.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("job", "job__operator", "job__created_by")
        .filter(pk=chunk_id, state=ChunkState.WAITING, job__state__in=BUSY)
        .filter(attempt=F("job__attempt"), job__phase__in=list(WORK))
        .defer(*without)
        .first()
    )
    if chunk is None:
        return None
    job = chunk.job
    beyond = job.pilot_end is not None and chunk.first_row > job.pilot_end
    return None if beyond and job.phase == JobPhase.WRITING else chunk


@transaction.atomic
def _claim(chunk_id: int) -> ImportChunk | None:
    """Note that a worker begins, in a transaction of its own: it outlives the worker."""
    commit_without_waiting()
    chunk = _lock(chunk_id, without=[*KEYS, "payload", "duplicates", "planned", "met"])
    if chunk is None:
        return None
    if chunk.claims >= MAX_CLAIMS and _is_just_begun(chunk):
        enqueue_chunks([chunk.pk], seconds=HEAD_START_SECONDS)
        return None
    if is_rate_limited(chunk.job) and not take_turn(chunk.job, chunk.rows):
        return None
    if chunk.claims >= MAX_CLAIMS and not _isolate(chunk):
        return None
    chunk.claims += 1
    chunk.claimed_at = timezone.now()
    chunk.save(update_fields=["claims", "claimed_at", "is_poison"])
    return chunk


def _is_just_begun(chunk: ImportChunk) -> bool:
    """Return whether somebody began the chunk just now; a timestamp in the future is none."""
    age = timezone.now() - chunk.claimed_at if chunk.claimed_at else None
    return age is not None and timedelta() <= age < timedelta(seconds=HEAD_START_SECONDS)


def commit_without_waiting() -> None:
    """Have the open transaction not wait for the disk when it commits.

    A crash of the server can then lose the chunks of its last seconds: whole, so that they
    wait again. The end of a phase is committed durably, and with it all that came before.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")


def _isolate(chunk: ImportChunk) -> bool:
    """Narrow down what kills the workers; return whether the chunk is to be worked on now."""
    logger.error(
        "Rows %s to %s of job %s were begun %s times and never finished",
        chunk.first_row,
        chunk.last_row,
        chunk.job_id,
        chunk.claims,
    )
    if chunk.rows > 1:
        enqueue_chunks([half.pk for half in split_chunk(chunk)])
        return False
    if chunk.is_poison:
        stop_with_error(
            chunk.job,
            f"Row {chunk.first_row} was started again and again and never finished, even without"
            " looking at it: the workers have too little memory, or are being killed. Look at"
            " their log, then run the job again. Imported records are kept.",
        )
        return False
    chunk.is_poison, chunk.claims = True, 0
    return True


def _release(chunk_id: int) -> None:
    """Take a claim back: it was the database that failed, not the rows."""
    try:
        ImportChunk.objects.filter(pk=chunk_id, claims__gt=0).update(claims=F("claims") - 1)
    except (OperationalError, InterfaceError):
        logger.warning("The database is gone; the claim of chunk %s stays", chunk_id)


@transaction.atomic
def _work(chunk_id: int) -> int | None:
    commit_without_waiting()
    chunk = _lock(chunk_id, without=KEYS)
    if chunk is None:
        return None
    chunk_work = WORK[JobPhase(chunk.job.phase)]
    stopping = chunk_work.work(chunk, load_context(chunk.job))
    chunk.state = ChunkState.DONE
    chunk.finished_at = timezone.now()
    fields = ["state", "finished_at", "counts", "reasons", *chunk_work.writes]
    chunk.save(update_fields=fields)
    if stopping:
        pause_at_conflict(chunk.job, stopping)
    return chunk.job_id


def work_on_staging(job_id: int) -> None:
    """Cut the job's rows into chunks, in one transaction, unless somebody does already."""
    job = ImportJob.objects.get(pk=job_id)
    with _stopping_at_faults(job, "The reading of the file"):
        rows = _stage(job)
        if rows is not None:
            cache.delete(_name_beginnings(job))
            advance(job_id)


def work_on_duplicates(job_id: int) -> None:
    """Find the duplicates of a job whose chunks are all indexed, unless somebody does already."""
    job = ImportJob.objects.get(pk=job_id)
    with _stopping_at_faults(job, "The search for duplicates"):
        find_duplicates(job_id)


@contextmanager
def _stopping_at_faults(job: ImportJob, what: str) -> Iterator[None]:
    """Stop the job with the reason when its work fails; database trouble is raised."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        _stop_if_full(job, error)
        raise
    except SoftTimeLimitExceeded:
        # It may have come in the middle of an answer.
        connection.close()
        message = (
            f"{what} took longer than IMPORT_STAGING_SECONDS allows"
            f" ({settings.IMPORT_STAGING_SECONDS:,} s), and was stopped. Split the file or raise"
            " the limit, then run the job again. Imported records are kept."
        )
        _stop_job(job, ImporterError(message))
    except Exception as error:
        _stop_job(job, error)


def _may_stage(job: ImportJob) -> bool:
    """Note that a worker begins to stage; stop the job if that never finished."""
    name = _name_beginnings(job)
    if count_one(name, 86400) <= MAX_STAGINGS:
        return True
    cache.delete(name)
    with suppress(InvalidTransition):
        stop_with_error(
            job,
            f"The reading of the file was started {MAX_STAGINGS} times and never finished: it makes"
            " the worker crash, or it has too little memory. Look at the workers' log, then"
            " resume the job.",
        )
    return False


def _name_beginnings(job: ImportJob) -> str:
    return f"staging-begun:{job.pk}:{job.attempt}"


@transaction.atomic
def _stage(job: ImportJob) -> int | None:
    if not try_lock(Work.STAGING, job.pk):
        return None
    job.refresh_from_db()
    if job.state not in BUSY or job.phase != JobPhase.STAGING or not _may_stage(job):
        return None
    if job.attempt > 1:
        rows = stage_retry(job)
    else:
        rows = stage_file(job, lambda position: report_staging(job.pk, position))
    finish_staging(job.pk, rows)
    return rows


def report_staging(job_id: int, position: int) -> None:
    """Publish how far into the file, in bytes, the staging is; its own transaction hides it."""
    cache.set(f"staging:{job_id}", position, timeout=3600)


def read_staging(job_id: int) -> int:
    """Return how far into the file, in bytes, the staging has come."""
    return int(cache.get(f"staging:{job_id}", 0))


def _stop_if_full(job: ImportJob, error: Exception) -> None:
    """Stop the job where the database has no room: trying again would fill the log, too."""
    if isinstance(error.__cause__, DiskFull):
        message = (
            "The disk of the database is full. Free some space, then resume the job. Imported "
            "records are kept."
        )
        _stop_job(job, ImporterError(message))


def _stop_job(job: ImportJob, error: Exception) -> None:
    """Stop the job; what is logged says where it happened but not what the data were."""
    refusal: Problem | None = None
    if isinstance(error, FileFormatError):
        message, refusal = f"{error} {error.problem.kind.advice}", error.problem
    elif isinstance(error, ImporterError):
        message = str(error)
    else:
        message = (
            f"An error in Userferry ({type(error).__name__}). Imported records are kept. See"
            " the log of the workers for details. Running the job again is safe."
        )
        logger.error(
            "%s in job %s\n%s",
            type(error).__name__,
            job.pk,
            "".join(traceback.format_tb(error.__traceback__)),
        )
    try:
        stop_with_error(job, message, refusal)
    except InvalidTransition:
        logger.info("Job %s was stopped already", job.pk)
