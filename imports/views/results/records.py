"""One record: its values, its status after each attempt, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from imports.core.corrections.editing import is_shifted
from imports.core.errors import ImporterError
from imports.core.inspection.inspection import clean_text
from imports.core.problems import Problem
from imports.core.readers import RawRow
from imports.core.secrecy import mask
from imports.models import ImportAttempt, ImportJob, ImportRecord, Status
from imports.selectors import list_corrections_of
from imports.services.corrections.edits import read_row
from imports.services.corrections.source_cells import CellReader
from imports.services.mapping.previews import PreviewedValue, preview_row
from imports.views.dry_run.missing_memberships import list_creatable
from imports.views.results.results import can_retry
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.changes import show_changes
from imports.views.shared.page import render_page
from imports.views.shared.problems import ShownProblem, describe_problem, list_missing
from imports.views.shared.stage_words import describe_stages

VALUE_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of the source row, as it may be shown."""

    column: str
    text: str
    is_masked: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """An earlier status."""

    attempt: ImportAttempt
    problems: list[ShownProblem]


@require_safe
@requires("imports.view_importjob")
def show_record(request: StaffRequest, job_id: int, row_number: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    record = get_object_or_404(ImportRecord, job=job, row_number=row_number)
    may_see_values = request.user.has_perm("imports.view_importrecord_values")
    return render_page(
        request,
        "imports/results/record.html",
        title=f"Row {row_number}",
        subtitle=str(job),
        job=job,
        step="results",
        record=record,
        may_see_values=may_see_values,
        source=_read_source(job, record) if may_see_values else None,
        chunk=_find_chunk(job, record),
        **_describe_status(record),
        **_describe_history(job, record),
        **_describe_ways_on(request, job, record),
        breadcrumbs=[
            ("Import jobs", reverse("imports:job_list")),
            (str(job), reverse("imports:results", args=[job.pk])),
        ],
    )


def _describe_status(record: ImportRecord) -> dict[str, Any]:
    """Return the record's status, its stages, and why."""
    shown = _describe_problems(record.problems)
    problems = [Problem.from_json(problem) for problem in record.problems]
    changed = [field for field, _, _ in record.changes]
    return {
        "problems": shown,
        "missing": list_missing(shown),
        "record_stages": describe_stages(record.status, problems, changed),
        "changes": show_changes(record.changes),
    }


def _describe_history(job: ImportJob, record: ImportRecord) -> dict[str, Any]:
    """Return the earlier attempts, and what was changed for the next one."""
    attempts = job.attempts.filter(row_number=record.row_number).order_by("-attempt")
    return {
        "attempts": [Attempt(each, _describe_problems(each.problems)) for each in attempts],
        "edits": job.edits.filter(row_number=record.row_number).select_related("actor"),
        "corrections": list_corrections_of(job, record),
    }


def _describe_ways_on(
    request: StaffRequest, job: ImportJob, record: ImportRecord
) -> dict[str, Any]:
    """Return what can be done about the record, and where one can go from it."""
    has_row = record.may_be_retried and record.source is not None
    return {
        "keeps_row": record.may_be_retried,
        "can_retry": has_row and can_retry(job, request),
        "creatable": list_creatable(request.user),
        "error_group": record.error_group.hex if record.error_group else "",
        "next_failed": _find_next_failed(job, record),
        "user_url": _find_user_url(request, record),
    }


def _find_chunk(job: ImportJob, record: ImportRecord) -> str:
    """Return the chunk that the record was written with, as the results are narrowed to it."""
    chunks = job.chunks.filter(
        attempt=record.attempt,
        first_row__lte=record.row_number,
        last_row__gte=record.row_number,
    )
    chunk = chunks.order_by("number").first()
    return f"{chunk.attempt}.{chunk.number}" if chunk else ""


def _find_next_failed(job: ImportJob, record: ImportRecord) -> int | None:
    """Return the row of the next failed record, for whoever goes through them one by one."""
    if record.status != Status.FAILED:
        return None
    failed = job.records.filter(status=Status.FAILED, row_number__gt=record.row_number)
    return failed.order_by("row_number").values_list("row_number", flat=True).first()


def _describe_problems(stored: list[dict[str, Any]]) -> list[ShownProblem]:
    return [describe_problem(Problem.from_json(problem), has_begun=True) for problem in stored]


def _find_user_url(request: StaffRequest, record: ImportRecord) -> str:
    if record.user_id is None or not request.user.has_perm("accounts.view_user"):
        return ""
    return reverse("admin:accounts_user_change", args=[record.user_id])


@dataclass(frozen=True, slots=True)
class Source:
    """The row as the file has it, without its secrets; or why it is not shown.

    `mapped` is the record that it makes, as far as it makes one.
    """

    cells: list[Cell]
    mapped: tuple[PreviewedValue, ...] = ()
    note: str = ""


def _read_source(job: ImportJob, record: ImportRecord) -> Source | None:
    if record.source is None:
        return None
    try:
        row = read_row(record)
    except ImporterError as error:
        return Source([], note=str(error))
    if row.values is None:
        return Source([], note="The row could not be read, so there are no values to show.")
    if is_shifted(row):
        return Source(
            [],
            note=(
                "The values of this row are shifted, so secrets cannot be distinguished from "
                f"other values. See line {row.line_number} of the file."
            ),
        )
    return Source(_list_cells(job, row), preview_row(job, row))


def _list_cells(job: ImportJob, row: RawRow) -> list[Cell]:
    return [
        Cell(
            clean_text(cell.column),
            (mask(cell.text) if cell.is_secret else cell.text)[:VALUE_LENGTH],
            cell.is_secret,
        )
        for cell in CellReader(job).read(row)
    ]
