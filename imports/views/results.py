"""The results: what became of every record, why, and another try for those that failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from imports.core.errors import ImporterError
from imports.core.problems import CODES, Problem
from imports.models import ImportJob, ImportRecord, Outcome
from imports.selectors import count_reasons, get_totals, list_records
from imports.services import runs
from imports.states import TRANSITIONS, JobState
from imports.views.access import StaffRequest, requires
from imports.views.page import render_page
from imports.views.problems import (
    ShownProblem,
    describe_group,
    describe_problem,
    get_title,
    list_missing,
)
from imports.views.repairs import list_creatable
from imports.views.runs import find_differences

PAGE_SIZE = 50
ALL = "all"
TABS = (
    (Outcome.FAILED, "Failed"),
    (Outcome.SKIPPED, "Skipped"),
    (Outcome.CREATED, "Created"),
    (Outcome.UPDATED, "Updated"),
)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which of the records a results page shows."""

    outcome: str
    search: str
    reason: str

    def link(self, **changes: str) -> str:
        """Return the query string of these filters with some of them changed."""
        given = {"outcome": self.outcome, "q": self.search, "reason": self.reason} | changes
        return "?" + urlencode({name: value for name, value in given.items() if value})


@dataclass(frozen=True, slots=True)
class Tab:
    """One outcome with the number of its records."""

    label: str
    count: int
    link: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """Why records have an outcome, and how many have it for that."""

    code: str
    title: str
    advice: str
    count: int
    link: str


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """A record with the problem that decided its outcome, if one did."""

    record: ImportRecord
    problem: ShownProblem | None


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Some records in file order, with the links to those around them."""

    records: list[ImportRecord]
    previous: str
    next: str


@require_safe
@requires("imports.view_importjob")
def list_results(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    totals = get_totals(job)
    filters = _read_filters(request, totals)
    found = _read_page(job, filters, request.GET.get("after", ""), request.GET.get("before", ""))
    shown = [_describe(record) for record in found.records]
    reasons = _list_reasons(job, filters)
    return render_page(
        request,
        "imports/results.html",
        title=str(job),
        job=job,
        step="results",
        totals=totals,
        processed=totals["total"] - totals["pending"],
        filters=filters,
        tabs=_list_tabs(totals, filters),
        reasons=reasons,
        page=found,
        shown=shown,
        missing=list_missing(_collect_problems(job, shown)) if totals["failed"] else [],
        creatable=list_creatable(request.user),
        can_retry=can_retry(job, request),
        can_undo=can_undo(job, request),
        can_tick=can_undo(job, request) or bool(can_retry(job, request) and totals["failed"]),
        is_running=job.state == JobState.RUNNING,
        differences=find_differences(job),
    )


@require_POST
@requires("imports.run_importjob")
def retry_records(request: StaffRequest, job_id: int) -> HttpResponse:
    """Retry the records that are ticked, or all that failed."""
    job = get_object_or_404(ImportJob, pk=job_id)
    rows = [int(row) for row in request.POST.getlist("row") if row.isdecimal()]
    if not rows and "all" not in request.POST:
        messages.error(request, "Tick the records to retry first, or retry all that failed.")
        return redirect("imports:results", job_id)
    try:
        runs.retry(job, actor=request.user, row_numbers=None if "all" in request.POST else rows)
    except ImporterError as error:
        messages.error(request, str(error))
        return redirect("imports:results", job_id)
    return redirect("imports:run", job_id)


def can_undo(job: ImportJob, request: StaffRequest) -> bool:
    """Return whether single records of the job can be undone by whoever is looking."""
    return job.state == JobState.COMPLETED and request.user.has_perm("imports.undo_importjob")


def can_retry(job: ImportJob, request: StaffRequest) -> bool:
    """Return whether failed records of the job can be tried again, by this user."""
    may_retry = request.user.has_perm("imports.run_importjob")
    return may_retry and job.state in TRANSITIONS["retry"][0] and bool(job.file)


def _read_filters(request: StaffRequest, totals: dict[str, int]) -> Filters:
    first = Outcome.FAILED.value if totals["failed"] else ALL
    outcome = request.GET.get("outcome", first)
    if outcome not in Outcome.values:
        outcome = ALL
    reason = request.GET.get("reason", "")
    # A NUL cannot be in the database, and PostgreSQL refuses to look for one.
    search = request.GET.get("q", "").replace("\0", "").strip()
    return Filters(outcome, search, reason if reason in CODES else "")


def _read_page(job: ImportJob, filters: Filters, after: str, before: str) -> RecordPage:
    """Return the page after or before a row: by row number, so that page 10,000 costs the same."""
    outcome = "" if filters.outcome == ALL else filters.outcome
    records = list_records(job, outcome=outcome, search=filters.search, code=filters.reason)
    if before.isdecimal():
        found, has_more = _take(records.filter(row_number__lt=int(before)).reverse())
        found.reverse()
        has_previous, has_next = has_more, True
    else:
        is_later = after.isdecimal()
        found, has_more = _take(records.filter(row_number__gt=int(after)) if is_later else records)
        has_previous, has_next = is_later, has_more
    return RecordPage(
        found,
        filters.link(before=str(found[0].row_number)) if found and has_previous else "",
        filters.link(after=str(found[-1].row_number)) if found and has_next else "",
    )


def _take(records: QuerySet[ImportRecord]) -> tuple[list[ImportRecord], bool]:
    """Return the first records and whether there are more."""
    found = list(records[: PAGE_SIZE + 1])
    return found[:PAGE_SIZE], len(found) > PAGE_SIZE


def _describe(record: ImportRecord) -> ShownRecord:
    problems = [Problem.from_json(stored) for stored in record.problems]
    decided = [problem for problem in problems if problem.code == record.reason] or problems
    return ShownRecord(record, describe_problem(decided[0]) if decided else None)


def _list_tabs(totals: dict[str, int], filters: Filters) -> list[Tab]:
    counted = [(outcome.value, label, totals[outcome.value]) for outcome, label in TABS]
    counted.append((ALL, "All", totals["total"] - totals["pending"]))
    return [
        Tab(label, count, filters.link(outcome=value, reason=""), value == filters.outcome)
        for value, label, count in counted
    ]


def _list_reasons(job: ImportJob, filters: Filters) -> list[Reason]:
    if filters.outcome not in {Outcome.FAILED, Outcome.SKIPPED}:
        return []
    return [
        Reason(
            code,
            get_title(code),
            CODES[code].advice if code in CODES else "",
            count,
            filters.link(reason=code),
        )
        for code, count in count_reasons(job, filters.outcome)
        if filters.reason in {"", code}
    ]


def _collect_problems(job: ImportJob, shown: list[ShownRecord]) -> list[ShownProblem]:
    """Return the problems known without reading every record: the check's, and this page's."""
    checked: list[dict[str, Any]] = job.check_report.get("problems", [])
    here = [item.problem for item in shown if item.problem]
    return [*map(describe_group, checked), *here]
