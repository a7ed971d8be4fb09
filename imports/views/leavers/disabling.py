"""The decision to disable missing users: its preview, its progress, its result."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from imports.core.errors import ImporterError
from imports.core.planning.leavers import KeptReason, LeaverStatus
from imports.leaver_filters import LeaverFilter
from imports.models import Disabling, DisablingState, ImportJob
from imports.services.approval import approvals
from imports.services.jobs.shown import write_job
from imports.services.leavers import disabling
from imports.services.leavers.previews import (
    LeaverPreview,
    describe_preview,
    is_source_named,
    preview_disabling,
)
from imports.services.leavers.surveys import find_list
from imports.states import JobAction, JobState, may
from imports.views.leavers.filters import list_chosen, read_chosen, read_filter, write_query
from imports.views.leavers.words import REASONS
from imports.views.runs.actions import make_action
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.live import ask_to_reload, describe_progress
from imports.views.shared.page import AS_SHOWN, read_shown, render_page

# What the form of a decision says beside whom it is about.
WITH_LINKED, CONFIRMED = "with_linked", "confirmed"
# What the list adds where single users are meant.
SELECTED = "selected"

stop = make_action(
    "imports.run_importjob", disabling.stop_disabling, "imports:disable", is_bound=False
)


@require_safe
@requires("imports.view_importjob")
def show_disabling(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    if SELECTED in request.GET and read_chosen(request.GET) == LeaverFilter():
        messages.warning(request, "No users selected. Select the users to disable first.")
        return redirect(
            reverse("imports:leavers", args=[job.pk]) + write_query(read_filter(request.GET))
        )
    latest = job.disablings.select_related("actor").first()
    may_disable = request.user.has_perm("imports.run_importjob")
    return render_page(
        request,
        "imports/leavers/disable.html",
        title="Disable missing users",
        job=job,
        step="results" if job.has_begun else "dry_run",
        parents=[
            ("Import jobs", reverse("imports:job_list")),
            (str(job), reverse("imports:results", args=[job.pk])),
            ("Users missing from the file", reverse("imports:leavers", args=[job.pk])),
        ],
        may_disable=may_disable,
        waits_for_second_person=may_disable and not approvals.may_retry(job, request.user),
        is_disabling=job.state == JobState.DISABLING,
        live=describe_progress(job) if job.state == JobState.DISABLING else None,
        results=_describe_results(latest) if latest else None,
        is_possible=may(job, JobAction.DISABLE),
        **_describe_future(job, request),
    )


@require_safe
@requires("imports.view_importjob")
def show_progress(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    if job.state != JobState.DISABLING:
        return ask_to_reload()
    context = {"job": job, "live": describe_progress(job)}
    return render(request, "imports/leavers/live.html", context)


@require_POST
@requires("imports.run_importjob")
def start(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    page = reverse("imports:disable", args=[job.pk])
    try:
        disabling.start_disabling(
            job,
            read_chosen(request.POST),
            actor=request.user,
            with_linked=WITH_LINKED in request.POST,
            is_confirmed=CONFIRMED in request.POST,
            shown=read_shown(request),
        )
    except ImporterError as error:
        messages.error(request, str(error))
        return redirect(f"{page}?{urlencode(_list_fields(request.POST))}")
    return redirect(page)


def _list_fields(given: QueryDict) -> list[tuple[str, Any]]:
    linked = [(WITH_LINKED, "on")] if WITH_LINKED in given else []
    return [*list_chosen(given), *linked]


def _describe_future(job: ImportJob, request: StaffRequest) -> dict[str, Any]:
    """Return the preview of disabling; that there is no list yet, where none is."""
    if job.state == JobState.DISABLING:
        return {}
    survey = find_list(job)
    if survey is None:
        return {}
    given = request.GET
    chosen, with_linked = read_chosen(given), WITH_LINKED in given
    preview = preview_disabling(survey, chosen, actor=request.user, with_linked=with_linked)
    if preview is None:
        return {"is_listing": True}
    return {
        AS_SHOWN: write_job(job, leavers=describe_preview(preview)),
        "preview": preview,
        "is_chosen": chosen != LeaverFilter(),
        "chosen_fields": list_chosen(given),
        "with_linked": with_linked,
        "linked": _count_linked(job, preview, chosen, request, with_linked=with_linked),
        "doubts": disabling.explain_doubts(job, preview),
        "is_named": is_source_named(job),
        "kept": [
            (*REASONS[reason], preview.kept[reason])
            for reason in REASONS
            if preview.kept.get(reason) and reason is not KeptReason.OTHER_SOURCE
        ],
    }


def _count_linked(
    job: ImportJob,
    preview: LeaverPreview,
    chosen: LeaverFilter,
    request: StaffRequest,
    *,
    with_linked: bool,
) -> int:
    """Return how many more users are disabled if those of other source systems are meant."""
    if not with_linked:
        return preview.kept.get(KeptReason.OTHER_SOURCE, 0)
    survey = find_list(job)
    alone = survey and preview_disabling(survey, chosen, actor=request.user)
    return alone.kept.get(KeptReason.OTHER_SOURCE, 0) if alone else 0


def _describe_results(latest: Disabling) -> dict[str, Any]:
    counts = latest.counts
    kept = {reason: counts.get(f"{LeaverStatus.KEPT}:{reason}", 0) for reason in REASONS}
    return {
        "disabling": latest,
        "is_running": latest.state == DisablingState.RUNNING,
        **disabling.describe_counts(latest),
        "reasons": [(*REASONS[reason], count) for reason, count in kept.items() if count],
        "enabled": latest.users.exclude(undone_at=None).count(),
        "can_be_enabled": latest.users.filter(
            status=LeaverStatus.DISABLED.value, undone_at=None
        ).exists(),
    }
