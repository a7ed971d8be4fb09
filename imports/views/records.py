"""One record: what it was, what became of it in each attempt, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.encryption import DecryptionError
from imports.core.inspection import clean_text, find_shape, flatten, looks_secret, mask, write_value
from imports.core.mapping import Mapping
from imports.core.mapping.rules import find_secret_columns
from imports.core.problems import Problem
from imports.core.readers import RawRow
from imports.core.targets import get_label
from imports.engine.payloads import unpack_rows
from imports.models import ImportAttempt, ImportJob, ImportRecord, Outcome
from imports.views.access import StaffRequest, requires
from imports.views.page import render_page
from imports.views.problems import ShownProblem, describe_problem, list_missing
from imports.views.repairs import list_creatable
from imports.views.results import can_retry
from imports.views.rule_words import describe_steps

VALUE_LENGTH = 300
# In such a row a value may stand under the header of another column, and so escape its mask.
SHIFTED = frozenset({"row_too_many_cells", "row_too_few_cells", "row_unclosed_quote"})


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an existing user that the record changed."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of the source row, as it may be shown."""

    column: str
    text: str
    is_masked: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """An earlier outcome."""

    attempt: ImportAttempt
    problems: list[ShownProblem]


@require_safe
@requires("imports.view_importjob")
def show_record(request: StaffRequest, job_id: int, row_number: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    record = get_object_or_404(ImportRecord, job=job, row_number=row_number)
    problems = _describe_problems(record.problems)
    may_see_values = request.user.has_perm("imports.view_importrecord_values")
    return render_page(
        request,
        "imports/record.html",
        title=f"Row {row_number}",
        subtitle=str(job),
        job=job,
        step="results",
        record=record,
        problems=problems,
        record_steps=describe_steps(
            record.outcome,
            [Problem.from_json(problem) for problem in record.problems],
            [field for field, _, _ in record.changes],
        ),
        changes=[
            Change(get_label(field), write_value(old), write_value(new))
            for field, old, new in record.changes
        ],
        attempts=[
            Attempt(attempt, _describe_problems(attempt.problems))
            for attempt in job.attempts.filter(row_number=row_number).order_by("-attempt")
        ],
        missing=list_missing(problems),
        creatable=list_creatable(request.user),
        can_retry=record.outcome == Outcome.FAILED
        and record.source is not None
        and can_retry(job, request),
        source=_read_source(job, record) if may_see_values else None,
        may_see_values=may_see_values,
        user_url=_find_user_url(request, record),
        breadcrumbs=[
            ("Import jobs", reverse("imports:job_list")),
            (str(job), reverse("imports:results", args=[job.pk])),
        ],
    )


def _describe_problems(stored: list[dict[str, Any]]) -> list[ShownProblem]:
    return [describe_problem(Problem.from_json(problem)) for problem in stored]


def _find_user_url(request: StaffRequest, record: ImportRecord) -> str:
    if record.user_id is None or not request.user.has_perm("accounts.view_user"):
        return ""
    return reverse("admin:accounts_user_change", args=[record.user_id])


@dataclass(frozen=True, slots=True)
class Source:
    """The row as the file has it, without its secrets; or why it is not shown."""

    cells: list[Cell]
    note: str = ""


def _read_source(job: ImportJob, record: ImportRecord) -> Source | None:
    if record.source is None:
        return None
    try:
        row = unpack_rows(bytes(record.source))[0]
    except DecryptionError:
        return Source([], "The key that it was encrypted with is not configured any more.")
    if row.values is None:
        return Source([], "It could not be read, so there are no values to show.")
    if not SHIFTED.isdisjoint(problem.code for problem in row.problems):
        return Source(
            [],
            "Its values do not stand under their own columns, so secrets could not be told from"
            f" other values. Look at line {row.line_number} of the file.",
        )
    return Source(list(_list_cells(job, row)))


def _list_cells(job: ImportJob, row: RawRow) -> Iterator[Cell]:
    rules = Mapping.model_validate(job.mapping).rules
    cells = dict(flatten(row.values or {}))
    secret_columns = find_secret_columns(rules, cells)
    for column, value in cells.items():
        text = clean_text(write_value(value))
        shape = find_shape([text]) if text else ""
        is_secret = column in secret_columns or looks_secret(column, shape, [text] if text else [])
        shown = mask(text) if is_secret and text else text
        yield Cell(clean_text(column), shown[:VALUE_LENGTH], bool(is_secret and text))
