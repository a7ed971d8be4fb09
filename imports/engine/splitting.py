"""Halve a chunk whose rows make workers crash, until the guilty row is alone."""

from __future__ import annotations

from django.db.models import Max

from imports.core.readers.rows import decode_row
from imports.engine.context import unpack_uncorrected
from imports.engine.files.payloads import pack_encoded
from imports.models import ImportChunk, ImportJob


def split_chunk(chunk: ImportChunk) -> list[ImportChunk]:
    """Return the two halves of a chunk that is locked and waiting; the first replaces it.

    Chunks do not affect statuses, so neither does this.
    """
    # Of two chunks of a job, one at a time gets a number.
    ImportJob.objects.select_for_update(no_key=True).get(pk=chunk.job_id)
    siblings = ImportChunk.objects.filter(job_id=chunk.job_id, attempt=chunk.attempt)
    rows = [(decode_row(encoded).row_number, encoded) for encoded in unpack_uncorrected(chunk)]
    middle = len(rows) // 2
    second = ImportChunk(
        job_id=chunk.job_id,
        attempt=chunk.attempt,
        planned=chunk.planned,
        number=siblings.aggregate(last=Max("number"))["last"] + 1,
    )
    duplicates = chunk.duplicates
    for half, part in ((chunk, rows[:middle]), (second, rows[middle:])):
        numbers = {number for number, _ in part}
        half.first_row, half.last_row, half.rows = min(numbers), max(numbers), len(part)
        half.payload = pack_encoded(encoded for _, encoded in part)
        half.duplicates = {row: found for row, found in duplicates.items() if int(row) in numbers}
        half.claims = 0
        half.save()
    return [chunk, second]
