"""List records for a download: those not imported as their source rows, to be corrected."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import QuerySet

from imports.core.problems import Problem
from imports.core.readers import RawRow
from imports.models import ImportJob, ImportRecord
from imports.record_filters import RecordFilter
from imports.services.corrections.edits import list_columns, read_row
from imports.services.corrections.source_cells import CellReader, SourceCell

# What stands before a record's own columns; no source has columns of such names.
JOB, ROW, LINE = "userferry_job", "userferry_row", "userferry_line"
CODE, REASON = "userferry_code", "userferry_reason"
OWN_COLUMNS = (JOB, ROW, LINE, CODE, REASON)
# Fields that none of the first rows has, as JSON: a table's header is written before its rows.
MORE = "userferry_more"
STATUS_COLUMNS = (
    "row",
    "line",
    "status",
    "code",
    "reason",
    "subject_id",
    "username",
    "email",
    "user_id",
    "attempt",
    "written_at",
    "undone_at",
)
HEAD_ROWS = 500
PORTION = 2000
HIDDEN = "(hidden)"


@dataclass(frozen=True, slots=True)
class Download:
    """The columns of a table and its rows, which are read as they are written."""

    columns: list[str]
    rows: Iterator[Mapping[str, Any]]


def name_job(job: ImportJob) -> str:
    """Return how a download names its job: by number, and by the file for another installation's.

    It is what an upload is recognised by.
    """
    return f"{job.pk}-{job.file_sha256[:12]}"


def list_statuses(job: ImportJob, chosen: RecordFilter) -> Download:
    """Return the status of records, without their values."""
    records = chosen.select(job.pk).defer("source", "before", "changes")
    rows = (_describe(record) for record in records.iterator(PORTION))
    return Download(list(STATUS_COLUMNS), rows)


def list_sources(job: ImportJob, chosen: RecordFilter, *, with_secrets: bool) -> Download:
    """Return the chosen records' source rows as a table, with why they were not imported.

    Those whose rows were purged are not among them. Without secrets their columns are omitted; of
    a row whose cells are shifted no cell can be told to be harmless, so all are hidden.
    """
    records = _select_sources(job, chosen)
    reader = CellReader(job)
    head = [read_row(record) for record in records[:HEAD_ROWS]]
    found = dict.fromkeys(column for row in head for column in list_columns(job, row))
    columns = [name for name in found if with_secrets or not reader.is_secret_column(name)]
    rows = (
        _explain(job, record) | _lay_out(read_row(record), reader, columns, with_secrets)
        for record in records.iterator(PORTION)
    )
    return Download([*OWN_COLUMNS, *columns, MORE], rows)


def list_source_objects(
    job: ImportJob, chosen: RecordFilter, *, with_secrets: bool
) -> Iterator[dict[str, Any]]:
    """Yield the chosen records' source rows as objects in their own shape, likewise."""
    reader = CellReader(job)
    for record in _select_sources(job, chosen).iterator(PORTION):
        row = read_row(record)
        hidden = {cell.column for cell in reader.read(row) if cell.is_secret}
        yield _explain(job, record) | _copy(row.values or {}, set() if with_secrets else hidden)


def _select_sources(job: ImportJob, chosen: RecordFilter) -> QuerySet[ImportRecord]:
    return chosen.select(job.pk).filter(source__isnull=False).defer(None).defer("before")


def _lay_out(
    row: RawRow, reader: CellReader, columns: Sequence[str], with_secrets: bool
) -> dict[str, str]:
    """Return the cells of a row by column; those of no column together as JSON."""
    texts = {cell.column: show_cell(cell, with_secrets) for cell in reader.read(row)}
    more = {
        name: texts.pop(name)
        for name in texts.keys() - set(columns)
        if with_secrets or not reader.is_secret_column(name)
    }
    return {**texts, MORE: orjson.dumps(more, option=orjson.OPT_SORT_KEYS).decode() if more else ""}


def show_cell(cell: SourceCell, with_secrets: bool) -> str:
    """Return what a download has of a cell."""
    return HIDDEN if cell.is_secret and not with_secrets else cell.text


def _copy(values: Mapping[str, Any], hidden: Collection[str], prefix: str = "") -> dict[str, Any]:
    copied: dict[str, Any] = {}
    for key, value in values.items():
        path = f"{prefix}{key}"
        if path not in hidden:
            is_object = isinstance(value, dict) and bool(value)
            copied[key] = _copy(value, hidden, f"{path}.") if is_object else value
    return copied


def _explain(job: ImportJob, record: ImportRecord) -> dict[str, Any]:
    return {
        JOB: name_job(job),
        ROW: record.row_number,
        LINE: record.line_number,
        CODE: record.reason,
        REASON: _write_reason(record),
    }


def _describe(record: ImportRecord) -> dict[str, Any]:
    return {
        "row": record.row_number,
        "line": record.line_number,
        "status": record.status,
        "code": record.reason,
        "reason": _write_reason(record),
        "subject_id": record.subject_id,
        "username": record.username,
        "email": record.email,
        "user_id": record.user_id,
        "attempt": record.attempt,
        "written_at": record.written_at.isoformat(),
        "undone_at": record.undone_at.isoformat() if record.undone_at else None,
    }


def _write_reason(record: ImportRecord) -> str:
    """Return every problem of a record in words, each with where it is."""
    problems = map(Problem.from_json, record.problems)
    return " ".join(
        f"{problem.column or problem.field}: {problem.message}"
        if problem.column or problem.field
        else problem.message
        for problem in problems
    )
