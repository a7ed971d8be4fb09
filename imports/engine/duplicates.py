"""Find records that repeat a unique value of an earlier record of the same file.

Each chunk stores digests of its records' unique values; when all have, those that occur more than
once are brought together. So the result depends neither on the chunks' size nor on their order.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import Length

from imports.core.columns import Table
from imports.core.columns.keys import digest_keys
from imports.core.dry_run.duplicates import DIGEST_BYTES, find_repeated, take_heads
from imports.core.mapping import MappedRow, Mapping
from imports.core.mapping.ties import list_possible_ties
from imports.core.planning.same_person import list_joined_ties
from imports.core.planning.unlike_people import (
    BY_NOTHING,
    BY_VALUES,
    compare_people,
    find_evidence,
)
from imports.core.records.keys import (
    NAMED,
    USER,
    digest_key,
    find_tie,
    has_kind,
    is_value,
    key_record,
    list_file_keys,
)
from imports.engine.context import JobContext, map_rows, read_columns, unpack_chunk
from imports.engine.joining import move_rows
from imports.engine.other_ids import read_users_of_several
from imports.models import ImportChunk, ImportJob

# Chunks read at once: their digests are some 100 kB each.
PORTION = 50


def index_chunk(chunk: ImportChunk, context: JobContext) -> None:
    """Store the digests of the chunk's valid records. Calling it again changes nothing."""
    encoded = unpack_chunk(chunk)
    table = read_columns(encoded, chunk, context)
    table = table.without(_find_users_of_several(table))
    mapped = list(map_rows(table.pick_left(encoded), chunk, context))
    listed = [*_list_digests_of_columns(table, context), *_list_digests(mapped, context)]
    # In the order of the file: who comes first holds a value.
    listed.sort(key=lambda each: abs(each[0]))
    digests: list[bytes] = []
    rows = array("q")
    for row_number, found in listed:
        digests += found
        rows.extend([row_number] * len(found))
    ImportChunk.objects.filter(pk=chunk.pk).update(
        duplicates={}, keys=b"".join(digests), key_rows=rows.tobytes()
    )


def _find_users_of_several(table: Table) -> set[int]:
    """Return the places of rows whose ids lead to users of several ids."""
    users = read_users_of_several(table.get("subject_id"))
    ids = enumerate(table.get("subject_id"))
    return {place for place, subject_id in ids if subject_id in users} if users else set()


def _list_digests_of_columns(
    table: Table, context: JobContext
) -> Iterator[tuple[int, list[bytes]]]:
    digests = digest_keys(table, list_possible_ties(context.mapping), context.options.salt)
    return zip(table.row_numbers, digests, strict=True)


def find_duplicates_among(
    rows: Sequence[MappedRow], context: JobContext
) -> tuple[dict[int, tuple[int, str, str]], dict[int, int]]:
    """Return which of a few rows repeat an earlier one, as chunks have it, and which are joined.

    What `index_chunk` and `resolve_duplicates` do for the rows of a file.
    """
    keys = {number: digests for number, digests in _list_digests(rows, context) if digests}
    counted = Counter(digest for digests in keys.values() for digest in digests)
    repeated = []
    for number, digests in keys.items():
        if shared := [each for each in digests if counted[each] > 1]:
            is_named = has_kind(shared[0], "subject_id")
            repeated.append((number, 0, shared, find_evidence(digests) if is_named else BY_NOTHING))
    found, joined = _judge(repeated, list_joined_ties(context.mapping.answers))
    return found.get(0, {}), joined.get(0, {})


def list_still_repeated(
    chunk: ImportChunk, rows: Sequence[MappedRow], context: JobContext
) -> dict[str, tuple[int, str, str]]:
    """Return what the chunk knows its rows to repeat and they repeat as they are mapped here, too.

    What else they may repeat, only a search of the whole file tells.
    """
    digests = {str(abs(number)): found for number, found in _list_digests(rows, context)}
    return {
        row: duplicate
        for row, duplicate in chunk.duplicates.items()
        if bytes.fromhex(duplicate[1]) in digests.get(row, ())
    }


