"""Undo an import: its preview, its progress, its result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from imports.core.corrections import read_corrections
from imports.core.errors import ImporterError
from imports.core.planning.undo import Reason, UndoOptions
from imports.core.records.targets import get_label
from imports.models import ImportJob, Undo, UndoState, UndoSurvey
from imports.record_filters import RecordFilter
from imports.selectors import measure_undoing
from imports.services.files import uploads
from imports.services.jobs.shown import write_job
from imports.services.undo import previews, undoing
from imports.services.undo.previews import UndoPreview
from imports.states import JobAction, JobState, may
from imports.views.results.filters import list_fields, read_filter, read_ticked, write_query
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.live import ask_to_reload, describe_progress, put_in_words
from imports.views.shared.page import AS_SHOWN, read_shown, render_page

EXAMPLES = 10
# Says that the users whom the job disabled are to be enabled again, and nothing else undone.
ONLY_DISABLED = "disabled"
WORDS = undoing.MISSING_RIGHTS
# What was left, in words, and what to do about it. An option's name follows where there is one.
REASONS = {
    Reason.TOUCHED_LATER: (
        "changed by a later job",
        "Undo the later job first, or undo these users regardless.",
        "touched_later",
    ),
    Reason.SIGNED_IN: (
        "signed in since",
        "These users already use their accounts here. The undo would delete or revert them.",
        "signed_in",
    ),
    Reason.CHANGED: (
        "changed since",
        "These users were edited here. The undo would lose the edits.",
        "changed",
    ),
    Reason.PROTECTED: (
        "now administrators",
        "Imports and undos never change administrators. Delete them manually if needed.",
        "",
    ),
    Reason.MORE_POWERFUL: (
        "with permissions beyond yours",
        "These users have permissions that you do not have. Ask somebody who has them to undo "
        "these records.",
        "",
    ),
    Reason.MAY_NOT_DELETE: (
        "you cannot delete",
        f"This import created them, and {WORDS[Reason.MAY_NOT_DELETE]}",
        "",
    ),
    Reason.MAY_NOT_CHANGE: (
        "you cannot change",
        f"This import changed them, and {WORDS[Reason.MAY_NOT_CHANGE]}",
        "",
    ),
    Reason.CREDENTIALS_IN_USE: (
        "with credentials in use",
        "This import changed what these people sign in with, and"
        f" {WORDS[Reason.CREDENTIALS_IN_USE]}",
        "",
    ),
    Reason.VALUE_TAKEN: (
        "cannot be restored",
        "Their former e-mail address, user name or phone number is already in use by somebody "
        "else, or other data refers to these users. Resolve this, then undo again.",
        "",
    ),
    Reason.NO_IMAGE: (
        "without stored previous values",
        "Their previous values were purged after the retention period of the job. Restore them "
        "manually.",
        "",
    ),
}


@dataclass(frozen=True, slots=True)
class LeftGroup:
    """Records that are left for one reason, or users whom the job disabled.

    `rows` are the first of the records, `users` the ids of the first of the users.
    """

    label: str
    advice: str
    option: str
    count: int
    rows: list[int]
    users: list[int]


@require_safe
@requires("imports.view_importjob")
def show_undo(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob.objects.select_related("created_by"), pk=job_id)
    undo = job.undos.select_related("actor").first()
    return render_page(
        request,
        "imports/undo/undo.html",
        title=f"Undo {job}",
        job=job,
        step="results",
        undo=undo,
        may_undo=request.user.has_perm("imports.undo_importjob"),
        is_undoing=job.state == JobState.UNDOING,
        is_corrected=_is_corrected(job),
        results=_describe_results(undo) if undo and undo.state != UndoState.RUNNING else None,
        only_disabled=ONLY_DISABLED in request.GET,
        **_describe_present(job, undo, request),
    )


@require_safe
@requires("imports.view_importjob")
def show_undo_progress(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    if job.state != JobState.UNDOING:
        return ask_to_reload()
    context = {"job": job, "live": describe_progress(job)}
    return render(request, "imports/undo/live.html", context)


@require_safe
@requires("imports.view_importjob")
def show_survey_progress(request: StaffRequest, job_id: int, survey_id: int) -> HttpResponse:
    survey = get_object_or_404(UndoSurvey.objects.select_related("job"), pk=survey_id, job=job_id)
    if survey.finished_at is not None:
        return ask_to_reload()
    context = {"job": survey.job, **_describe_survey(survey.job, survey.chosen)}
    return render(request, "imports/undo/survey_live.html", context)


@require_POST
@requires("imports.view_importjob")
def count_again(request: StaffRequest, job_id: int) -> HttpResponse:
    """Count the preview again."""
    job = get_object_or_404(ImportJob, pk=job_id)
    previews.begin_survey(job, _read_chosen(request.POST), again=True)
    kept = _list_chosen(request.POST) + [(name, "on") for name in _list_options(request.POST)]
    return redirect(f"{reverse('imports:undo', args=[job.pk])}?{urlencode(kept)}")


@require_POST
@requires("imports.view_importjob")
def choose_records(request: StaffRequest, job_id: int) -> HttpResponse:
    """Lead to the preview for the ticked records, or for all that match a filter."""
    page = reverse("imports:undo", args=[job_id])
    if "matching" in request.POST:
        return redirect(page + write_query(read_filter(request.POST), matching=1))
    ticked = read_ticked(request.POST)
    if ticked is None:
        messages.warning(request, "No records selected. Select the records to undo first.")
        return redirect(
            reverse("imports:results", args=[job_id]) + write_query(read_filter(request.POST))
        )
    return redirect(f"{page}?{urlencode({'row': ticked.rows or ()}, doseq=True)}")


@require_POST
@requires("imports.undo_importjob")
def start(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    options, chosen = _read_options(request.POST), _read_chosen(request.POST)
    try:
        undoing.start_undo(
            job,
            options,
            actor=request.user,
            chosen=chosen,
            only_disabled=ONLY_DISABLED in request.POST,
            shown=read_shown(request),
        )
    except ImporterError as error:
        messages.error(request, str(error))
    return redirect("imports:undo", job.pk)


@require_POST
@requires("imports.add_importjob")
def import_again(request: StaffRequest, job_id: int) -> HttpResponse:
    """Begin a new job over the same file with the same mapping."""
    job = get_object_or_404(ImportJob, pk=job_id)
    try:
        copied = uploads.copy_job(job, actor=request.user, shown=read_shown(request))
    except ImporterError as error:
        messages.error(request, str(error))
        return redirect("imports:job", job.pk)
    began = f"This job uses the file and the original mapping of job {job.pk}"
    if _is_corrected(job):
        began += ", without the edits and corrections made after its run"
    messages.success(request, f"{began}. Start with a dry run.")
    return redirect("imports:dry_run", copied.pk)


def _is_corrected(job: ImportJob) -> bool:
    """Return whether records were edited, or corrected, after the run."""
    of_retries = (each for each in read_corrections(job.corrections) if not each.is_for_run)
    return any(of_retries) or job.edits.exists()


def _read_options(data: QueryDict) -> UndoOptions:
    return UndoOptions(**dict.fromkeys(_list_options(data), True))


def _list_options(data: QueryDict) -> list[str]:
    return [option for _, _, option in REASONS.values() if option and option in data]


def _read_chosen(given: QueryDict) -> RecordFilter:
    """Return which records are meant, ticked or by a filter; an empty one means the whole job."""
    if "matching" in given:
        return read_filter(given)
    return read_ticked(given) or RecordFilter()


def _list_chosen(given: QueryDict) -> list[tuple[str, Any]]:
    """Return what was chosen as the fields of the page's forms."""
    if ONLY_DISABLED in given:
        return [(ONLY_DISABLED, 1)]
    if "matching" in given:
        return [("matching", 1), *list_fields(read_filter(given)).items()]
    return [("row", row) for row in _read_chosen(given).rows or ()]


