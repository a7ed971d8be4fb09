"""Write a batch of records that a program sends, in one transaction, with a status for each.

The records go the way of all rows: mapping, validation, matching, planning, writing, status. They
are rows of the connection's job of the day, and the batch is a chunk of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from imports.core.mapping import MappedRow
from imports.core.planning.plans import Plan
from imports.core.problems.of_updates import UNCHANGED
from imports.core.readers import RawRow
from imports.core.readers.rows import encode_row
from imports.engine.chunks import plan_rows, write_rows
from imports.engine.context import JobContext, load_context
from imports.engine.counting import STATUSES
from imports.engine.duplicates import find_duplicates_among
from imports.engine.joining import mark_joined
from imports.engine.statuses import find_reason
from imports.models import Connection, ImportChunk, ImportJob, ImportRecord, ReleasedValue, Status
from imports.services.connections.day_jobs import (
    Variant,
    build_job,
    find_open_job,
    reserve_rows,
)
from imports.services.jobs.locks import Work, share_lock
from imports.services.jobs.request_keys import find_kept, keep_key, lock_key
from imports.states import ChunkState, JobState

logger = logging.getLogger(__name__)

# The most records that are written while their sender waits.
MOST_RECORDS = 1000
# How often a batch is written again because the database broke a deadlock with another one.
MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """The status of one record, or the predicted one: `row` is its number in the job, from 1.

    `reason` is the code of the problem that decided; `problems` are in the form in which they are
    stored, `changes` triples of field, old and new value.
    """

    row: int
    status: Status
    reason: str
    subject_id: str
    user_id: int | None
    problems: list[dict[str, Any]]
    changes: list[tuple[str, Any, Any]]

    @property
    def is_unchanged(self) -> bool:
        """Return whether the user was found, and had everything already."""
        return self.reason == UNCHANGED.code


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch and the statuses of its records, in the order in which they were sent.

    Without `job_id` nothing was written.
    """

    outcomes: list[Outcome]
    job_id: int | None = None
    number: int | None = None

    def count(self) -> dict[str, int]:
        """Return how many records have each status, and how many of the skipped are unchanged."""
        counts = {status.value: 0 for status in Status}
        for outcome in self.outcomes:
            counts[outcome.status.value] += 1
        return {**counts, "unchanged": sum(each.is_unchanged for each in self.outcomes)}


class _JobClosed(Exception):
    """The job was closed between its choice and the transaction."""


def write_batch(
    connection: Connection,
    rows: Sequence[RawRow],
    *,
    key: str = "",
    digest: str = "",
    variant: Variant | None = None,
    refuse: Callable[[list[Outcome]], None] | None = None,
) -> Batch:
    """Write records and return the status of each; all of it is committed, or nothing.

    With a `key`, the same request by its digest is written once, and answered again for seven
    days; raises KeyReused for another one. `variant` are policies of this request alone. `refuse`
    may raise for these statuses: nothing is kept of them then. Whether the connection
    may be used is for the caller to ask.
    """
    for attempt in range(1, MOST_TRIES + 1):
        try:
            return _write_once(connection, rows, key, digest, variant, refuse)
        except _JobClosed:
            continue
        except OperationalError as error:
            # Two batches of the same people, in another order: one of them is done again.
            if not isinstance(error.__cause__, DeadlockDetected) or attempt == MOST_TRIES:
                raise
            logger.info("A batch of connection %s is written again after a deadlock", connection.pk)
    raise OperationalError(f"The jobs of connection {connection.pk} are closed again and again.")


def plan_batch(connection: Connection, rows: Sequence[RawRow]) -> Batch:
    """Return the predicted status of each record. Writes nothing, and keeps nothing of them."""
    job = build_job(connection, timezone.now().date())
    chunk, context = ImportChunk(job=job), load_context(job)
    with transaction.atomic():
        mapped = _arrange(_map(rows, context), chunk, context)
        plans = plan_rows(mapped, chunk, context, lock=False)
    return Batch(_describe(plans))


