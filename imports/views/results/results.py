"""The results: the status of every record, why, and a retry of those that failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from imports.core.errors import ImporterError
from imports.core.problems import CODES, Problem
from imports.models import ImportJob, ImportRecord, Status
from imports.record_filters import RecordFilter
from imports.selectors import (
    count_attempt,
    count_reasons,
    get_totals,
    list_error_groups,
    list_records,
    tell_leavers,
)
from imports.selectors.invitations import find_passwordless
from imports.services.approval import approvals
from imports.services.corrections.samples import ErrorGroup
from imports.services.runs import runs
from imports.states import JobAction, JobState, may
from imports.views.dry_run.missing_memberships import list_creatable
from imports.views.results.filters import (
    STAGES,
    is_narrowed,
    list_fields,
    read_filter,
    read_ticked,
    write_query,
)
from imports.views.runs.runs import find_differences
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.live import ask_to_reload, describe_progress
from imports.views.shared.page import read_shown, render_page
from imports.views.shared.problems import (
    ShownProblem,
    describe_error_group,
    describe_problem,
    get_title,
    list_missing,
)

PAGE_SIZE = 50
# Of the error groups, so many are in sight at once.
OPEN_ERROR_GROUPS = 20
# What can only be undone, and what can only be tried again.
WRITTEN = {Status.CREATED, Status.UPDATED}
NOT_WRITTEN = {Status.FAILED, Status.SKIPPED}
TABS = (
    (Status.FAILED.value, "Failed"),
    (Status.SKIPPED.value, "Skipped"),
    (Status.CREATED.value, "Created"),
    (Status.UPDATED.value, "Updated"),
    ("", "All"),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """One status with the number of its records."""

    label: str
    count: int
    link: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """Why records have a status, and how many have it for that."""

    code: str
    title: str
    advice: str
    count: int
    link: str


@dataclass(frozen=True, slots=True)
class ShownErrorGroup:
    """What failed records have in common, what to do about it, and how many they are."""

    digest: str
    problem: ShownProblem
    count: int
    link: str


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """A record with the problem that decided its status, if one did."""

    record: ImportRecord
    problem: ShownProblem | None
    can_tick: bool


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
    first = Status.FAILED.value if totals["failed"] else ""
    chosen = read_filter(request.GET, default=first)
    found = _read_page(job, chosen, request.GET.get("after", ""), request.GET.get("before", ""))
    error_groups = _show_error_groups(job, chosen)
    may_retry = chosen.status not in WRITTEN and can_retry(job, request)
    may_undo = chosen.status not in NOT_WRITTEN and can_undo(job, request)
    return render_page(
        request,
        "imports/results/results.html",
        title=str(job),
        job=job,
        step="results",
        totals=totals,
        chosen=chosen,
        fields=list_fields(chosen),
        query=write_query(chosen),
        is_narrowed=is_narrowed(chosen),
        tabs=_list_tabs(totals, chosen),
        error_groups=error_groups,
        are_error_groups_open=len(error_groups) <= OPEN_ERROR_GROUPS,
        reasons=_list_reasons(job, chosen),
        stage_choices=STAGES.items(),
        codes=_list_codes(job, chosen),
        page=found,
        shown=[_describe(record) for record in found.records],
        missing=list_missing(each.problem for each in error_groups),
        creatable=list_creatable(request.user),
        can_retry=may_retry,
        can_undo=may_undo,
        can_tick=may_retry or may_undo,
        may_see_values=request.user.has_perm("imports.view_importrecord_values"),
        is_running=job.state == JobState.RUNNING,
        is_retrying=is_retrying(job),
        live=describe_progress(job) if is_retrying(job) else None,
        retried=_describe_retry(job),
        waits_for_second_person=bool(totals["failed"])
        and not approvals.may_retry(job, request.user),
        differences=find_differences(job),
        leavers=tell_leavers(job),
        passwordless=find_passwordless(job) if totals["created"] else None,
    )


@require_safe
@requires("imports.view_importjob")
def show_retry_progress(request: StaffRequest, job_id: int) -> HttpResponse:
    """Return how far a retry is; once it is over, the page is to be reloaded."""
    job = get_object_or_404(ImportJob, pk=job_id)
    if not is_retrying(job):
        return ask_to_reload()
    context = {"job": job, "live": describe_progress(job)}
    return render(request, "imports/results/retrying.html", context)


@require_POST
@requires("imports.run_importjob")
def retry_records(request: StaffRequest, job_id: int) -> HttpResponse:
    """Retry the records that are ticked, all that match the filter, or all that failed."""
    job = get_object_or_404(ImportJob, pk=job_id)
    chosen = read_ticked(request.POST)
    if "all" in request.POST:
        chosen = RecordFilter()
    elif "matching" in request.POST:
        chosen = read_filter(request.POST)
    if chosen is None:
        messages.error(
            request,
            "No records selected. Select the records to retry, or retry all failed.",
        )
        return redirect(
            reverse("imports:results", args=[job_id]) + write_query(read_filter(request.POST))
        )
    try:
        runs.retry(job, actor=request.user, chosen=chosen, shown=read_shown(request))
    except ImporterError as error:
        messages.error(request, str(error))
        return redirect("imports:results", job_id)
    return redirect("imports:results", job_id)


def is_retrying(job: ImportJob) -> bool:
    """Return whether the job tries records again just now."""
    return job.state == JobState.RUNNING and job.attempt > 1


def _describe_retry(job: ImportJob) -> str:
    """Return the result of the latest retry in a sentence; empty where there was none."""
    if job.attempt == 1 or job.state != JobState.COMPLETED:
        return ""
    counts = count_attempt(job)
    records = sum(counts.values())
    parts = [f"{count:,} {status}" for status, count in counts.items() if count]
    tried = "1 record" if records == 1 else f"{records:,} records"
    return f"Attempt {job.attempt} retried {tried}: {', '.join(parts)}."


def can_undo(job: ImportJob, request: StaffRequest) -> bool:
    """Return whether single records of the job can be undone by whoever is looking."""
    is_over = job.state in {JobState.COMPLETED, JobState.RECEIVING}
    return is_over and request.user.has_perm("imports.undo_importjob")


def can_retry(job: ImportJob, request: StaffRequest) -> bool:
    """Return whether failed records of the job can be tried again, by this user."""
    is_possible = may(job, JobAction.RETRY) and job.purged_at is None
    is_allowed = request.user.has_perm("imports.run_importjob")
    return is_possible and is_allowed and approvals.may_retry(job, request.user)


def _read_page(job: ImportJob, chosen: RecordFilter, after: str, before: str) -> RecordPage:
    """Return the page after or before a row: by row number, so that page 10,000 costs the same."""
    records = list_records(job, chosen)
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
        write_query(chosen, before=found[0].row_number) if found and has_previous else "",
        write_query(chosen, after=found[-1].row_number) if found and has_next else "",
    )


def _take(records: QuerySet[ImportRecord]) -> tuple[list[ImportRecord], bool]:
    """Return the first records and whether there are more."""
    found = list(records[: PAGE_SIZE + 1])
    return found[:PAGE_SIZE], len(found) > PAGE_SIZE


def _describe(record: ImportRecord) -> ShownRecord:
    problems = [Problem.from_json(stored) for stored in record.problems]
    decided = [problem for problem in problems if problem.code == record.reason] or problems
    can_tick = record.undone_at is None and (
        record.status != Status.SKIPPED or record.may_be_retried
    )
    decisive = describe_problem(decided[0], has_begun=True) if decided else None
    return ShownRecord(record, decisive, can_tick)


def _list_tabs(totals: dict[str, int], chosen: RecordFilter) -> list[Tab]:
    counts = {**totals, "": totals["total"] - totals["pending"]}
    other = replace(chosen, reason="", error_group="", stage="")
    return [
        Tab(
            label,
            counts[value],
            write_query(replace(other, status=value)),
            value == chosen.status,
        )
        for value, label in TABS
    ]


def _show_error_groups(job: ImportJob, chosen: RecordFilter) -> list[ShownErrorGroup]:
    if chosen.status != Status.FAILED:
        return []
    found = list_error_groups(job, code=chosen.reason)
    return list(
        show_error_groups(each for each in found if chosen.error_group in {"", each.digest})
    )


def show_error_groups(error_groups: Iterable[ErrorGroup]) -> Iterator[ShownErrorGroup]:
    """Yield error groups as they are shown."""
    for error_group in error_groups:
        chosen = RecordFilter(status=Status.FAILED.value, error_group=error_group.digest)
        problem = describe_error_group(error_group.problem, error_group.count, has_begun=True)
        yield ShownErrorGroup(error_group.digest, problem, error_group.count, write_query(chosen))


def _list_codes(job: ImportJob, chosen: RecordFilter) -> list[tuple[str, str]]:
    """Return the problem codes that the filter can be narrowed to, with their titles."""
    statuses = [chosen.status] if chosen.status else [Status.FAILED, Status.SKIPPED]
    codes = {code for status in statuses for code, _ in count_reasons(job, status)}
    return sorted(((code, get_title(code)) for code in codes), key=lambda each: each[1])


def _list_reasons(job: ImportJob, chosen: RecordFilter) -> list[Reason]:
    if chosen.status != Status.SKIPPED:
        return []
    return [
        Reason(
            code,
            get_title(code),
            CODES[code].advise(has_begun=True) if code in CODES else "",
            count,
            write_query(replace(chosen, reason=code)),
        )
        for code, count in count_reasons(job, chosen.status)
        if chosen.reason in {"", code}
    ]
