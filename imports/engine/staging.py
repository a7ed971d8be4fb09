"""Cuts a job's rows into chunks: those of its file, or those of its failed records on a retry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import BinaryIO, cast

from django.conf import settings

from imports.core.readers import RawRow, ReaderOptions, read_rows
from imports.engine.copying import copy_rows
from imports.engine.payloads import pack_rows, unpack_rows
from imports.models import ImportChunk, ImportJob, ImportRecord, Outcome
from imports.states import ChunkState

CHUNK_COLUMNS = (
    "job_id",
    "attempt",
    "number",
    "first_row",
    "last_row",
    "rows",
    "payload",
    "keys",
    "key_rows",
    "duplicates",
    "state",
    "claims",
    "counts",
)


def stage_file(job: ImportJob, report: Callable[[int], None]) -> int:
    """Write the rows of the job's file as chunks and return how many rows there are.

    Reads the file once, holding one chunk in memory; what an earlier call wrote is replaced.
    `report` is told the position in the file, in bytes. Raises FileFormatError.
    """
    job.chunks.all().delete()
    sizes = _list_chunk_sizes(job.chunk_rows)
    with job.file.open("rb") as file:
        rows = read_rows(cast(BinaryIO, file), ReaderOptions.from_json(job.reader_options))
        staged = 0
        for number, chunk in enumerate(_cut(rows, sizes), start=1):
            _write_chunk(job, number, chunk)
            staged += len(chunk)
            report(file.tell())
    return staged


def stage_retry(job: ImportJob) -> int:
    """Write the failed records that this attempt tries again as chunks; return how many."""
    job.chunks.filter(attempt=job.attempt).delete()
    failed = ImportRecord.objects.filter(
        job=job, outcome=Outcome.FAILED, source__isnull=False, attempt__lt=job.attempt
    )
    if job.retry_rows is not None:
        failed = failed.filter(row_number__in=job.retry_rows)
    payloads = failed.order_by("row_number").values_list("source", flat=True).iterator(1000)
    rows = (row for payload in payloads for row in unpack_rows(cast(bytes, payload)))
    staged = 0
    for number, chunk in enumerate(_cut(rows, _list_chunk_sizes(job.chunk_rows)), start=1):
        _write_chunk(job, number, chunk)
        staged += len(chunk)
    return staged


def _list_chunk_sizes(chunk_rows: int) -> Iterator[int]:
    """Yield the first chunk's size, which is that of the first slice, then the others'."""
    yield min(settings.IMPORT_FIRST_SLICE_ROWS, chunk_rows)
    while True:
        yield chunk_rows


def _cut(rows: Iterable[RawRow], sizes: Iterator[int]) -> Iterator[list[RawRow]]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, next(sizes))):
        yield chunk


def _write_chunk(job: ImportJob, number: int, rows: list[RawRow]) -> None:
    first, last = rows[0].row_number, rows[-1].row_number
    values = (job.pk, job.attempt, number, first, last, len(rows), pack_rows(rows))
    copy_rows(
        ImportChunk,
        CHUNK_COLUMNS,
        [(*values, [], [], "{}", ChunkState.WAITING.value, 0, "{}")],
    )
