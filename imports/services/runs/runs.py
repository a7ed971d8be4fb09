"""Start jobs, lead them from phase to phase, pause, resume and retry them."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from imports.core.errors import (
    DecisionsOpen,
    DryRunMissing,
    ImporterError,
)
from imports.core.problems import Problem
from imports.engine.files.staging import list_retryable
from imports.models import ImportJob
from imports.record_filters import RecordFilter
from imports.services.approval import approvals
from imports.services.jobs.failure_threshold import count_written
from imports.services.jobs.shown import describe_inputs, lock_as_shown
from imports.services.jobs.transitions import take_action
from imports.services.runs.phases import begin, begin_staging, go_on
from imports.states import JobAction, JobPhase, may

EVERYTHING = RecordFilter()


@transaction.atomic
def start_dry_run(job: ImportJob, *, actor: User, shown: str | None = None) -> None:
    """Begin the dry run over the whole file, in the background.

    Raises InvalidTransition when the job is not ready for it, or its run has begun, and
    ChangedMeanwhile when it is not as it was `shown`.
    """
    lock_as_shown(job, shown, "dry run", actor=actor)
    take_action(job, JobAction.DRY_RUN, actor=actor, operator=actor, dry_run_report={}, error="")
    begin(job)


@transaction.atomic
def stop_dry_run(job: ImportJob, *, actor: User) -> None:
    """Stop the dry run; it can be started again."""
    take_action(job, JobAction.STOP_DRY_RUN, actor=actor, phase=JobPhase.NONE)


@transaction.atomic
def start_run(
    job: ImportJob,
    *,
    actor: User,
    pilot: bool = False,
    fails_undecided: bool = False,
    without_dry_run: bool = False,
    shown: str | None = None,
) -> None:
    """Begin, or begin again after an error, to import; with `pilot` only the first rows.

    What the run may grant is bounded by the permissions of everybody who prepared the job, the
    actor among them. Raises ImporterError where it has to be approved and is not, or something has
    changed since; ChangedMeanwhile when the job is not as it was `shown`; and DryRunMissing when
    it had no dry run as it is now, unless it is to be run `without_dry_run`; and DecisionsOpen
    where the dry run found decisions that nobody has made, unless the records that they concern
    may fail (`fails_undecided`).
    """
    now = timezone.now()
    lock_as_shown(job, shown, "run", actor=actor)
    if job.started_at is None and not fails_undecided:
        _require_decisions(job)
    plan = approvals.require_plan(job)
    if not without_dry_run and may(job, JobAction.RUN):
        _require_dry_run(job)
    pilot_end = settings.IMPORT_FIRST_SLICE_ROWS if pilot else None
    take_action(
        job,
        JobAction.RUN,
        actor=actor,
        detail={"pilot": pilot},
        operator=actor,
        error="",
        import_plan=plan,
        pilot_end=pilot_end,
        started_at=job.started_at or now,
        finished_at=None,
        automatic_pause={},
        failure_base=_count_base(job),
    )
    begin(job)


@transaction.atomic
def pause(job: ImportJob, *, actor: User) -> None:
    """Stop after the chunks that are being written now."""
    take_action(job, JobAction.PAUSE, actor=actor)


def had_dry_run(job: ImportJob) -> bool:
    """Return whether a dry run was made of the job as it is now, or its run has begun already."""
    if job.has_begun:
        return True
    return job.dry_run is not None and job.dry_run["inputs"] == describe_inputs(job)


def _require_dry_run(job: ImportJob) -> None:
    if had_dry_run(job):
        return
    why = "This job has changed since its dry run." if job.dry_run else ""
    raise DryRunMissing(
        f"{why or 'There was no dry run with this mapping.'} Nothing was started. Start a dry "
        "run, or"
        " confirm that the import runs without one."
    )


@transaction.atomic
def resume(job: ImportJob, *, actor: User, shown: str | None = None) -> None:
    """Go on with the rows that have no status yet, to the end of the file.

    Raises ChangedMeanwhile when the job is not as it was `shown`.
    """
    lock_as_shown(job, shown, "resume", actor=actor)
    take_action(
        job,
        JobAction.RESUME,
        actor=actor,
        pilot_end=None,
        finished_at=None,
        automatic_pause={},
        failure_base=_count_base(job),
    )
    go_on(job)


@transaction.atomic
def cancel(job: ImportJob, *, actor: User) -> None:
    """Stop for good after the chunks that are being written now; what is imported stays."""
    take_action(job, JobAction.CANCEL, actor=actor, finished_at=timezone.now())


@transaction.atomic
def retry(
    job: ImportJob,
    *,
    actor: User,
    chosen: RecordFilter = EVERYTHING,
    shown: str | None = None,
) -> int:
    """Try records again, all that failed or those chosen, and return how many those are.

    Raises ImporterError when none of them can be retried, and where imports have to be approved
    and the actor is no second person; ChangedMeanwhile when the job is not as it was `shown`.
    """
    lock_as_shown(job, shown, "retry", actor=actor)
    approvals.require_second_person(job, actor)
    count = list_retryable(job.pk, chosen).count()
    if count == 0:
        raise ImporterError(
            "None of these records can be retried. They were imported, are unchanged, or "
            "their source rows were purged. To import them, upload the file again."
        )
    take_action(
        job,
        JobAction.RETRY,
        actor=actor,
        detail={"records": count},
        operator=actor,
        attempt=job.attempt + 1,
        retry_filter=chosen.to_json(),
        indexed_options={},
        pilot_end=None,
        finished_at=None,
        automatic_pause={},
        failure_base={},
    )
    begin_staging(job)
    return count


def _require_decisions(job: ImportJob) -> None:
    decisions = job.dry_run["decisions"] if job.dry_run else []
    waiting = [each for each in decisions if each["open"]]
    if waiting:
        names = ", ".join(f"“{each['title']}” ({each['column']})" for each in waiting)
        raise DecisionsOpen(
            f"The import is waiting for {len(waiting)} decision{'' if len(waiting) == 1 else 's'}:"
            f" {names}. Make them under “Action required” on the dry-run page."
        )


def _count_base(job: ImportJob) -> dict[str, int]:
    """Return what the failure rate does not count any more, once somebody has let the job go on."""
    return count_written(job) if job.phase == JobPhase.WRITING else {}


@transaction.atomic
def stop_with_error(job: ImportJob, message: str, refusal: Problem | None = None) -> None:
    """Stop a busy job because of a fault that is not a record's; it can be run on later.

    `refusal` is what is wrong with the file, where it is that.
    """
    refused = {"refusal": refusal.to_json()} if refusal else {}
    take_action(
        job,
        JobAction.STOP_WITH_ERROR,
        actor=None,
        detail={"error": message, **refused},
        error=message,
        finished_at=timezone.now(),
    )
