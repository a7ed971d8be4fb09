"""List who is missing from a job's file: at once where that is quick, else by a worker."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from imports.engine.leavers.listing import is_outdated, list_leavers
from imports.models import ImportJob, LeaverSurvey
from imports.services.jobs.queue import enqueue_leavers
from imports.states import JobState

# The users of a source who are compared in a moment, while somebody waits.
AT_ONCE = 10_000
# Where the dry run or the run has told how many there are, and nothing has begun since.
TELLING = frozenset({JobState.DRY_RUN_DONE, JobState.COMPLETED, JobState.DISABLING})


def find_survey(job: ImportJob) -> LeaverSurvey | None:
    """Return how many users are missing from the job's file; None where nobody has compared."""
    is_told = job.state in TELLING and (job.has_begun or bool(job.dry_run_report))
    return LeaverSurvey.objects.filter(job=job).first() if is_told else None


def find_list(job: ImportJob, *, again: bool = False) -> LeaverSurvey | None:
    """Return the survey of a job whose list of missing users is that of now; None without one.

    A missing or outdated list is written at once or asked for: `listed_at` is
    None until a worker has written it. Asking twice does no harm, and once more when nothing came
    of it lately brings back a message or worker that was lost. `again` takes no list for that of
    now.
    """
    survey = find_survey(job)
    if survey is None or job.state == JobState.DISABLING:
        return survey
    if not again and not is_outdated(survey):
        return survey
    if survey.users <= AT_ONCE:
        return _write_list(survey.pk)
    return _ask_for_list(survey.pk)


@transaction.atomic
def _ask_for_list(survey_id: int) -> LeaverSurvey:
    survey = LeaverSurvey.objects.select_for_update(of=("self",)).get(pk=survey_id)
    now = timezone.now()
    survey.listed_at = None
    if survey.asked_at is None or survey.asked_at < now - timedelta(
        seconds=settings.IMPORT_IDLE_SECONDS
    ):
        survey.asked_at = now
        enqueue_leavers(survey.pk)
    survey.save(update_fields=["asked_at", "listed_at"])
    return survey


@transaction.atomic
def _write_list(survey_id: int) -> LeaverSurvey:
    survey = (
        LeaverSurvey.objects.select_for_update(of=("self",)).select_related("job").get(pk=survey_id)
    )
    if survey.job.state != JobState.DISABLING:
        survey.asked_at = None
        list_leavers(survey)
    return survey


def work_on_list(survey_id: int) -> None:
    """Write a list that was asked for, unless another worker has: a message may come twice."""
    if LeaverSurvey.objects.filter(pk=survey_id).exclude(asked_at=None).exists():
        _write_list(survey_id)
