"""Read the first rows of an error group that the dry run has found, from the chunks they are in."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from imports.core.readers import RawRow
from imports.core.readers.rows import decode_row
from imports.engine.context import unpack_chunk
from imports.models import ImportChunk, ImportJob


def read_staged_rows(job: ImportJob, numbers: Sequence[int]) -> tuple[list[RawRow], ImportChunk]:
    """Return rows by their numbers, which are in order, and a chunk that would hold just these.

    The chunk is not stored. Rows that were purged are not among them.
    """
    wanted = frozenset(numbers)
    chunks = job.chunks.filter(attempt=1, payload__isnull=False).order_by("first_row")
    spans = chunks.values_list("pk", "first_row", "last_row")
    found = [
        pk for pk, first, last in spans if bisect_left(numbers, first) < bisect_right(numbers, last)
    ]
    together = ImportChunk(job=job, attempt=1, first_row=0, last_row=0)
    rows: list[RawRow] = []
    for chunk in chunks.filter(pk__in=found).defer("keys", "key_rows", "planned").iterator(10):
        read = (row for row in map(decode_row, unpack_chunk(chunk)) if row.row_number in wanted)
        rows += read
        together.duplicates |= {
            row: duplicate for row, duplicate in chunk.duplicates.items() if int(row) in wanted
        }
    return rows, together
