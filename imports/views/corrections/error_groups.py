"""One cause of failure: what its records have in common, and repairs that mend all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.hashing import FORMATS
from imports.core.corrections.amendments import Repair, find_target
from imports.core.errors import ImporterError
from imports.core.problems import group_problem
from imports.core.records.targets import get_label
from imports.models import ImportJob, Status
from imports.record_filters import RecordFilter
from imports.selectors import find_cause
from imports.services.corrections import corrections
from imports.services.corrections.corrections import Change
from imports.services.corrections.trials import (
    Cause,
    Trial,
    can_default,
    find_ignorable,
    list_answers,
    list_formats,
    list_joins,
    list_values,
    try_repairs,
)
from imports.views.dry_run.action_required import find_help_page, list_choices
from imports.views.dry_run.decisions import list_names
from imports.views.dry_run.missing_memberships import list_creatable
from imports.views.results.filters import DIGEST, write_query
from imports.views.results.results import can_retry
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.page import read_shown, render_page
from imports.views.shared.problems import describe_cause, list_missing

BUTTONS = {
    Repair.TRIM: "Remove white space at both ends, and retry",
    Repair.LOWER: "Write in lower case, and retry",
    Repair.IGNORE: "Import without “{label}”, and retry",
    Repair.CUT_BLANK: "Leave out surplus cells that are empty, and retry",
    Repair.CUT: "Leave out all surplus cells, and retry",
}
# What is lost with a repair, and when it is the wrong one.
WARNINGS = {
    Repair.CUT_BLANK: "Look at one in the file first: should a value hold the delimiter without"
    " being quoted, those after it would stay in the wrong columns.",
    Repair.CUT: "What they hold is lost. And a value probably holds the delimiter without being"
    " quoted: then all after it stay in the wrong columns, and that is to be mended instead.",
}
NAMED = {"role": Repair.ROLE, "group": Repair.GROUP}


@dataclass(frozen=True, slots=True)
class ShownTrial:
    """A repair by one button, and what it did when it was tried on some records.

    It is no way out when none of them would be imported.
    """

    repair: str
    label: str
    result: str
    is_way_out: bool
    warning: str
    is_lossy: bool


@require_safe
@requires("imports.view_importjob")
def show_cause(request: StaffRequest, job_id: int, digest: str) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    cause = find_cause(job, digest) if DIGEST.fullmatch(digest) else None
    if cause is None:
        messages.info(request, "No record fails for this cause any more.")
        return redirect("imports:results", job_id)
    problem = describe_cause(cause.problem, cause.count, has_begun=True)
    may_retry = can_retry(job, request)
    trials = try_repairs(job, cause, actor=request.user) if may_retry else None
    shown = [_describe(trial, cause.count) for trial in trials.changes] if trials else []
    may_see_values = request.user.has_perm("imports.view_importrecord_values")
    return render_page(
        request,
        "imports/corrections/error_group.html",
        title=problem.title,
        job=job,
        step="results",
        cause=cause,
        problem=problem,
        query=write_query(_choose(digest)),
        can_retry=may_retry,
        may_see_values=may_see_values,
        ways_out=[trial for trial in shown if trial.is_way_out],
        half_ways=[trial for trial in shown if not trial.is_way_out],
        as_they_are=trials,
        values=list_values(job, cause) if may_retry and may_see_values else [],
        can_default=can_default(cause.problem),
        formats=_list_formats(job, cause) if may_retry else [],
        answers=_list_answers(job, cause) if may_retry else [],
        help_page=find_help_page(cause.problem.code),
        joins=list_joins(job, cause) if may_retry else [],
        label=get_label(find_target(cause.problem.field)),
        can_create=problem.missing in list_missing([problem])
        and problem.missing is not None
        and problem.missing.kind in list_creatable(request.user),
        names=list_names()[problem.missing.kind] if problem.missing else [],
        parents=[
            ("Import jobs", reverse("imports:job_list")),
            (str(job), reverse("imports:results", args=[job.pk])),
        ],
    )


@require_POST
@requires("imports.run_importjob")
def repair_cause(request: StaffRequest, job_id: int, digest: str) -> HttpResponse:
    """Do what a button of the page says to all records of the cause, and retry them."""
    job = get_object_or_404(ImportJob, pk=job_id)
    cause = find_cause(job, digest) if DIGEST.fullmatch(digest) else None
    if cause is None:
        messages.info(request, "No record fails for this cause any more.")
        return redirect("imports:results", job_id)
    chosen, shown = _choose(digest), read_shown(request)
    try:
        if request.POST.get("repair") == "create":
            missing = describe_cause(cause.problem, cause.count, has_begun=True).missing
            if missing is None:
                raise ImporterError("There is nothing to create for this cause.")
            corrections.create_and_retry(
                job,
                missing.kind,
                missing.key,
                chosen=chosen,
                actor=request.user,
                shown=shown,
            )
        else:
            changes = list(_read_changes(request.POST, job, cause))
            corrections.amend_and_retry(
                job, changes, chosen=chosen, actor=request.user, shown=shown
            )
    except ImporterError as error:
        messages.error(request, str(error))
        return redirect("imports:cause", job_id, digest)
    return redirect("imports:results", job_id)


@require_POST
@requires("imports.run_importjob")
def take_back(request: StaffRequest, job_id: int, number: int) -> HttpResponse:
    """Let an amendment of the mapping hold no more."""
    job = get_object_or_404(ImportJob, pk=job_id)
    try:
        corrections.take_back(job, number, actor=request.user, shown=read_shown(request))
    except ImporterError as error:
        messages.error(request, str(error))
    return redirect("imports:activity_log", job_id)


def _choose(digest: str) -> RecordFilter:
    return RecordFilter(status=Status.FAILED.value, cause=digest)


def _read_changes(posted: QueryDict, job: ImportJob, cause: Cause) -> Iterator[Change]:
    """Yield the changes that a button and the fields beside it ask for."""
    repair = posted.get("repair", "")
    problem, target = cause.problem, find_target(cause.problem.field)
    if repair in {Repair.TRIM, Repair.LOWER} and target:
        yield Change(Repair(repair), target)
    elif repair in {Repair.CUT_BLANK, Repair.CUT, Repair.JOIN}:
        yield from _read_cells(posted, job, cause)
    elif repair == Repair.IGNORE and (ignored := find_ignorable(problem)):
        yield Change(Repair.IGNORE, ignored)
    elif repair == Repair.DEFAULT and can_default(problem) and (value := posted.get("value", "")):
        yield Change(Repair.DEFAULT, target, value=value)
    elif repair == Repair.FORMAT:
        yield from _read_format(posted.get("value", ""))
    elif repair == Repair.ANSWER:
        choice = posted.get("choice", "")
        yield from (each for each in list_answers(job, cause) if each.value == choice)
    elif repair == Repair.REPLACE and target:
        blank = set(posted.getlist("blank"))
        for key, value in zip(posted.getlist("old"), posted.getlist("new"), strict=False):
            if value or key in blank:
                yield Change(Repair.REPLACE, target, key, value)
    else:
        yield from _read_name(posted, cause)


def _read_cells(posted: QueryDict, job: ImportJob, cause: Cause) -> Iterator[Change]:
    """Yield what is to be done about cells of which a row has too many."""
    repair = Repair(posted.get("repair", ""))
    if repair is Repair.JOIN:
        column = posted.get("column", "")
        yield from (change for change, _ in list_joins(job, cause) if change.key == column)
    else:
        yield Change(repair)


def _read_name(posted: QueryDict, cause: Cause) -> Iterator[Change]:
    """Yield what becomes of the group or role that records name and that does not exist."""
    repair = posted.get("repair", "")
    missing = describe_cause(cause.problem, cause.count, has_begun=True).missing
    if repair in {"rename", "leave"} and missing:
        name = posted.get("name", "").strip() if repair == "rename" else ""
        if name or repair == "leave":
            yield Change(NAMED[missing.kind], key=missing.key, value=name)


def _read_format(chosen: str) -> Iterator[Change]:
    if chosen in FORMATS:
        yield Change(Repair.FORMAT, value=chosen)


def _list_answers(job: ImportJob, cause: Cause) -> list[tuple[str, str]]:
    """Return the choices of the decision that the records wait for, by what they are called."""
    return list_choices(cause.problem.code, [each.value for each in list_answers(job, cause)])


def _list_formats(job: ImportJob, cause: Cause) -> list[tuple[str, str]]:
    """Return the hash formats to choose from, by what they are called."""
    found = [(each.value, FORMATS[each.value].label) for each in list_formats(job, cause)]
    return sorted(found, key=lambda choice: choice[1])


def _describe(trial: Trial, count: int) -> ShownTrial:
    label = BUTTONS[trial.change.repair].format(label=get_label(trial.change.target))
    return ShownTrial(
        repair=trial.change.repair.value,
        label=label,
        result=_describe_result(trial, count),
        is_way_out=trial.imported > 0,
        warning=WARNINGS.get(trial.change.repair, ""),
        is_lossy=trial.change.repair is Repair.CUT,
    )


def _describe_result(trial: Trial, count: int) -> str:
    """Return what came of it when it was tried, and what is left where that was not enough."""
    whom = f"all {count}" if trial.tried == count else f"the first {trial.tried}"
    tried = f"tried on {'it' if count == 1 else whom}"
    others = trial.mended - trial.imported
    if trial.left and not trial.imported:
        left = describe_cause(group_problem(trial.left), others, has_begun=True).said
        none = "it would still fail" if count == 1 else "none would be imported"
        return f"Not enough: {tried}, {none}. What is left: {left}"
    rest = f", {others} would fail for another reason" if others else ""
    return f"{tried.capitalize()}: {trial.imported} would be imported{rest}."
