"""Lead a busy job from phase to phase: staging, duplicates, then dry run, comparison or writing.

Where corrections were chosen before the run, the records that they are for are found in between.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from accounts.selectors.attributes import read_rules
from imports.core.corrections import read_corrections
from imports.core.dry_run import DryRunReport
from imports.core.planning.plans import Plan
from imports.engine.chunks import compare_chunk, plan_chunk, write_chunk
from imports.engine.context import JobContext
from imports.engine.corrections.correcting import correct_chunk
from imports.engine.counting import merge_reports
from imports.engine.duplicates import index_chunk, resolve_duplicates
from imports.engine.files.corrected_rows import forget_corrected, read_run_corrections
from imports.engine.files.job_files import drop_file
from imports.engine.leavers.listing import count_leavers
from imports.engine.pairing import name_earlier_rows
from imports.models import ImportChunk, ImportJob, JoinedRow, OtherSubjectId, ReleasedValue
from imports.services.approval import approvals
from imports.services.dry_run.comparison import compare_with_dry_run, describe_store
from imports.services.jobs.failure_threshold import pause_if_failing
from imports.services.jobs.locks import Work, try_lock
from imports.services.jobs.queue import enqueue_chunks, enqueue_search, enqueue_staging
from imports.services.jobs.rate_limits import send_writing
from imports.services.jobs.shown import describe_inputs
from imports.services.jobs.transitions import note_event, take_action
from imports.states import BUSY, ChunkState, JobAction, JobPhase, JobState

logger = logging.getLogger(__name__)

READING = (JobPhase.STAGING, JobPhase.INDEXING)


@dataclass(frozen=True, slots=True)
class ChunkWork:
    """What workers do in a phase with each chunk of a job.

    `work` returns a plan that stops the job, if any does. `writes` are the large fields of the
    chunk that it changes beside its counts. `follow` is called once every chunk is done.
    """

    work: Callable[[ImportChunk, JobContext], Plan | None]
    follow: Callable[[ImportJob], None]
    writes: tuple[str, ...] = ()


def list_phases(job: ImportJob) -> list[JobPhase]:
    """Return the phases that a busy or paused job goes through, in their order."""
    reading = [*READING, *([JobPhase.CORRECTING] if read_run_corrections(job) else [])]
    return [*reading, *_list_last_phases(job)]


def _list_last_phases(job: ImportJob) -> list[JobPhase]:
    if job.state == JobState.DRY_RUNNING:
        return [JobPhase.PLANNING]
    if job.import_plan_id is not None and job.attempt == 1:
        return [JobPhase.COMPARING, JobPhase.WRITING]
    return [JobPhase.WRITING]


def begin(job: ImportJob) -> None:
    """Take the first phase that is still to be done for a dry run or run."""
    if job.phase == JobPhase.WRITING and job.state == JobState.RUNNING:
        go_on(job)
    elif job.staged_options != _describe_staging(job):
        begin_staging(job)
    else:
        _begin_after_staging(job)


def go_on(job: ImportJob) -> None:
    """Send the messages of the present phase again; what is done already stays done."""
    if job.phase != JobPhase.STAGING:
        _set(job, phase_started_at=timezone.now())
    _send_phase(job)
    # Everything may be done already: then there is nobody left to say so.
    advance(job.pk, may_search=False)


def begin_staging(job: ImportJob) -> None:
    """Have the job's rows cut into chunks; the phases after that follow by themselves."""
    _set(job, phase=JobPhase.STAGING, phase_started_at=timezone.now())
    _send_phase(job)


def _begin_after_staging(job: ImportJob) -> None:
    if job.indexed_options == describe_indexing(job):
        _begin_last_phases(job)
    else:
        if job.attempt == 1:
            forget_corrected(job)
        _begin_phase(job, JobPhase.INDEXING)


def _begin_after_indexing(job: ImportJob) -> None:
    _begin_phase(job, list_phases(job)[len(READING)])


def _begin_last_phases(job: ImportJob) -> None:
    _begin_phase(job, _list_last_phases(job)[0])


