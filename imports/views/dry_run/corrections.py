"""The corrections that were chosen before the run: listed on the dry-run page and removed there."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from imports.core.errors import ImporterError
from imports.core.planning.wording import describe_statuses
from imports.core.problems import Problem
from imports.models import ImportJob
from imports.selectors import MadeCorrection, list_run_corrections
from imports.services.corrections import corrections
from imports.states import JobAction, may
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.page import read_shown
from imports.views.shared.problems import ShownProblem, describe_error_group

# Where on the page they are.
PLACE = "#corrections"


@dataclass(frozen=True, slots=True)
class AddedCorrection:
    """A correction that the run makes, what for, and the status of the records with it.

    `result` is empty where the latest dry run did not have it.
    """

    number: int
    sentence: str
    problem: ShownProblem
    result: str


def list_added(job: ImportJob) -> list[AddedCorrection]:
    """Return the corrections that the run of the job makes."""
    foreseen = job.dry_run["corrections"] if job.dry_run else ()
    return [
        _describe(each, is_foreseen=each.correction.number in foreseen)
        for each in list_run_corrections(job)
    ]


def can_add(job: ImportJob, request: StaffRequest) -> bool:
    """Return whether this user can choose corrections that the run of the job makes."""
    return may(job, JobAction.DRY_RUN) and request.user.has_perm("imports.add_importjob")


@require_POST
@requires("imports.add_importjob")
def remove_correction(request: StaffRequest, job_id: int, number: int) -> HttpResponse:
    """Have the run do without a correction."""
    job = get_object_or_404(ImportJob, pk=job_id)
    try:
        corrections.undo_correction(job, number, actor=request.user, shown=read_shown(request))
    except ImporterError as error:
        messages.error(request, str(error))
    return redirect(reverse("imports:dry_run", args=[job_id]) + PLACE)


def _describe(made: MadeCorrection, *, is_foreseen: bool) -> AddedCorrection:
    stored = Problem.from_json(made.correction.problem)
    problem = describe_error_group(stored, made.count, has_begun=False)
    result = ""
    if is_foreseen:
        result = describe_statuses(made.statuses) if made.count else "No record needs it."
    return AddedCorrection(made.correction.number, made.correction.sentence, problem, result)
