"""The run: its progress, its results so far, and the activity log of the job."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from imports.core.planning.wording import describe_automatic_pause
from imports.models import ImportJob
from imports.selectors import get_totals, list_grantors
from imports.selectors.activity_log import describe_differences, list_activity_log
from imports.services.jobs.rate_limits import read_limits
from imports.states import JobState, list_actions
from imports.views.runs.forms import LimitsForm
from imports.views.runs.passwords import describe_waiting
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.live import ask_to_reload, describe_duration, describe_progress
from imports.views.shared.page import render_page

# The run itself changes nothing any more.
OVER = frozenset({JobState.COMPLETED, JobState.DISABLING, JobState.UNDOING, JobState.UNDONE})


@require_safe
@requires("imports.view_importjob")
def show_run(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob.objects.select_related("created_by", "operator"), pk=job_id)
    return render_page(
        request,
        "imports/runs/run.html",
        title=str(job),
        job=job,
        step="run",
        actions=list_actions(job),
        grantors=list_grantors(job),
        may_run=request.user.has_perm("imports.run_importjob"),
        activity_log=list_activity_log(job),
        differences=find_differences(job),
        is_as_predicted=is_as_predicted(job),
        automatic_pause=describe_automatic_pause(job.automatic_pause)
        if job.state == JobState.PAUSED
        else "",
        limits=LimitsForm(initial=read_limits(job)),
        passwords=describe_waiting(),
        is_followed=job.followers.filter(pk=request.user.pk).exists(),
        **_describe_run(job),
    )


@require_safe
@requires("imports.view_importjob")
def show_run_progress(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    if job.state != JobState.RUNNING:
        return ask_to_reload()
    return render(request, "imports/runs/live.html", {"job": job, **_describe_run(job)})


def _describe_run(job: ImportJob) -> dict[str, Any]:
    totals = get_totals(job)
    finished = job.finished_at if job.attempt == 1 else None
    return {
        "totals": totals,
        "processed": totals["total"] - totals["pending"],
        "live": describe_progress(job),
        "is_running": job.state == JobState.RUNNING,
        "is_over": job.state in OVER,
        "is_pilot": job.state == JobState.PAUSED and job.pilot_end is not None,
        "duration": describe_duration(finished - job.started_at)
        if finished and job.started_at
        else "",
    }


def find_differences(job: ImportJob) -> str:
    """Return where the run differs from its dry run, in sentences; empty where it does not."""
    event = job.events.filter(action="differ").last()
    return describe_differences(event.detail) if event else ""


def is_as_predicted(job: ImportJob) -> bool:
    """Return whether a finished run has the counts of its dry run."""
    is_comparable = job.state == JobState.COMPLETED and job.attempt == 1 and job.dry_run is not None
    return is_comparable and not job.events.filter(action="differ").exists()