def _finish_correcting(job: ImportJob) -> None:
    """Search for duplicates again as long as any record was corrected, which may change them.

    That ends: no record is corrected twice in the same way.
    """
    if _chunks(job).filter(counts__corrected__gt=0).exists():
        _begin_phase(job, JobPhase.INDEXING)
    else:
        _set(job, indexed_options=describe_indexing(job))
        _begin_last_phases(job)


def _begin_phase(job: ImportJob, phase: JobPhase) -> None:
    """Set all chunks of the attempt waiting for a phase, and send their messages."""
    _chunks(job).update(state=ChunkState.WAITING, claims=0, claimed_at=None, counts={})
    _set(job, phase=phase, phase_started_at=timezone.now())
    _send_phase(job)


def _send_phase(job: ImportJob) -> None:
    _set(job, enqueued_at=timezone.now())
    if job.phase == JobPhase.STAGING:
        enqueue_staging(job.pk)
    elif job.phase == JobPhase.WRITING:
        send_writing(job)
    else:
        enqueue_chunks(list_workable(job).order_by("number").values_list("pk", flat=True))


def _set(job: ImportJob, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(job, name, value)
    job.save(update_fields=[*changes, "updated_at"])


def _chunks(job: ImportJob) -> Any:
    return ImportChunk.objects.filter(job=job, attempt=job.attempt)


def list_workable(job: ImportJob) -> Any:
    """Return the chunks that the present phase has still to work on; a pilot is the end."""
    chunks = _chunks(job).filter(state=ChunkState.WAITING)
    if job.pilot_end is not None and job.phase == JobPhase.WRITING:
        chunks = chunks.filter(first_row__lte=job.pilot_end)
    return chunks


def _describe_staging(job: ImportJob) -> dict[str, Any]:
    """Return what the chunks of the first attempt depend on."""
    return {"reader": job.reader_options, "chunk_rows": job.chunk_rows}


def describe_indexing(job: ImportJob) -> dict[str, Any]:
    """Return what the duplicates found in the file depend on."""
    rules = {name: repr(rule) for name, rule in sorted(read_rules().items())}
    return {
        "mapping": job.mapping,
        "answers": hashlib.sha256(job.secret_answers.encode()).hexdigest(),
        "attributes": rules,
        "attempt": job.attempt,
        "corrections": [
            each.to_json() for each in read_corrections(job.corrections) if each.is_for_run
        ],
        "other_ids": OtherSubjectId.objects.aggregate(count=Count("pk"), last=Max("pk")),
    }


@transaction.atomic
def finish_staging(job_id: int, rows: int) -> None:
    """Note how many rows were staged, and go on to the next phase."""
    job = ImportJob.objects.select_for_update(no_key=True).get(pk=job_id)
    if job.attempt == 1:
        _set(job, staged_options=_describe_staging(job), total_rows=rows, indexed_options={})
    if job.state in BUSY:
        _begin_after_staging(job)


def advance(job_id: int, *, may_search: bool = True) -> None:
    """Go on to the next phase if the present one is done. Calling it at any time does no harm.

    Between two phases comes the search for duplicates, which takes long for a large file: whoever
    cannot wait for it has a worker do it.
    """
    if not _advance(job_id):
        return
    if may_search:
        find_duplicates(job_id)
    else:
        enqueue_search(job_id)


@transaction.atomic
def _advance(job_id: int) -> bool:
    """Go on to the next phase; return whether the search for duplicates has to come before it."""
    # First without the job's lock, which all workers would wait for after each of their chunks.
    job = ImportJob.objects.get(pk=job_id)
    if list_workable(job).exists():
        if job.phase == JobPhase.WRITING:
            pause_if_failing(job)
        return False
    if job.phase == JobPhase.INDEXING:
        return job.state in BUSY
    job = ImportJob.objects.select_for_update(no_key=True).get(pk=job_id)
    chunk_work = WORK.get(JobPhase(job.phase))
    if job.state not in BUSY or chunk_work is None or job.phase == JobPhase.INDEXING:
        return False
    if not list_workable(job).exists():
        chunk_work.follow(job)
    return False


class SearchStopped(Exception):
    """Somebody paused, cancelled or stopped the job while its duplicates were looked for."""


def find_duplicates(job_id: int) -> None:
    """Find the duplicates of a job whose chunks are all indexed, and go on to its next phase.

    Does nothing while another worker does it. The job stays unlocked meanwhile, so that whoever
    pauses or cancels it need not wait; then nothing of the search is kept, and it is done again
    when the job goes on.
    """
    try:
        with transaction.atomic():
            if try_lock(Work.SEARCH, job_id):
                _find_duplicates(job_id)
    except SearchStopped:
        logger.info("The search for duplicates of job %s was stopped", job_id)


def _find_duplicates(job_id: int) -> None:
    job = ImportJob.objects.get(pk=job_id)
    if not _awaits_search(job):
        return
    repeated = resolve_duplicates(job, lambda: _expect_search(job))
    job = ImportJob.objects.select_for_update(no_key=True).get(pk=job_id)
    if not _awaits_search(job):
        raise SearchStopped
    if not read_run_corrections(job):
        _set(job, indexed_options=describe_indexing(job))
    note_event(job, "index", actor=None, detail={"repeated": repeated})
    WORK[JobPhase.INDEXING].follow(job)


def _awaits_search(job: ImportJob) -> bool:
    is_busy = job.state in BUSY and job.phase == JobPhase.INDEXING
    return is_busy and not list_workable(job).exists()


def _expect_search(job: ImportJob) -> None:
    """Raise SearchStopped once the job is not in the state any more in which the search began."""
    same = ImportJob.objects.filter(
        pk=job.pk, state=job.state, phase=job.phase, attempt=job.attempt
    )
    if not same.exists():
        raise SearchStopped


def _finish_dry_run(job: ImportJob) -> None:
    reports = _chunks(job).order_by("number").values_list("counts", flat=True).iterator(100)
    counted = merge_reports(reports)
    name_earlier_rows(job, counted)
    count_leavers(job)
    report: DryRunReport = {
        **counted,
        "store": describe_store(job),
        "inputs": describe_inputs(job),
        "corrections": [
            each.number for each in read_corrections(job.corrections) if each.is_for_run
        ],
        "finished_at": timezone.now().isoformat(),
    }
    take_action(
        job, JobAction.FINISH_DRY_RUN, actor=None, dry_run_report=report, phase=JobPhase.NONE
    )
    if approvals.is_approval_required():
        approvals.make_plan(job)


def _finish_comparison(job: ImportJob) -> None:
    if changes := approvals.find_plan_changes(job):
        approvals.refuse_run(job, changes)
    else:
        _begin_phase(job, JobPhase.WRITING)


def _finish_run(job: ImportJob) -> None:
    if _chunks(job).filter(state=ChunkState.WAITING).exists():
        take_action(job, JobAction.PAUSE, actor=None, detail={"pilot": True})
    else:
        ReleasedValue.objects.filter(job=job).delete()
        JoinedRow.objects.filter(job=job).delete()
        compare_with_dry_run(job)
        count_leavers(job)
        detail = {"attempt": job.attempt} if job.attempt > 1 else {}
        take_action(
            job,
            JobAction.COMPLETE,
            actor=None,
            detail=detail,
            phase=JobPhase.NONE,
            finished_at=timezone.now(),
        )
        if not settings.IMPORT_KEEP_UPLOADS:
            drop_file(job)


# Staging is no work on chunks: it makes them.
WORK: dict[JobPhase, ChunkWork] = {
    JobPhase.INDEXING: ChunkWork(index_chunk, follow=_begin_after_indexing),
    JobPhase.CORRECTING: ChunkWork(correct_chunk, follow=_finish_correcting),
    JobPhase.PLANNING: ChunkWork(
        plan_chunk, follow=_finish_dry_run, writes=("planned", "met", "unknown")
    ),
    JobPhase.COMPARING: ChunkWork(compare_chunk, follow=_finish_comparison),
    JobPhase.WRITING: ChunkWork(
        write_chunk,
        follow=_finish_run,
        writes=("payload", "planned", "losses", "met", "unknown"),
    ),
}
