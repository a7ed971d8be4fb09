"""Finds records that repeat a unique value of an earlier record of the same file.

Each chunk stores digests of its records' unique values; when all have, one query brings the
repeated ones together. So the result depends neither on the chunks' size nor on their order.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from django.db import connection

from imports.core.keys import digest_key, list_keys
from imports.engine.context import JobContext, map_rows, unpack_chunk
from imports.models import ImportChunk, ImportJob

# Within one transaction only; many rows can repeat a value, so they are read in portions.
PORTION = 5000


def index_chunk(chunk: ImportChunk, context: JobContext) -> None:
    """Store the digests of the chunk's valid records. Calling it again changes nothing."""
    options = context.options
    digests: list[str] = []
    rows: list[str] = []
    for mapped in map_rows(unpack_chunk(chunk), chunk, context):
        if mapped.record is None:
            continue
        keys = list_keys(mapped.record, options.unique_attributes)
        found = dict.fromkeys(digest_key(key, options.salt) for key in keys)
        digests += map(bytes.hex, found)
        rows += [str(mapped.row_number)] * len(found)
    # Array literals: several times cheaper than an object and a conversion for each digest.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE imports_importchunk SET duplicates = '{}',"
            " keys = %s::uuid[], key_rows = %s::bigint[] WHERE id = %s",
            [f"{{{','.join(digests)}}}", f"{{{','.join(rows)}}}", chunk.pk],
        )


def resolve_duplicates(job: ImportJob) -> int:
    """Note on each chunk which of its rows repeat an earlier one; return how many rows do.

    In the order of the file: a row that repeats a value of an earlier row loses, and a row that
    lost holds its values no longer. To be called in a transaction, with all chunks indexed.
    """
    holders: dict[uuid.UUID, int] = {}
    found: dict[int, dict[int, tuple[int, str]]] = {}
    for row, chunk_id, keys in _read_repeated(job):
        earlier = next((key for key in keys if key in holders), None)
        if earlier is None:
            holders.update(dict.fromkeys(keys, row))
        else:
            found.setdefault(chunk_id, {})[row] = (holders[earlier], earlier.hex)
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE imports_importchunk SET duplicates = %s WHERE id = %s",
            [(json.dumps(duplicates), chunk_id) for chunk_id, duplicates in found.items()],
        )
        cursor.execute(
            "UPDATE imports_importchunk SET keys = '{}', key_rows = '{}'"
            " WHERE job_id = %s AND attempt = %s",
            [job.pk, job.attempt],
        )
    return sum(len(duplicates) for duplicates in found.values())


def _read_repeated(job: ImportJob) -> Iterator[tuple[int, int, list[uuid.UUID]]]:
    """Yield row, chunk and repeated digests of every row that has some, in file order."""
    statement = """
        WITH pairs AS (
            SELECT c.id AS chunk_id, p.key, p.row, p.place
            FROM imports_importchunk c,
                 unnest(c.keys, c.key_rows) WITH ORDINALITY AS p(key, row, place)
            WHERE c.job_id = %s AND c.attempt = %s
        ), repeated AS (SELECT key FROM pairs GROUP BY key HAVING count(*) > 1)
        SELECT row, chunk_id, key FROM pairs JOIN repeated USING (key) ORDER BY row, place
    """
    with connection.connection.cursor("repeated_keys") as cursor:
        cursor.itersize = PORTION
        cursor.execute(statement, [job.pk, job.attempt])
        for (row, chunk_id), pairs in groupby(cursor, key=itemgetter(0, 1)):
            yield row, chunk_id, [key for _, _, key in pairs]
