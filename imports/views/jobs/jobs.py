"""The list of import jobs, and the way from it to the page where a job is."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from imports.models import ImportJob
from imports.selectors import Progress, get_progress, get_totals
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.page import find_step, render_page

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class ListedJob:
    """One line of the list."""

    job: ImportJob
    totals: dict[str, int]
    progress: Progress | None
    page: str


@require_safe
@requires("imports.view_importjob")
def list_jobs(request: StaffRequest) -> HttpResponse:
    jobs = ImportJob.objects.select_related("created_by").defer("inspection", "mapping")
    before = request.GET.get("before", "")
    if before.isdecimal():
        jobs = jobs.filter(pk__lt=int(before))
    # One more than is shown tells whether there are older ones; nothing is counted.
    found = list(jobs[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    return render_page(
        request,
        "imports/jobs/list.html",
        title="Import jobs",
        parents=[],
        listed=[_describe(job) for job in shown],
        is_first_page=not before,
        older_than=shown[-1].pk if len(found) > PAGE_SIZE else None,
    )


def _describe(job: ImportJob) -> ListedJob:
    page = f"imports:{find_step(job)}"
    return ListedJob(job, get_totals(job), get_progress(job), page)


@require_safe
@requires("imports.view_importjob")
def show_job(request: StaffRequest, job_id: int) -> HttpResponse:
    """Lead to the page of the step at which the job is."""
    job = get_object_or_404(ImportJob, pk=job_id)
    return redirect(f"imports:{find_step(job)}", job.pk)
