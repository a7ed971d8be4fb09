"""Put a page of ours into the admin's frame, with the steps of its job above it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from imports.models import ImportJob
from imports.selectors.jobs import is_continuous
from imports.services.jobs.shown import write_job
from imports.states import JobState

# What the forms of a page carry of what it shows; the name of the field and in the template.
AS_SHOWN = "as_shown"
STEPS = ("upload", "mapping", "dry_run", "run", "results")
# The step at which a job in each state wants attention; one that stopped, at the one it stopped in.
STEP_OF_STATE = {
    JobState.DRAFT: "mapping",
    JobState.MAPPED: "dry_run",
    JobState.DRY_RUNNING: "dry_run",
    JobState.DRY_RUN_DONE: "dry_run",
    JobState.RUNNING: "run",
    JobState.PAUSED: "run",
    JobState.COMPLETED: "results",
    JobState.CANCELLED: "run",
    JobState.CONTINUOUS: "results",
    JobState.RECEIVING: "results",
    JobState.DISABLING: "results",
    JobState.UNDOING: "results",
    JobState.UNDONE: "results",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a job as the stepper shows it; without a URL while it cannot be opened."""

    label: str
    state: str
    url: str


def find_step(job: ImportJob) -> str:
    """Return the step at which the job is."""
    if job.state == JobState.ERRORED:
        return "run" if job.started_at else "dry_run"
    return STEP_OF_STATE[JobState(job.state)]


def list_steps(job: ImportJob | None, current: str) -> list[Step]:
    """Return all steps; those that the job has reached can be gone back to."""
    reached = STEPS.index("results" if job.started_at else find_step(job)) if job else 0
    steps = []
    for number, name in enumerate(STEPS):
        url = ""
        if job and name != "upload" and number <= reached:
            url = reverse(f"imports:{name}", args=[job.pk])
        is_done = number < max(reached, STEPS.index(current))
        state = "current" if name == current else "done" if is_done else ""
        steps.append(Step(name.replace("_", " ").capitalize(), state, url))
    return steps


def read_shown(request: HttpRequest) -> str:
    """Return what the page that was posted had shown, as its forms carry it; empty without."""
    return request.POST.get(AS_SHOWN, "")


def render_page(
    request: HttpRequest,
    template: str,
    *,
    title: str,
    job: ImportJob | None = None,
    step: str = "",
    status: int = 200,
    parents: list[tuple[str, str]] | None = None,
    as_shown: str = "",
    **context: Any,
) -> HttpResponse:
    """Return a page; with a step it shows where in the import that is.

    Its forms carry what it shows: `as_shown`, or what there is to know of the job.

    `parents` are the pages above it, label and URL of each; the list of jobs unless given.
    """
    frame = admin.site.each_context(request)
    _point_to_our_list(frame["available_apps"], request.path)
    if parents is None:
        parents = [("Import jobs", reverse("imports:job_list"))]
    return render(
        request,
        template,
        {
            **frame,
            "title": title,
            "job": job,
            # What is typed into a page that is shown again was typed about what it showed first.
            AS_SHOWN: as_shown or read_shown(request) or (write_job(job) if job else ""),
            "steps": list_steps(job, step) if step and not (job and is_continuous(job)) else [],
            "breadcrumbs": parents,
            **context,
        },
        status=status,
    )


def _point_to_our_list(apps: list[dict[str, Any]], path: str) -> None:
    """Have the sidebar mark the one list that the page is about: the nearest above its URL.

    The sidebar goes by the beginning of the URL, and one list can stand below another.
    """
    pages = {model: getattr(each, "list_page", "") for model, each in admin.site._registry.items()}
    addresses = {model: reverse(page) for model, page in pages.items() if page}
    above = [address for address in addresses.values() if path.startswith(address)]
    nearest = max(above, key=len, default="")
    for app in apps:
        for model in app["models"]:
            if addresses.get(model["model"]) == nearest:
                model["admin_url"] = nearest


def list_parents(job: ImportJob) -> list[tuple[str, str]]:
    """Return the pages above one that belongs to the results."""
    return [
        ("Import jobs", reverse("imports:job_list")),
        (str(job), reverse("imports:results", args=[job.pk])),
    ]