def _describe_present(job: ImportJob, undo: Undo | None, request: StaffRequest) -> dict[str, Any]:
    """Return how far the undo is that runs, or what one could be begun."""
    if job.state == JobState.UNDOING:
        return {"live": describe_progress(job)}
    if not may(job, JobAction.UNDO) or (undo and _is_complete(undo)):
        return {}
    return _describe_future(job, request.GET, request.user)


def _is_complete(undo: Undo) -> bool:
    """Return whether the undo has left nothing of its job to be undone."""
    has_left = any(name.startswith("left") for name in undo.counts)
    is_whole = not (undo.chosen or undo.only_disabled)
    return undo.state == UndoState.FINISHED and is_whole and not has_left


def _describe_future(job: ImportJob, given: QueryDict, actor: User) -> dict[str, Any]:
    """Return the preview, or how far the counting for it is."""
    chosen, only_disabled = _read_chosen(given), ONLY_DISABLED in given
    options = _read_options(given)
    context: dict[str, Any] = {"is_chosen": chosen != RecordFilter()}
    preview = previews.preview_undo(job, options, chosen, actor=actor, only_disabled=only_disabled)
    if preview is None:
        return {**context, **_describe_survey(job, chosen.to_json())}
    context["chosen_fields"] = _list_chosen(given)
    context[AS_SHOWN] = write_job(job, preview=previews.describe_preview(preview))
    return {**context, **_describe_preview(preview, options)}


def _describe_survey(job: ImportJob, chosen: dict[str, Any]) -> dict[str, Any]:
    """Return how far the counting is; it begins, or goes on, when somebody looks."""
    survey = previews.begin_survey(job, RecordFilter.from_json(chosen))
    progress = measure_undoing(survey, "comparing with the users as they are now")
    return {"survey": survey, "live": put_in_words(progress)}


def _describe_preview(preview: UndoPreview, options: UndoOptions) -> dict[str, Any]:
    counts = {reason: preview.left.get(reason, 0) for reason in REASONS}
    anyway = preview.undone_anyway
    return {
        "preview": preview,
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
        LeftGroup(
            label,
            advice,
            option,
            count,
            undoing.list_left(undo, reason, EXAMPLES),
            undoing.list_left_disabled(undo, reason, EXAMPLES),
        )
        for reason, (label, advice, option) in REASONS.items()
        if (count := undo.counts.get(f"left:{reason}", 0))
    ]
    return {
        "removed": undo.counts.get("removed", 0),
        "restored": undo.counts.get("restored", 0),
        "enabled": undo.counts.get("enabled", 0),
        "gone": undo.counts.get("gone", 0),
        "left_count": sum(group.count for group in left),
        "left": left,
    }
