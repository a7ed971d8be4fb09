"""The check: what an import would do, before it does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from imports.core.census import Census
from imports.core.problems import Severity
from imports.models import ImportJob
from imports.states import TRANSITIONS, JobState
from imports.views.access import StaffRequest, requires
from imports.views.census import describe_census
from imports.views.live import ask_to_reload, describe_progress
from imports.views.page import render_page
from imports.views.problems import describe_group, list_missing
from imports.views.repairs import list_creatable

SEVERITIES = list(Severity)


@require_safe
@requires("imports.view_importjob")
def show_check(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    return render_page(
        request,
        "imports/check.html",
        title=str(job),
        job=job,
        step="check",
        live=describe_progress(job) if job.state == JobState.CHECKING else None,
        can_check=job.state in TRANSITIONS["check"][0] and job.started_at is None,
        can_run=job.state in TRANSITIONS["run"][0] and job.started_at is None,
        may_check=request.user.has_perm("imports.add_importjob"),
        may_run=request.user.has_perm("imports.run_importjob"),
        creatable=list_creatable(request.user),
        slice_rows=settings.IMPORT_FIRST_SLICE_ROWS,
        not_carried=job.mapping.get("ignored", []),
        **(_describe_report(job.check_report) if job.check_report else {}),
    )


@require_safe
@requires("imports.view_importjob")
def show_check_progress(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    if job.state != JobState.CHECKING:
        return ask_to_reload()
    return render(
        request, "imports/includes/check_live.html", {"job": job, "live": describe_progress(job)}
    )


def _describe_report(report: Mapping[str, Any]) -> dict[str, Any]:
    outcomes = report["outcomes"]
    problems = [describe_group(group) for group in report["problems"]]
    problems.sort(key=lambda problem: SEVERITIES.index(Severity(problem.severity)))
    total = sum(outcomes.values())
    return {
        "report": report,
        "census": describe_census(Census.from_json(report.get("passwords", {}))),
        "outcomes": {**outcomes, "skipped": outcomes["skipped"] - report["unchanged"]},
        "total": total,
        "importable": total - outcomes["failed"],
        "problems": problems,
        "missing": list_missing(problems),
    }
