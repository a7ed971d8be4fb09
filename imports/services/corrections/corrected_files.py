"""Accept a download that was corrected, tell what it changes, and retry those records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO, cast

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from imports.core.corrections.editing import is_shifted, list_texts
from imports.core.errors import ImporterError
from imports.core.files.writers import read_cell, write_cell, write_sheet_cell
from imports.core.inspection.inspection import Inspection
from imports.core.inspection.untrusted import choose_options, read_rows
from imports.core.readers import RawRow
from imports.engine.files.payloads import pack_rows, unpack_rows
from imports.engine.files.staging import list_retryable
from imports.models import CorrectedFile, ImportJob
from imports.record_filters import RecordFilter
from imports.services.corrections.corrections import lock_retryable
from imports.services.corrections.downloads import (
    HIDDEN,
    JOB,
    MORE,
    OWN_COLUMNS,
    ROW,
    name_job,
    show_cell,
)
from imports.services.corrections.edits import edit_and_retry, edit_row, read_row
from imports.services.corrections.source_cells import CellReader
from imports.services.jobs.shown import lock_as_shown

# Read while somebody waits; more records come in several files.
MAX_ROWS = 20_000
MAX_BYTES = 64 << 20
PORTION = 1000
REFUSED_SHOWN = 100


@dataclass(slots=True)
class _Matched:
    """What was read so far; `refused` are place in the file and reason."""

    rows: list[RawRow] = field(default_factory=list)
    unchanged: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)


def accept_corrected_file(
    job: ImportJob, file: File[bytes], *, actor: User, shown: str | None = None
) -> CorrectedFile:
    """Match the rows of a corrected download to the job's records, and keep what they change.

    Nothing is retried yet. Raises FileFormatError when it cannot be read, ImporterError when it is
    too large or no download of ours, InvalidTransition while the job is busy, and ChangedMeanwhile
    when it is not as it was `shown`.
    """
    if (file.size or 0) > MAX_BYTES:
        raise ImporterError(
            f"The file is larger than {MAX_BYTES >> 20} MB. Correct fewer records at a time."
        )
    upload = _Matched()
    with transaction.atomic():
        lock_as_shown(job, shown, "correct", actor=actor)
        job = lock_retryable(job.pk)
        uploaded = _read_upload(file)
        reader = CellReader(job)
        while portion := list(islice(uploaded, PORTION)):
            _match(job, portion, reader, upload)
        return CorrectedFile.objects.create(
            job=job,
            file_name=(file.name or "")[:300],
            rows=pack_rows(upload.rows) if upload.rows else None,
            changed=len(upload.rows),
            unchanged=upload.unchanged,
            refused=upload.refused[:REFUSED_SHOWN],
            refused_count=len(upload.refused),
            actor=actor,
        )


def read_corrected_rows(upload: CorrectedFile, limit: int | None = None) -> list[RawRow]:
    """Return the rows that a corrected file changes; none when they were purged or are in use."""
    return unpack_rows(upload.rows)[:limit] if upload.rows is not None else []


@transaction.atomic
def apply_corrected_file(upload: CorrectedFile, *, actor: User, shown: str | None = None) -> int:
    """Retry the records with the rows of the corrected file; return how many those are.

    Raises ImporterError when that was done before or the records were edited or retried since it
    was uploaded, and ChangedMeanwhile when the job is not as it was `shown`.
    """
    lock_as_shown(upload.job, shown, "correct", actor=actor)
    upload = CorrectedFile.objects.select_for_update().get(pk=upload.pk)
    rows = read_corrected_rows(upload)
    if upload.applied_at is not None or not rows:
        raise ImporterError(
            "This file has nothing left to retry. Download the failed records again."
        )
    _refuse_outdated(upload, rows)
    count = edit_and_retry(upload.job, rows, actor=actor, file_name=upload.file_name)
    upload.rows, upload.applied_at = None, timezone.now()
    upload.save(update_fields=["rows", "applied_at"])
    return count


def _refuse_outdated(upload: CorrectedFile, rows: list[RawRow]) -> None:
    """Refuse a file whose rows were edited after it was matched to them: it would revert that."""
    edits = upload.job.edits.select_related("actor").filter(at__gt=upload.uploaded_at)
    edited = edits.filter(row_number__in=[row.row_number for row in rows]).last()
    if edited is not None:
        raise ImporterError(
            f"{edited.actor or 'Somebody'} edited row {edited.row_number} after this file was"
            " uploaded. Nothing was retried. Download the failed records again, and correct those."
        )


def _read_upload(file: File[bytes]) -> Iterator[RawRow]:
    opened = cast(BinaryIO, file)
    options = choose_options(opened, file_name=file.name or "")
    for number, row in enumerate(read_rows(opened, options)):
        if number == 0 and row.values is not None and ROW not in row.values:
            raise ImporterError(
                f"The file has no column “{ROW}”, so its rows cannot be matched to records. Upload"
                " the corrected download itself, with the columns that Userferry added."
            )
        if number >= MAX_ROWS:
            raise ImporterError(
                f"The file has more than {MAX_ROWS:,} rows. Upload them in several files."
            )
        yield row


def _match(job: ImportJob, portion: list[RawRow], reader: CellReader, upload: _Matched) -> None:
    """Add to what was read the rows that change a record of the job."""
    numbers = [number for row in portion if (number := _read_number(row)) is not None]
    found = list_retryable(job.pk, RecordFilter(rows=tuple(numbers))).defer(None).defer("before")
    originals = {record.row_number: read_row(record) for record in found}
    for row in portion:
        place = f"Line {row.line_number}" if row.line_number else f"Record {row.row_number}"
        number = _read_number(row)
        refusal = _refuse(job, row, number, originals, upload.seen)
        if refusal or number is None:
            upload.refused.append((place, refusal))
            continue
        upload.seen.add(number)
        try:
            changed = _edit(job, originals[number], list_texts(row), reader)
        except ImporterError as error:
            upload.refused.append((place, str(error)))
            continue
        if changed is None:
            upload.unchanged += 1
        else:
            upload.rows.append(changed)


def _read_number(row: RawRow) -> int | None:
    text = str((row.values or {}).get(ROW, "")).strip().removesuffix(".0")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _refuse(
    job: ImportJob,
    row: RawRow,
    number: int | None,
    originals: Mapping[int, RawRow],
    seen: set[int],
) -> str:
    """Return why a row cannot be matched; empty when it can."""
    values: Mapping[str, Any] = row.values or {}
    if row.problems or not values:
        return row.problems[0].message if row.problems else "The line cannot be read."
    if str(values.get(JOB, "")).strip() != name_job(job):
        return f"It belongs to another job: “{JOB}” is not {name_job(job)}."
    if number is None:
        return f"“{ROW}” is not a row number."
    if number in seen:
        return f"Row {number} appears earlier in this file."
    if number not in originals:
        return f"Row {number} is not a record of this job that can be retried."
    return ""


def _edit(
    job: ImportJob, original: RawRow, texts: Mapping[str, str], reader: CellReader
) -> RawRow | None:
    """Return the original with what the texts change; None when they change nothing.

    A cell that stands as it was downloaded, in whatever format, is left as it was.
    """
    untouched: dict[str, set[str]] = {}
    for cell in reader.read(original):
        forms = [cell.text, show_cell(cell, with_secrets=False)]
        untouched[cell.column] = {
            write(form) for form in forms for write in (str, write_cell, write_sheet_cell)
        }
    own = {name: text for name, text in texts.items() if name not in (*OWN_COLUMNS, MORE)}
    changed = {
        name: read_cell(text) for name, text in own.items() if text not in untouched.get(name, {""})
    }
    if not is_shifted(original):
        return edit_row(job, original, changed) if changed else None
    # Cells beyond the last column were in the column for more: they may be all that was wrong.
    had_more = not untouched.keys() <= own.keys() and MORE in texts
    if not changed and not (had_more and not texts[MORE]):
        return None
    columns = [column.name for column in Inspection.from_json(job.inspection).columns]
    if HIDDEN in own.values():
        raise ImporterError(
            f"The cells of row {original.row_number} are shifted, so all of them are needed, and"
            " some are still hidden. Download the record with passwords and other secrets."
        )
    if lacking := [name for name in columns if name not in own and not name.startswith("(")]:
        raise ImporterError(
            f"The cells of row {original.row_number} are shifted, so all of them are needed, and"
            f" this file lacks “{lacking[0]}”. Download it with passwords and other secrets."
        )
    return edit_row(job, original, {name: read_cell(text) for name, text in own.items()})
