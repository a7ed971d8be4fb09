"""Edit a record that was not imported: its values, its status with them, a retry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from imports.core.corrections.editing import is_shifted, list_texts
from imports.core.errors import ImporterError
from imports.core.readers import RawRow
from imports.models import ImportJob, ImportRecord
from imports.services.corrections.edits import (
    Foreseen,
    edit_and_retry,
    edit_row,
    foresee,
    list_columns,
    read_row,
)
from imports.services.corrections.source_cells import CellReader
from imports.views.results.results import can_retry
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.changes import show_changes
from imports.views.shared.page import list_parents, read_shown, render_page
from imports.views.shared.problems import describe_problem

# A longer text is better edited in a spreadsheet; so long a one becomes an area.
AREA_LENGTH = 60


@dataclass(frozen=True, slots=True)
class EditField:
    """One column of the row as a field; the value of a secret is never sent."""

    number: int
    column: str
    text: str
    is_secret: bool
    is_dropped: bool

    @property
    def is_long(self) -> bool:
        return len(self.text) > AREA_LENGTH or "\n" in self.text


@require_http_methods(["GET", "HEAD", "POST"])
@requires("imports.run_importjob")
@requires("imports.view_importrecord_values")
def edit_record(request: StaffRequest, job_id: int, row_number: int) -> HttpResponse:
    """Show the row's values as a form; check what was typed, or retry the record with it."""
    job = get_object_or_404(ImportJob, pk=job_id)
    record = get_object_or_404(ImportRecord, job=job, row_number=row_number)
    back = redirect("imports:record", job_id, row_number)
    if not record.may_be_retried or not can_retry(job, request):
        messages.error(
            request,
            "You can edit a record only if it failed or was skipped because of a conflict, "
            "and only in a completed import.",
        )
        return back
    try:
        row = read_row(record)
        texts = _read_texts(request.POST, job, row)
        edited = edit_row(job, row, texts) if request.method == "POST" else row
        if "retry" in request.POST:
            edit_and_retry(job, [edited], actor=request.user, shown=read_shown(request))
            return redirect("imports:results", job_id)
    except ImporterError as error:
        messages.error(request, str(error))
        return back
    found = foresee(job, [edited], actor=request.user)[0]
    return render_page(
        request,
        "imports/corrections/edit.html",
        title=f"Edit row {row_number}",
        job=job,
        step="results",
        record=record,
        fields=list(_list_fields(job, row, request.POST)),
        is_shifted=is_shifted(row),
        is_checked=request.method == "POST",
        **_describe(found),
        parents=[
            *list_parents(job),
            (f"Row {row_number}", reverse("imports:record", args=[job.pk, row_number])),
        ],
    )


def _list_fields(job: ImportJob, row: RawRow, posted: QueryDict) -> Iterator[EditField]:
    """Yield a field for each column, with what was typed if anything was."""
    reader = CellReader(job)
    cells = {} if is_shifted(row) else {cell.column: cell for cell in reader.read(row)}
    for number, column in enumerate(list_columns(job, row)):
        cell = cells.get(column)
        is_secret = cell.is_secret if cell else reader.is_secret_column(column)
        old = cell.text if cell and not is_secret else ""
        typed = posted.get(f"value-{number}", old)
        is_dropped = f"drop-{number}" in posted
        yield EditField(number, column, typed, is_secret and cell is not None, is_dropped)


def _read_texts(posted: QueryDict, job: ImportJob, row: RawRow) -> dict[str, str]:
    """Return the columns that were typed into; a secret left blank stays as it is.

    Of a shifted row nothing stays, so that all that is typed counts.
    """
    texts, stored = {}, {} if is_shifted(row) else list_texts(row)
    for field in _list_fields(job, row, QueryDict()):
        typed = posted.get(f"value-{field.number}")
        # A browser sends line ends as CR LF, whatever they were.
        typed = typed.replace("\r\n", "\n") if typed is not None else None
        if field.is_secret:
            if f"drop-{field.number}" in posted:
                texts[field.column] = ""
            elif typed:
                texts[field.column] = typed
        # As the row has it, not as it is shown: what cannot be stored is not in the form.
        elif typed is not None and typed != stored.get(field.column, "").replace("\r\n", "\n"):
            texts[field.column] = typed
    return texts


def _describe(found: Foreseen) -> dict[str, Any]:
    return {
        "foreseen": found.status,
        "changes": show_changes((each.field, each.old, each.new) for each in found.plan.changes),
        "problems": [describe_problem(problem, has_begun=True) for problem in found.plan.problems],
        "faulty": {problem.column for problem in found.plan.problems if problem.column},
    }
