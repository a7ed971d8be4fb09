"""The corrections that rows have, kept by row: those that were chosen before the run, and retries'.

Before the run, `imports.engine.corrections` finds the rows that a correction is for. They are read
with it from then on, by whoever works on their chunk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from imports.core.corrections import RunCorrections, read_corrections
from imports.core.readers import RawRow
from imports.core.readers.rows import decode_row, encode_row
from imports.models import CorrectedRow, ImportChunk, ImportJob


def read_run_corrections(job: ImportJob) -> RunCorrections:
    """Return the corrections that the present attempt of a job finds the rows for; a retry none.

    Who retries records says which.
    """
    corrections = read_corrections(job.corrections) if job.attempt == 1 else ()
    return RunCorrections(corrections)


def mark_corrected(encoded: list[bytes], chunk: ImportChunk) -> list[bytes]:
    """Return the rows of a chunk as they were read, with the corrections that each has."""
    span = (chunk.first_row, chunk.last_row)
    found = CorrectedRow.objects.filter(job_id=chunk.job_id, row_number__range=span)
    numbers = dict(found.values_list("row_number", "corrections"))
    return [_mark(line, numbers) for line in encoded] if numbers else encoded


def _mark(line: bytes, numbers: Mapping[int, Sequence[int]]) -> bytes:
    row = decode_row(line)
    if row.row_number not in numbers:
        return line
    return encode_row(replace(row, corrections=tuple(numbers[row.row_number])))


def keep_corrected(job_id: int, rows: Iterable[RawRow]) -> None:
    """Keep the corrections that rows have by now; those that they had before are among them."""
    CorrectedRow.objects.bulk_create(
        (
            CorrectedRow(
                job_id=job_id, row_number=row.row_number, corrections=list(row.corrections)
            )
            for row in rows
        ),
        update_conflicts=True,
        unique_fields=["job", "row_number"],
        update_fields=["corrections"],
        batch_size=1000,
    )


def forget_corrected(job: ImportJob) -> None:
    """Forget which rows are corrected, before they are found again."""
    CorrectedRow.objects.filter(job=job).delete()
