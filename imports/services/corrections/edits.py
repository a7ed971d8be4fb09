"""Edit the source rows of records that were not imported, and foresee their new status."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from accounts.encryption import DecryptionError
from accounts.models import User
from imports.core.corrections.editing import edit_values, is_shifted, list_texts
from imports.core.errors import ImporterError
from imports.core.inspection.inspection import Inspection
from imports.core.mapping import MappedRow
from imports.core.planning.plans import Plan
from imports.core.readers import RawRow, ReaderOptions
from imports.engine.chunks import plan_rows
from imports.engine.context import load_context
from imports.engine.counting import STATUSES
from imports.engine.files.payloads import pack_rows, unpack_rows
from imports.engine.files.staging import list_retryable
from imports.models import ImportChunk, ImportJob, ImportRecord, RecordEdit
from imports.record_filters import RecordFilter
from imports.services.corrections.corrections import lock_retryable
from imports.services.jobs.shown import lock_as_shown
from imports.services.jobs.transitions import note_event
from imports.services.runs import runs

MAX_COLUMNS_NOTED = 20


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a row would be if it were tried again now."""

    status: str
    row: MappedRow
    plan: Plan


def read_row(record: ImportRecord) -> RawRow:
    """Return the source row of a record that may be retried.

    Raises ImporterError when it was purged or cannot be decrypted.
    """
    if record.source is None:
        raise ImporterError("The source row was purged: its retention period has ended.")
    try:
        return unpack_rows(record.source)[0]
    except DecryptionError:
        raise ImporterError(
            "The encryption key of the source row is no longer configured."
        ) from None


def list_columns(job: ImportJob, row: RawRow) -> list[str]:
    """Return the columns or paths that the row has, then those that it could have in this file."""
    own = [] if is_shifted(row) else list(list_texts(row))
    known = [column.name for column in Inspection.from_json(job.inspection).columns]
    return list(dict.fromkeys([*own, *known]))


def edit_row(job: ImportJob, row: RawRow, texts: dict[str, str]) -> RawRow:
    """Return the row with some of its values changed; one that is shifted has only these then."""
    is_table = ReaderOptions.from_json(job.reader_options).is_table
    base = {} if is_shifted(row) else row.values or {}
    return replace(row, values=edit_values(base, texts, is_table=is_table), problems=())


def foresee(job: ImportJob, rows: Sequence[RawRow], *, actor: User) -> list[Foreseen]:
    """Return what rows would be if the actor tried them again now. Writes nothing."""
    context = load_context(job, actor=actor)
    mapped = [context.map_row(row) for row in rows]
    chunk = ImportChunk(job=job, attempt=job.attempt + 1)
    plans = plan_rows(mapped, chunk, context, lock=False)
    return [
        Foreseen(STATUSES[plan.action].value, row, plan)
        for plan, row in zip(plans, mapped, strict=True)
    ]


@transaction.atomic
def edit_and_retry(
    job: ImportJob,
    rows: Iterable[RawRow],
    *,
    actor: User,
    file_name: str = "",
    shown: str | None = None,
) -> int:
    """Put rows in the place of records' source rows and try these again; return how many.

    The rows before are kept beside who changed which columns. Raises ImporterError when one of
    the records cannot be retried any more, InvalidTransition while the job is busy, and
    ChangedMeanwhile when it is not as it was `shown`.
    """
    lock_as_shown(job, shown, "correct", actor=actor)
    job = lock_retryable(job.pk)
    edited = {row.row_number: row for row in rows}
    chosen = RecordFilter(rows=tuple(edited))
    records = list(list_retryable(job.pk, chosen).only("job_id", "row_number", "source"))
    if len(records) != len(edited):
        raise ImporterError(
            "Some of these records have been retried in the meantime. Reload the page."
        )
    RecordEdit.objects.bulk_create(
        [_note_edit(record, edited[record.row_number], actor, file_name) for record in records],
        batch_size=1000,
    )
    for record in records:
        _store(record, edited[record.row_number])
    detail = {"records": len(records), "file": file_name}
    if len(records) == 1:
        detail["row"] = records[0].row_number
    note_event(job, "edit", actor=actor, detail=detail)
    return runs.retry(job, actor=actor, chosen=chosen)


def _note_edit(record: ImportRecord, row: RawRow, actor: User, file_name: str) -> RecordEdit:
    old, new = list_texts(read_row(record)), list_texts(row)
    changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return RecordEdit(
        job_id=record.job_id,
        row_number=record.row_number,
        columns=[name.replace("\0", "") for name in changed[:MAX_COLUMNS_NOTED]],
        original=record.source,
        actor=actor,
        file_name=file_name,
    )


def _store(record: ImportRecord, row: RawRow) -> None:
    found = ImportRecord.objects.filter(job_id=record.job_id, row_number=record.row_number)
    found.update(source=pack_rows([row]))
