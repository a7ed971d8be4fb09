"""Brings rows that are one person's into one chunk, and plans them as one record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import chain, groupby
from typing import Any

from imports.core.decisions import Decided
from imports.core.mapping import MappedRow
from imports.core.planning.planner import plan_excluded, plan_failure, plan_record
from imports.core.planning.plans import Action, Duplicate, Plan, PlanOptions, Snapshot
from imports.core.planning.same_person import (
    decide_tie,
    find_common_tie,
    join_records,
    list_dropped,
    list_joined_ties,
)
from imports.core.planning.unlike_people import decide_unlike, is_decided_about
from imports.core.problems import Problem
from imports.core.problems.of_conflicts import JOINED_IN_FILE, JOINED_VALUES_DROPPED
from imports.core.readers.rows import decode_row
from imports.core.records.keys import KeyedRecord, find_tie, key_record
from imports.core.records.records import UserImportRecord
from imports.core.records.targets import get_label
from imports.engine.context import JobContext, unpack_chunk
from imports.engine.copying import copy_rows
from imports.engine.files.payloads import pack_encoded, unpack_encoded
from imports.models import ImportChunk, ImportJob, JoinedRow

COLUMNS = ("job_id", "attempt", "row_number", "first_row", "payload")


def move_rows(
    job: ImportJob, joined: Mapping[int, Mapping[int, int]], go_on: Callable[[], None]
) -> None:
    """Copy rows, by chunk, for the chunks of the rows with which they are joined.

    What an earlier search copied is replaced. Holds one chunk in memory.
    """
    JoinedRow.objects.filter(job=job).delete()
    for chunk_id, firsts in joined.items():
        go_on()
        rows = unpack_chunk(job.chunks.get(pk=chunk_id))
        numbered = ((decode_row(encoded).row_number, encoded) for encoded in rows)
        copy_rows(
            JoinedRow,
            COLUMNS,
            [
                (job.pk, job.attempt, number, firsts[number], pack_encoded([encoded]))
                for number, encoded in numbered
                if number in firsts
            ],
        )


def gather_rows(chunk: ImportChunk) -> tuple[list[bytes], dict[int, int]]:
    """Return the rows that are planned with the chunk, and of those that are joined the first row.

    Each of these comes after the row with which it is joined, whatever chunk it was staged in.
    """
    rows = unpack_chunk(chunk)
    copies = JoinedRow.objects.filter(job_id=chunk.job_id, attempt=chunk.attempt)
    if not copies.exists():
        return rows, {}
    span = (chunk.first_row, chunk.last_row)
    moved = set(copies.filter(row_number__range=span).values_list("row_number", flat=True))
    brought = copies.filter(first_row__range=span).order_by("first_row", "row_number")
    found = list(brought.values_list("first_row", "row_number", "payload"))
    if not moved and not found:
        return rows, {}
    later = {
        first: [line for _, _, payload in copies for line in unpack_encoded(payload)]
        for first, copies in groupby(found, key=lambda each: each[0])
    }
    ordered: list[bytes] = []
    for encoded in rows:
        number = decode_row(encoded).row_number
        if number not in moved:
            ordered += [encoded, *later.get(number, ())]
    return ordered, {number: first for first, number, _ in found}


def mark_joined(rows: Iterable[MappedRow], firsts: Mapping[int, int]) -> Iterator[MappedRow]:
    """Yield rows with the row that each is joined with."""
    for row in rows:
        first = firsts.get(row.row_number)
        yield row if first is None or row.record is None else replace(row, joined_with=first)


@dataclass(frozen=True, slots=True)
class Group:
    """A row that stands by itself with those that are joined with it, and the record they make."""

    rows: tuple[MappedRow, ...]
    keyed: KeyedRecord | None


def group_rows(rows: Iterable[MappedRow], unique_attributes: frozenset[str]) -> Iterator[Group]:
    """Yield each row that stands by itself with those that are joined with it."""
    for group in _part(rows):
        records = [row.record for row in group if row.record is not None]
        joined = reduce(join_records, records) if records else None
        removals = group[0].removals
        keyed = key_record(joined, unique_attributes, removals) if joined else None
        yield Group(tuple(group), keyed)


def halve_rows(rows: Sequence[MappedRow]) -> list[list[MappedRow]]:
    """Return two halves of the rows, in neither of which a joined one is without its first.

    Nothing where that cannot be.
    """
    groups = list(_part(rows))
    middle = len(groups) // 2
    halves = [list(chain.from_iterable(half)) for half in (groups[:middle], groups[middle:])]
    return halves if middle else []


def list_other_ids(rows: Iterable[MappedRow]) -> list[str]:
    """Return the subject ids of rows that are joined with another."""
    return [
        row.record.subject_id
        for row in rows
        if row.joined_with is not None and row.record is not None
    ]


def _part(rows: Iterable[MappedRow]) -> Iterator[list[MappedRow]]:
    group: list[MappedRow] = []
    for row in rows:
        if group and row.joined_with is None:
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def plan_group(group: Group, snapshot: Snapshot, options: PlanOptions) -> Iterator[Plan]:
    """Yield the plan of each row; joined ones go where the first goes.

    Where that does not work, the first is planned by itself, and the others fail with the reason.
    """
    first, *later = group.rows
    plan = _plan_row(first, group.keyed, snapshot, options, list_other_ids(later))
    fails = plan.action is Action.FAIL
    if fails and later and first.record is not None:
        alone = key_record(first.record, options.unique_attributes, first.removals)
        yield _plan_row(first, alone, snapshot, options)
    else:
        yield plan
    kept = first.record
    for row in later:
        subject_id = row.identifiers.get("subject_id", "")
        if fails:
            yield plan_failure(row.row_number, subject_id, list(plan.problems))
        else:
            told = list(_tell_joined(first.row_number, kept, row.record))
            yield plan_excluded(row.row_number, subject_id, [*told, *row.problems])
            kept = join_records(kept, row.record) if kept and row.record else kept


def _tell_joined(
    first: int, kept: UserImportRecord | None, later: UserImportRecord | None
) -> Iterator[Problem]:
    """Yield that a record is joined into that of the first row, and what of it is dropped."""
    params: dict[str, Any] = {"row": first}
    yield Problem(JOINED_IN_FILE.code, "profile.email", params=params)
    if kept and later and (dropped := list_dropped(kept, later)):
        params = {**params, "fields": ", ".join(map(get_label, dropped))}
        yield Problem(JOINED_VALUES_DROPPED.code, dropped[0], params=params)


def _plan_row(
    row: MappedRow,
    keyed: KeyedRecord | None,
    snapshot: Snapshot,
    options: PlanOptions,
    other_ids: Sequence[str] = (),
) -> Plan:
    if row.record is None or keyed is None:
        subject_id = row.identifiers.get("subject_id", "")
        plan_row = plan_excluded if row.is_excluded else plan_failure
        return plan_row(row.row_number, subject_id, list(row.problems))
    plan = plan_record(row.row_number, keyed, snapshot, options, other_ids)
    plan.problems.extend(row.problems)
    return plan


def note_decisions(
    rows: Sequence[MappedRow],
    plans: Iterable[Plan],
    duplicates: Mapping[int, Duplicate],
    context: JobContext,
) -> list[MappedRow]:
    """Return rows with what is decided, or open, about each and an earlier row, or its user."""
    firsts = {row.row_number: row.record for row in rows}
    planned = {plan.row_number: plan.decided for plan in plans if plan.decided}
    noted = (_note_decision(row, firsts, duplicates, context) for row in rows)
    return [
        replace(row, decided=(*row.decided, *decided))
        if (decided := planned.get(row.row_number))
        else row
        for row in noted
    ]


def _note_decision(
    row: MappedRow,
    records: Mapping[int, UserImportRecord | None],
    duplicates: Mapping[int, Duplicate],
    context: JobContext,
) -> MappedRow:
    first = records.get(row.joined_with) if row.joined_with is not None else None
    decided: Decided | None = None
    if first is not None and row.record is not None:
        tie = find_common_tie(first, row.record)
        # Where it is not by decision, both ids lead to one user already.
        if tie in list_joined_ties(row.answers):
            decided = decide_tie(tie, row.answers)
    elif duplicate := duplicates.get(row.row_number):
        if tie := find_tie(duplicate.digest):
            decided = decide_tie(tie, row.answers)
        elif duplicate.unlike and is_decided_about(context.options):
            decided = decide_unlike(duplicate.unlike, row.answers)
    return replace(row, decided=(*row.decided, decided)) if decided else row
