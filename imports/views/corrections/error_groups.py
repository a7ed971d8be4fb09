"""One error group: what its records have in common, and corrections for all of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from imports.core.corrections import Asks, Choice, Words
from imports.core.errors import ImporterError
from imports.core.problems import group_problem
from imports.models import ImportJob, Status
from imports.record_filters import RecordFilter
from imports.selectors import find_error_group
from imports.services.corrections import choices, corrections
from imports.services.corrections.offers import Offer, Trial, list_offers
from imports.services.corrections.samples import ErrorGroup
from imports.services.runs import runs
from imports.states import JobState
from imports.views.dry_run.action_required import TEST_PAGE
from imports.views.dry_run.corrections import PLACE, can_add
from imports.views.dry_run.decisions import list_names
from imports.views.results.filters import DIGEST, write_query
from imports.views.results.results import can_retry
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.page import read_shown, render_page
from imports.views.shared.problems import describe_error_group

GONE = "This error group has no records any more."


@dataclass(frozen=True, slots=True)
class ShownCorrection:
    """A correction as a button or a card, and the result of trying it on some records.

    `helps` is false when none of them would be imported.
    """

    name: str
    asks: str
    words: Words
    is_lossy: bool
    result: str = ""
    helps: bool = True
    needs_choice: bool = True
    help_page: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    values: list[tuple[str, int]] = field(default_factory=list)


@require_safe
@requires("imports.view_importjob")
def show_error_group(request: StaffRequest, job_id: int, digest: str) -> HttpResponse:
    """Show the group's problem and the corrections that help its first records."""
    job = get_object_or_404(ImportJob, pk=job_id)
    group = _find_group(job, digest)
    home = reverse("imports:results" if job.has_begun else "imports:dry_run", args=[job_id])
    if group is None:
        messages.info(request, GONE)
        return redirect(home)
    problem = describe_error_group(group.problem, group.count, has_begun=job.has_begun)
    may_correct = can_retry(job, request) if job.has_begun else can_add(job, request)
    may_see_values = request.user.has_perm("imports.view_importrecord_values")
    offers = list_offers(job, group, actor=request.user) if may_correct else None
    shown = [_describe(offer, group, job) for offer in offers.found] if offers else []
    fixes = [each for each in shown if each.asks == Asks.NOTHING]
    membership = group.problem.kind.membership
    return render_page(
        request,
        "imports/corrections/error_group.html",
        title=problem.title,
        job=job,
        step="results" if job.has_begun else "dry_run",
        group=group,
        problem=problem,
        query=write_query(_choose(digest)),
        can_correct=may_correct,
        correct_url=reverse(
            "imports:correct" if job.has_begun else "imports:add_correction", args=[job_id, digest]
        ),
        may_see_values=may_see_values,
        fixes=[each for each in fixes if each.helps],
        partial_fixes=[each for each in fixes if not each.helps],
        cards=[each for each in shown if each.asks not in {Asks.NOTHING, Asks.VALUES}],
        tables=[each for each in shown if each.asks == Asks.VALUES] if may_see_values else [],
        as_they_are=offers,
        names=list_names()[membership] if membership else [],
        parents=[
            ("Import jobs", reverse("imports:job_list")),
            (str(job), home),
        ],
    )


@require_POST
@requires("imports.add_importjob")
def add_correction(request: StaffRequest, job_id: int, digest: str) -> HttpResponse:
    """Have the run make the correction of a button for all records of the group."""
    job = get_object_or_404(ImportJob, pk=job_id)
    if not _correct(request, job, digest):
        return redirect("imports:error_group", job_id, digest)
    job.refresh_from_db()
    # What went to the mapping has discarded the dry run, so that there is nothing else to show.
    if job.state == JobState.MAPPED:
        runs.start_dry_run(job, actor=request.user)
    return redirect(reverse("imports:dry_run", args=[job_id]) + PLACE)


@require_POST
@requires("imports.run_importjob")
def correct_error_group(request: StaffRequest, job_id: int, digest: str) -> HttpResponse:
    """Apply the correction of a button to all records of the group, and retry them."""
    job = get_object_or_404(ImportJob, pk=job_id)
    if not _correct(request, job, digest):
        return redirect("imports:error_group", job_id, digest)
    return redirect("imports:results", job_id)


@require_POST
@requires("imports.run_importjob")
def undo_correction(request: StaffRequest, job_id: int, number: int) -> HttpResponse:
    """Let a correction hold no more."""
    job = get_object_or_404(ImportJob, pk=job_id)
    try:
        corrections.undo_correction(job, number, actor=request.user, shown=read_shown(request))
    except ImporterError as error:
        messages.error(request, str(error))
    return redirect("imports:activity_log", job_id)


def _correct(request: StaffRequest, job: ImportJob, digest: str) -> bool:
    """Correct the group as was chosen; return whether that was done. Else its page says why not."""
    group = _find_group(job, digest)
    if group is None:
        return False
    try:
        choices.correct(
            job,
            group,
            _read_choice(request.POST),
            actor=request.user,
            shown=read_shown(request),
        )
    except ImporterError as error:
        messages.error(request, str(error))
        return False
    return True


def _find_group(job: ImportJob, digest: str) -> ErrorGroup | None:
    return find_error_group(job, digest) if DIGEST.fullmatch(digest) else None


def _choose(digest: str) -> RecordFilter:
    return RecordFilter(status=Status.FAILED.value, error_group=digest)


def _read_choice(posted: QueryDict) -> Choice:
    """Return what was chosen or typed; a value that is to be dropped becomes none."""
    dropped = set(posted.getlist("drop"))
    pairs = zip(posted.getlist("old"), posted.getlist("new"), strict=False)
    values = {old: new for old, new in pairs if new or old in dropped}
    return Choice(posted.get("correction", ""), posted.get("value", ""), values)


def _describe(offer: Offer, group: ErrorGroup, job: ImportJob) -> ShownCorrection:
    kind, (first, _) = offer.kind, offer.changes[0]
    words = kind.word(first, retries=job.has_begun)
    can_test = kind.is_found_by_testing(group.problem)
    return ShownCorrection(
        name=kind.name,
        asks=kind.asks.value,
        words=words,
        is_lossy=kind.is_lossy,
        result=_describe_result(offer.trial, group.count, job) if offer.trial else "",
        helps=offer.trial is None or offer.trial.imported > 0,
        needs_choice=can_test or (len(offer.changes) > 1 and not kind.selects_first),
        help_page=TEST_PAGE if can_test else "",
        options=[(each.value, kind.name_choice(each, helped)) for each, helped in offer.changes],
        values=[(each.key, count) for each, count in offer.changes],
    )


def _describe_result(trial: Trial, count: int, job: ImportJob) -> str:
    """Return the result of trying it, and what is left where that was not enough."""
    whom = f"all {count}" if trial.tried == count else f"the first {trial.tried}"
    tried = f"tried on {'the record' if count == 1 else whom}"
    others = trial.corrected - trial.imported - trial.skipped
    if trial.left and not trial.imported:
        left = describe_error_group(group_problem(trial.left), others, has_begun=job.has_begun).said
        none = "it would still fail" if count == 1 else "none would be imported"
        return f"Not enough: {tried}, {none}. Next problem: {left}"
    if count == 1 and not others:
        return f"Tried on the record: it would be {'imported' if trial.imported else 'skipped'}."
    rest = f", {trial.skipped} would be skipped" if trial.skipped else ""
    rest += f", {others} would fail for another problem" if others else ""
    return f"{tried.capitalize()}: {trial.imported} would be imported{rest}."
