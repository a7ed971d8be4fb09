"""The first records of an error group, on which corrections are tried without writing anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from accounts.models import User
from imports.core.corrections import Change, Failure
from imports.core.corrections.contract import TRIED
from imports.core.errors import ImporterError
from imports.core.inspection.inspection import Inspection
from imports.core.mapping import MappedRow
from imports.core.planning.plans import Action, Plan
from imports.core.problems import Problem, digest_error_group
from imports.core.readers import RawRow, ReaderOptions
from imports.engine.chunks import plan_rows
from imports.engine.context import JobContext, load_context
from imports.engine.corrections.correcting import correct_rows
from imports.engine.corrections.sampling import read_staged_rows
from imports.engine.duplicates import list_still_repeated
from imports.engine.files.staging import list_retryable
from imports.models import ImportChunk, ImportJob
from imports.record_filters import RecordFilter
from imports.services.corrections.corrections import make_corrections
from imports.services.corrections.edits import read_row

# Of which the values are shown that can be replaced.
VALUE_SAMPLE = 200


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """What failing records have in common, how many they are, and the first of them.

    Before the run, `rows` are the first that the dry run has found.
    """

    digest: str
    problem: Problem
    count: int
    first_row: int
    rows: tuple[int, ...] = ()


class Sample:
    """The first records of an error group, with what holds for them by now.

    Before the run, those of them that need nothing more are only counted, as `settled`.
    """

    def __init__(self, job: ImportJob, group: ErrorGroup, actor: User) -> None:
        self.job = job
        self.problem = group.problem
        self.actor = actor
        self.context = load_context(job, actor=actor)
        self._chunk = ImportChunk(job=job, attempt=job.attempt + 1)
        self.settled = 0
        self.rows = _read_failed(job, group) if job.has_begun else self._read_foreseen(group)
        self.first = self.rows[:TRIED]
        inspection = Inspection.from_json(job.inspection)
        self.failure = Failure(
            group.problem,
            ReaderOptions.from_json(job.reader_options),
            self.first,
            [self.context.map_row(row) for row in self.first],
            [column.name for column in inspection.columns],
        )

    def map_changed(self, change: Change, count: int) -> tuple[list[MappedRow], JobContext]:
        """Return the first rows as they would be with a change, and the context that has it."""
        added = make_corrections(self.job, [change], self.problem)
        numbers = tuple(each.number for each in added)
        context = replace(
            self.context, corrections=[*self.context.corrections, *added], _corrected={}
        )
        changed = [
            replace(row, corrections=(*row.corrections, *numbers)) for row in self.first[:count]
        ]
        return [context.map_row(row) for row in changed], context

    def plan_changed(self, rows: Sequence[MappedRow], context: JobContext) -> list[Plan]:
        """Return what would be done with rows that a change was made to.

        Whether they then repeat another row than before, only a dry run finds out.
        """
        chunk = ImportChunk(job=self.job, attempt=self._chunk.attempt)
        chunk.duplicates = list_still_repeated(self._chunk, rows, context)
        return plan_rows(rows, chunk, context, lock=False)

    def plan_unchanged(self) -> list[Plan]:
        """Return what would be done with the first rows as they are."""
        return plan_rows(self.failure.mapped, self._chunk, self.context, lock=False)

    def _read_foreseen(self, group: ErrorGroup) -> list[RawRow]:
        rows, self._chunk = read_staged_rows(self.job, group.rows[:VALUE_SAMPLE])
        corrected = correct_rows(rows, self._chunk, self.context)
        left = [
            row
            for row, plan in zip(corrected.rows, corrected.plans, strict=True)
            if plan.action is Action.FAIL and digest_error_group(plan.decisive).hex == group.digest
        ]
        self.settled = len(rows) - len(left)
        return left


def _read_failed(job: ImportJob, group: ErrorGroup) -> list[RawRow]:
    found = list_retryable(job.pk, RecordFilter(error_group=group.digest))
    rows = []
    for record in islice(found.defer("before"), VALUE_SAMPLE):
        try:
            rows.append(read_row(record))
        except ImporterError:
            continue
    return rows
