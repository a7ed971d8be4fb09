"""Undoing an import: what would happen, how far it is, what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from imports.core.errors import ImporterError
from imports.core.targets import get_label
from imports.core.undoing import Reason, UndoOptions
from imports.models import ImportJob, Undo, UndoState
from imports.services import undoing, uploads
from imports.states import TRANSITIONS, JobState
from imports.views.access import StaffRequest, requires
from imports.views.live import ask_to_reload
from imports.views.page import render_page
from imports.views.record_filters import list_fields, read_filter, read_ticked, write_query

EXAMPLES = 10
# What was left, in words, and what to do about it. An option's name follows where there is one.
REASONS = {
    Reason.TOUCHED_LATER: (
        "touched by a later job",
        "Undo the later job first, or undo these in spite of it.",
        "touched_later",
    ),
    Reason.SIGNED_IN: (
        "signed in since",
        "These people use their accounts here: undoing takes them away from them.",
        "signed_in",
    ),
    Reason.CHANGED: (
        "changed since",
        "Somebody edited them here: undoing loses those edits.",
        "changed",
    ),
    Reason.PROTECTED: (
        "administrators by now",
        "No import and no undo touches an administrator. Delete them by hand if they should go.",
        "",
    ),
    Reason.VALUE_TAKEN: (
        "cannot be restored",
        "Somebody else has their former e-mail address, user name or phone number now, or other"
        " data refer to them. Free it, then undo again.",
        "",
    ),
    Reason.NO_IMAGE: (
        "without a record of what they were",
        "Their images were purged with the job: its retention period ended. Restore them by hand.",
        "",
    ),
}


@dataclass(frozen=True, slots=True)
class LeftGroup:
    """Records that are left for one reason; `rows` are the first of them."""

    label: str
    advice: str
    option: str
    count: int
    rows: list[int]


@require_safe
@requires("imports.view_importjob")
def show_undo(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob.objects.select_related("created_by"), pk=job_id)
    undo = job.undos.select_related("actor").first()
    states, _ = TRANSITIONS["undo"]
    context: dict[str, Any] = {}
    if job.state in states:
        try:
            rows = _find_rows(job, request.GET)
        except ImporterError as error:
            messages.error(request, str(error))
            return redirect("imports:results", job.pk)
        context = _describe_preview(job, _read_options(request.GET), rows)
        context["chosen_fields"] = _list_chosen(request.GET)
    return render_page(
        request,
        "imports/undo.html",
        title=f"Undo {job}",
        job=job,
        step="results",
        undo=undo,
        may_undo=request.user.has_perm("imports.undo_importjob"),
        is_undoing=job.state == JobState.UNDOING,
        results=_describe_results(undo) if undo and undo.state != UndoState.RUNNING else None,
        **context,
    )


@require_safe
@requires("imports.view_importjob")
def show_undo_progress(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    undo = job.undos.first()
    if undo is None or job.state != JobState.UNDOING:
        return ask_to_reload()
    return render(request, "imports/includes/undo_live.html", {"job": job, "undo": undo})


@require_POST
@requires("imports.view_importjob")
def choose_records(request: StaffRequest, job_id: int) -> HttpResponse:
    """Lead to the preview for the ticked records, or for all that match a filter."""
    page = reverse("imports:undo", args=[job_id])
    if "matching" in request.POST:
        return redirect(page + write_query(read_filter(request.POST), matching=1))
    ticked = read_ticked(request.POST)
    if ticked is None:
        messages.warning(request, "Tick the records to undo first.")
        return redirect("imports:results", job_id)
    return redirect(f"{page}?{urlencode({'row': ticked.rows or ()}, doseq=True)}")


@require_POST
@requires("imports.undo_importjob")
def start(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    try:
        rows = _find_rows(job, request.POST)
        undoing.start_undo(job, _read_options(request.POST), actor=request.user, rows=rows)
    except ImporterError as error:
        messages.error(request, str(error))
    return redirect("imports:undo", job.pk)


@require_POST
@requires("imports.add_importjob")
def import_again(request: StaffRequest, job_id: int) -> HttpResponse:
    """Begin a new job over the same file with the same mapping."""
    job = get_object_or_404(ImportJob, pk=job_id)
    try:
        copied = uploads.copy_job(job, actor=request.user)
    except ImporterError as error:
        messages.error(request, str(error))
        return redirect("imports:job", job.pk)
    return redirect("imports:check", copied.pk)


def _read_options(data: Any) -> UndoOptions:
    return UndoOptions(
        signed_in="signed_in" in data,
        changed="changed" in data,
        touched_later="touched_later" in data,
    )


def _find_rows(job: ImportJob, given: QueryDict) -> list[int] | None:
    """Return the rows chosen, ticked or by a filter; None when the whole job is meant."""
    if "matching" in given:
        return undoing.list_rows(job, read_filter(given))
    ticked = read_ticked(given)
    return list(ticked.rows) if ticked and ticked.rows else None


def _list_chosen(given: QueryDict) -> list[tuple[str, Any]]:
    """Return what was chosen as the fields of the page's forms."""
    if "matching" in given:
        return [("matching", 1), *list_fields(read_filter(given)).items()]
    ticked = read_ticked(given)
    return [("row", row) for row in ticked.rows or ()] if ticked else []


def _describe_preview(
    job: ImportJob, options: UndoOptions, rows: list[int] | None
) -> dict[str, Any]:
    preview = undoing.preview_undo(job, options, rows)
    counts = {reason: preview.left.get(reason, 0) for reason in REASONS}
    anyway = preview.undone_anyway
    return {
        "preview": preview,
        "rows": rows,
        "choices": [
            (
                option,
                label,
                advice,
                counts[reason] or anyway.get(reason, 0),
                getattr(options, option),
            )
            for reason, (label, advice, option) in REASONS.items()
            if option and (counts[reason] or anyway.get(reason))
        ],
        "out_of_reach": [
            (label, advice, counts[reason])
            for reason, (label, advice, option) in REASONS.items()
            if not option and counts[reason]
        ],
        "fields": [(get_label(field), count) for field, count in preview.fields],
    }


def _describe_results(undo: Undo) -> dict[str, Any]:
    left = [
        LeftGroup(label, advice, option, count, undoing.list_left(undo, reason, EXAMPLES))
        for reason, (label, advice, option) in REASONS.items()
        if (count := undo.counts.get(f"left:{reason}", 0))
    ]
    return {
        "removed": undo.counts.get("removed", 0),
        "restored": undo.counts.get("restored", 0),
        "gone": undo.counts.get("gone", 0),
        "left_count": sum(group.count for group in left),
        "left": left,
    }