def _list_digests(
    rows: Sequence[MappedRow], context: JobContext
) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the digests of each valid record, that of its subject id first.

    Each comes with the number of its row, or of a corrected one the negative of that.
    """
    options = context.options
    ties = list_possible_ties(context.mapping)
    users = read_users_of_several([row.record.subject_id for row in rows if row.record])
    for row in rows:
        if row.record is not None:
            keyed = key_record(row.record, options.unique_attributes)
            keys = list_file_keys(keyed, ties, users.get(row.record.subject_id, ""))
            found = dict.fromkeys(digest_key(key, options.salt) for key in keys)
            yield _number(row, context), list(found)


def _number(row: MappedRow, context: JobContext) -> int:
    """Return the number of a row as it is stored beside its keys: negative for a corrected one."""
    return -row.row_number if context.run_corrections and row.corrections else row.row_number


def resolve_duplicates(job: ImportJob, go_on: Callable[[], None]) -> int:
    """Note on each chunk which of its rows repeat an earlier one; return how many rows do.

    `go_on` is called again and again, and ends the search by raising.

    In the order of the file, except that rows with corrections come last: what is imported as it
    stands is not to suffer from them, as it would not if they were retried after the run. A row
    that repeats a value of an earlier row loses, and a row that lost holds its values no longer.
    One that is joined with the earlier row brings it its values: by decision, or because both ids
    lead to one user, whoever decided that.
    To be called in a transaction, with all chunks indexed.
    """
    chunks = ImportChunk.objects.filter(job=job, attempt=job.attempt)
    ties = list_joined_ties(Mapping.model_validate(job.mapping).answers)
    found, joined = _judge(_read_repeated(chunks, go_on), ties)
    move_rows(job, joined, go_on)
    for chunk_id, duplicates in found.items():
        go_on()
        ImportChunk.objects.filter(pk=chunk_id).update(duplicates=duplicates)
    chunks.update(keys=b"", key_rows=b"")
    return sum(len(duplicates) for duplicates in found.values())


def _judge(
    repeated: Iterable[tuple[int, int, list[bytes], str]], ties: Collection[str]
) -> tuple[dict[int, dict[int, tuple[int, str, str]]], dict[int, dict[int, int]]]:
    """Return by chunk which rows repeat an earlier one, and which are joined with one."""
    holders: dict[bytes, int] = {}
    evidence: dict[int, str] = {}
    found: dict[int, dict[int, tuple[int, str, str]]] = {}
    joined: dict[int, dict[int, int]] = {}
    for row, chunk_id, keys, told_by in _put_corrected_last(repeated):
        earlier = _find_earlier(keys, holders)
        first = row if earlier is None else holders[earlier]
        if earlier is not None:
            unlike = ""
            if has_kind(earlier, "subject_id") and not _share_more(keys, first, holders):
                unlike = compare_people(evidence.get(first, BY_NOTHING), told_by)
            found.setdefault(chunk_id, {})[row] = (first, earlier.hex(), unlike)
            if find_tie(earlier) not in ties and not has_kind(earlier, USER):
                continue
            joined.setdefault(chunk_id, {})[row] = first
        holders.update(dict.fromkeys(keys, first))
        if told_by and evidence.get(first) != BY_VALUES:
            evidence[first] = told_by
    return found, joined


Repeated = tuple[int, int, list[bytes], str]


def _put_corrected_last(repeated: Iterable[Repeated]) -> Iterator[Repeated]:
    corrected: list[Repeated] = []
    for row, chunk_id, keys, told_by in repeated:
        if row > 0:
            yield row, chunk_id, keys, told_by
        else:
            corrected.append((-row, chunk_id, keys, told_by))
    yield from corrected


def _find_earlier(keys: list[bytes], holders: dict[bytes, int]) -> bytes | None:
    """Return the first of a row's keys that an earlier row holds; None if there is none.

    What makes the row one person's with one of several earlier rows counts for nothing.
    """
    held = [key for key in keys if key in holders]
    if len({holders[key] for key in held}) > 1:
        held = [key for key in held if not find_tie(key) and not has_kind(key, USER)]
    return next(iter(held), None)


def _share_more(keys: list[bytes], first: int, holders: dict[bytes, int]) -> bool:
    """Return whether a row has more in common with an earlier one than the subject id."""
    return any(holders.get(key) == first for key in keys if is_value(key) or has_kind(key, NAMED))


def _read_repeated(chunks: QuerySet[ImportChunk], go_on: Callable[[], None]) -> Iterator[Repeated]:
    """Yield row, chunk and repeated digests of every row that has some, in file order.

    The numbers of corrected rows are negative.

    Last comes by what the row can be told from another, if its subject id is among them.
    """
    size = chunks.aggregate(size=Sum(Length("keys"), default=0))["size"]
    digests = chunks.values_list("keys", flat=True)
    read_parts = partial(_watch, digests, go_on)
    repeated = find_repeated(read_parts, size // DIGEST_BYTES)
    if not repeated:
        return
    stored = chunks.order_by("first_row").values_list("pk", "keys", "key_rows")
    for chunk_id, keys, key_rows in _watch(stored, go_on):
        for row, found, told_by in _select(bytes(keys), key_rows, repeated):
            yield row, chunk_id, found, told_by


def _watch(rows: QuerySet[Any, Any], go_on: Callable[[], None]) -> Iterator[Any]:
    for row in rows.iterator(PORTION):
        go_on()
        yield row


def _select(
    keys: bytes, key_rows: bytes | memoryview, repeated: set[int]
) -> Iterator[tuple[int, list[bytes], str]]:
    """Yield each row that has digests whose heads occur repeatedly, these, and its evidence."""
    rows = array("q")
    rows.frombytes(key_rows)

    def cut(place: int) -> bytes:
        return keys[place * DIGEST_BYTES : (place + 1) * DIGEST_BYTES]

    places = [place for place, head in enumerate(take_heads(keys)) if head in repeated]
    for row, found in groupby(places, key=rows.__getitem__):
        start, *more = found
        digests = [cut(start), *map(cut, more)]
        told_by = BY_NOTHING
        if has_kind(digests[0], "subject_id"):
            # A row's digests stand side by side, that of its subject id first.
            told_by = find_evidence(map(cut, range(start, _find_end(rows, start))))
        yield row, digests, told_by


def _find_end(rows: Sequence[int], start: int) -> int:
    """Return where the digests end that belong to the row of the one at `start`."""
    end = start
    while end < len(rows) and rows[end] == rows[start]:
        end += 1
    return end
