"""Cut a job's rows into chunks: those of its file, or those of its records on a retry."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import cast

from django.conf import settings
from django.db.models import QuerySet

from imports.core.corrections import read_corrections
from imports.core.inspection.untrusted import WHOLE, look_around, read_encoded
from imports.core.readers import RawRow, ReaderOptions
from imports.core.readers.rows import encode_row
from imports.engine.copying import copy_rows
from imports.engine.files.corrected_rows import keep_corrected
from imports.engine.files.job_files import open_file
from imports.engine.files.payloads import pack_encoded, unpack_rows
from imports.models import ImportChunk, ImportJob, ImportRecord, Status
from imports.record_filters import RecordFilter
from imports.states import ChunkState

CHUNK_BYTES = 8 << 20
PORTION = 1000
CHUNK_COLUMNS = (
    "job_id",
    "attempt",
    "number",
    "first_row",
    "last_row",
    "rows",
    "payload",
    "state",
    "claims",
    "counts",
)


def stage_file(job: ImportJob, report: Callable[[int], None]) -> int:
    """Write the rows of the job's file as chunks and return how many rows there are.

    Reads the file twice, holding one chunk in memory: for its rows, and for what is beside them,
    which the job keeps. What an earlier call wrote is replaced. `report` is told the position in
    the file, in bytes. Raises FileFormatError.
    """
    job.chunks.all().delete()
    with open_file(job) as file:
        limits = replace(WHOLE, seconds=settings.IMPORT_STAGING_SECONDS)
        options = ReaderOptions.from_json(job.reader_options)
        rows = read_encoded(file, options, limits)
        staged = 0
        for chunk in _write_chunks(job, rows):
            staged += chunk
            report(file.tell())
        job.surroundings = look_around(file, options, limits).to_json()
    job.save(update_fields=["surroundings"])
    return staged


def stage_retry(job: ImportJob) -> int:
    """Write the records that this attempt tries again as chunks; return how many."""
    job.chunks.filter(attempt=job.attempt).delete()
    chosen = RecordFilter.from_json(job.retry_filter)
    retried = list_retryable(job.pk, chosen).filter(attempt__lt=job.attempt)
    payloads = retried.values_list("source", flat=True).iterator(1000)
    new = [each.number for each in read_corrections(job.corrections) if each.attempt == job.attempt]
    rows = (
        replace(row, corrections=(*row.corrections, *new))
        for payload in payloads
        for row in unpack_rows(cast(bytes, payload))
    )
    corrected = _keep_corrected(job, rows) if new else rows
    return sum(_write_chunks(job, ((row.row_number, encode_row(row)) for row in corrected)))


def _keep_corrected(job: ImportJob, rows: Iterator[RawRow]) -> Iterator[RawRow]:
    """Yield rows, and note the corrections that they have."""
    while portion := list(islice(rows, PORTION)):
        keep_corrected(job.pk, portion)
        yield from portion


def list_retryable(job_id: int, chosen: RecordFilter) -> QuerySet[ImportRecord]:
    """Return those of the chosen records whose source rows are kept.

    That is those that failed; of the skipped ones only such as collided with another record, and
    only where single rows or skipped records are asked for.
    """
    statuses = [Status.FAILED]
    if chosen.rows is not None or chosen.status == Status.SKIPPED:
        statuses.append(Status.SKIPPED)
    return chosen.select(job_id).filter(status__in=statuses, source__isnull=False)


def _write_chunks(job: ImportJob, rows: Iterable[tuple[int, bytes]]) -> Iterator[int]:
    """Write rows, by number and encoded, as chunks and yield the number of rows of each.

    The first chunk is the pilot. A chunk is closed early when its rows are large: a worker
    holds one in memory.
    """
    limit = min(settings.IMPORT_FIRST_SLICE_ROWS, job.chunk_rows)
    number, numbers, encoded, size = 1, array("q"), list[bytes](), 0
    for row_number, row in rows:
        numbers.append(row_number)
        encoded.append(row)
        size += len(encoded[-1])
        if len(encoded) >= limit or size >= CHUNK_BYTES:
            _write_chunk(job, number, numbers, encoded)
            yield len(encoded)
            limit = job.chunk_rows
            number, numbers, encoded, size = number + 1, array("q"), [], 0
    if encoded:
        _write_chunk(job, number, numbers, encoded)
        yield len(encoded)


def _write_chunk(job: ImportJob, number: int, numbers: array[int], encoded: list[bytes]) -> None:
    payload = pack_encoded(encoded)
    values = (job.pk, job.attempt, number, numbers[0], numbers[-1], len(encoded), payload)
    copy_rows(
        ImportChunk,
        CHUNK_COLUMNS,
        [(*values, ChunkState.WAITING.value, 0, "{}")],
    )
