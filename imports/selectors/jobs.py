"""How far jobs are, and how many of their records have which status."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import Q, Sum
from django.utils import timezone

from imports.core.problems import Problem
from imports.engine.grants import list_people
from imports.engine.queries import fetch_rows
from imports.models import (
    Disabling,
    DisablingState,
    ImportJob,
    Status,
    Undo,
    UndoState,
    UndoSurvey,
)
from imports.services.runs.phases import READING
from imports.services.runs.worker import read_staging
from imports.states import BUSY, ChunkState, JobPhase, JobState

Unit = Literal["bytes", "rows", "users"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: `done` of `total` in the unit of its present phase: rows, bytes or users.

    `rate` is in units per second; `remaining` is None while nothing is known yet.
    """

    phase: str
    unit: Unit
    done: int
    total: int
    rate: float
    remaining: timedelta | None

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0


def is_continuous(job: ImportJob) -> bool:
    """Return whether the job is that of a legacy directory or connection, which has no file."""
    return not job.file_sha256


def find_refusal(job: ImportJob) -> Problem | None:
    """Return what is wrong with the file of a job that its reading stopped; else None."""
    if job.state != JobState.ERRORED:
        return None
    last = job.events.filter(action="stop with an error").last()
    refusal = last.detail.get("refusal") if last else None
    return Problem.from_json(refusal) if refusal else None


def list_grantors(job: ImportJob) -> list[str]:
    """Return the names of those whose permissions bound what the job grants."""
    return sorted(map(str, list_people(job)))


def get_totals(job: ImportJob) -> dict[str, int]:
    """Return the number of records by status, `pending` for those without one, and `total`.

    Added up over chunks, not records, so that it costs the same for any size. A record that was
    retried is counted with its latest status.
    """
    totals: Counter[str] = Counter()
    if job.started_at is not None:
        unwritten = job.phase in {*READING, JobPhase.CORRECTING, JobPhase.COMPARING}
        # A retry replaces earlier statuses.
        sums = ", ".join(
            f"COALESCE(sum((counts ->> '{status}')::int), 0)"
            f" - COALESCE(sum((counts -> 'replaced' ->> '{status}')::int), 0)"
            for status in Status.values
        )
        [counts] = fetch_rows(
            f"SELECT {sums} FROM imports_importchunk"  # noqa: S608
            " WHERE job_id = %s AND state = %s AND attempt <> %s",
            [job.pk, ChunkState.DONE.value, job.attempt if unwritten else 0],
        )
        totals.update(dict(zip(Status.values, counts, strict=True)))
    found = {status.value: totals[status.value] for status in Status}
    total = sum(found.values()) if is_continuous(job) else job.total_rows or 0
    return {**found, "pending": total - sum(found.values()), "total": total}


def count_attempt(job: ImportJob) -> dict[str, int]:
    """Return how many records the job's present attempt has written, by status."""
    counted: Counter[str] = Counter()
    written = job.chunks.filter(attempt=job.attempt, state=ChunkState.DONE)
    for counts in written.values_list("counts", flat=True):
        counted.update({each: counts.get(each, 0) for each in Status.values})
    return dict(counted)


def get_progress(job: ImportJob) -> Progress | None:
    """Return how far a busy or paused job is in its present phase, its undo or its disabling.

    None for any other job.
    """
    if job.state == JobState.UNDOING:
        undo = job.undos.filter(state=UndoState.RUNNING).first()
        return measure_undoing(undo, "undoing the import") if undo else None
    if job.state == JobState.DISABLING:
        disabling = job.disablings.filter(state=DisablingState.RUNNING).first()
        return _measure_disabling(disabling) if disabling else None
    if job.phase == JobPhase.NONE or job.state not in {*BUSY, JobState.PAUSED}:
        return None
    started = job.phase_started_at or timezone.now()
    unit: Unit
    if job.phase == JobPhase.STAGING:
        unit, done, total = "bytes", read_staging(job.pk), job.file_size
        recent = done
    else:
        unit, is_done = "rows", Q(state=ChunkState.DONE)
        found = job.chunks.filter(attempt=job.attempt).aggregate(
            done=Sum("rows", filter=is_done, default=0),
            recent=Sum("rows", filter=is_done & Q(finished_at__gte=started), default=0),
            total=Sum("rows", default=0),
        )
        done, recent, total = found["done"], found["recent"], found["total"]
    since = started if job.state in BUSY else None
    return _measure(JobPhase(job.phase).label, unit, done, total, recent, since)


def measure_undoing(work: Undo | UndoSurvey, label: str) -> Progress:
    """Return how far an undo is, or the counting before one."""
    return _measure(label, "rows", work.done, work.total or 0, work.done, work.started_at)


def _measure_disabling(work: Disabling) -> Progress:
    total, done = work.total, work.done
    return _measure("disabling users", "users", done, total, done, work.started_at)


def _measure(
    label: str, unit: Unit, done: int, total: int, recent: int, since: datetime | None
) -> Progress:
    """Return the progress of a phase of which `recent` was done since a time; None is a pause."""
    elapsed = (timezone.now() - since).total_seconds() if since else 0.0
    rate = recent / elapsed if elapsed > 0 else 0.0
    remaining = timedelta(seconds=round((total - done) / rate)) if rate else None
    return Progress(label, unit, done, total, rate, remaining)