def _write_once(
    connection: Connection,
    rows: Sequence[RawRow],
    key: str,
    digest: str,
    variant: Variant | None,
    refuse: Callable[[list[Outcome]], None] | None,
) -> Batch:
    if key and (batch := _find_written(connection, key, digest)):
        return batch
    job = find_open_job(connection, variant)
    reserved = reserve_rows(job, len(rows))
    numbered = [
        replace(row, row_number=number) for number, row in enumerate(rows, start=reserved.first_row)
    ]
    context = load_context(job)
    mapped = _map(numbered, context)
    chunk = ImportChunk(
        job=job,
        number=reserved.batch,
        first_row=reserved.first_row,
        last_row=reserved.first_row + len(rows) - 1,
        rows=len(rows),
        state=ChunkState.DONE,
    )
    with transaction.atomic():
        if key:
            lock_key(connection, key)
            if batch := _find_written(connection, key, digest):
                return batch
        _require_open(job)
        outcomes = _describe(_write(chunk, numbered, mapped, context))
        if refuse is not None:
            refuse(outcomes)
        if key:
            keep_key(connection, key, digest, job, chunk)
    return Batch(outcomes, job.pk, chunk.number)


def _find_written(connection: Connection, key: str, digest: str) -> Batch | None:
    kept = find_kept(connection, key, digest)
    return read_batch(kept.batch) if kept and kept.batch else None


def _require_open(job: ImportJob) -> None:
    """Hold the job open until the transaction ends; raise _JobClosed if it is not any more."""
    share_lock(Work.RECEIVING, job.pk)
    if not ImportJob.objects.filter(pk=job.pk, state=JobState.RECEIVING).exists():
        raise _JobClosed


def _write(
    chunk: ImportChunk, raws: Sequence[RawRow], mapped: Sequence[MappedRow], context: JobContext
) -> list[Plan]:
    rows = _arrange(mapped, chunk, context)
    encoded = {row.row_number: encode_row(row) for row in raws}
    plans = write_rows([encoded[row.row_number] for row in rows], rows, chunk, context)
    # There is no end of an attempt to keep them for: each batch is one of its own.
    ReleasedValue.objects.filter(job=chunk.job).delete()
    chunk.finished_at = timezone.now()
    chunk.save()
    return plans


def _map(rows: Sequence[RawRow], context: JobContext) -> list[MappedRow]:
    return [context.map_row(row, with_source=False) for row in rows]


def _arrange(rows: Sequence[MappedRow], chunk: ImportChunk, context: JobContext) -> list[MappedRow]:
    """Note which rows repeat an earlier one of the batch; return each behind the one it joins."""
    chunk.duplicates, firsts = find_duplicates_among(rows, context)
    if not firsts:
        return list(rows)
    ordered = sorted(
        rows, key=lambda row: (firsts.get(row.row_number, row.row_number), row.row_number)
    )
    return list(mark_joined(ordered, firsts))


def _describe(plans: Sequence[Plan]) -> list[Outcome]:
    ordered = sorted(plans, key=lambda plan: plan.row_number)
    return [
        Outcome(
            row=plan.row_number,
            status=STATUSES[plan.action],
            reason=find_reason(plan),
            subject_id=plan.subject_id[:200],
            user_id=None if STATUSES[plan.action] is Status.FAILED else plan.user_id,
            problems=[problem.to_json() for problem in plan.problems],
            changes=_store_changes(plan),
        )
        for plan in ordered
    ]


def _store_changes(plan: Plan) -> list[tuple[str, Any, Any]]:
    """Return what a plan changes as it reads once it is stored: of JSON alone."""
    if not plan.changes:
        return []
    changes = [[change.field, change.old, change.new] for change in plan.changes]
    return [tuple(each) for each in orjson.loads(orjson.dumps(changes, default=str))]


def read_batch(chunk: ImportChunk) -> Batch:
    """Return a batch that was written, with the present statuses of its records."""
    rows = (chunk.first_row, chunk.last_row)
    records = ImportRecord.objects.filter(job_id=chunk.job_id, row_number__range=rows)
    return Batch(list_outcomes(records.order_by("row_number")), chunk.job_id, chunk.number)


def list_outcomes(records: QuerySet[ImportRecord]) -> list[Outcome]:
    """Return the present status of each record, in their order."""
    return [
        Outcome(
            row=record.row_number,
            status=Status(record.status),
            reason=record.reason,
            subject_id=record.subject_id,
            user_id=record.user_id,
            problems=record.problems,
            changes=[(field, old, new) for field, old, new in record.changes],
        )
        for record in records.defer("source", "before")
    ]
