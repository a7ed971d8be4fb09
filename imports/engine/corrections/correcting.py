"""Find the records that corrections chosen before the run are for, and correct them.

A record that fails for the problem of an error group with a correction is mapped with it and
planned again, until it fails no more or nothing is left to try. The result is kept by row, so
that the dry run and the run map it the same way. The duplicates of the file depend on it, and it on
them: the job searches for them again as long as any record was corrected.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from imports.core.mapping import MappedRow
from imports.core.planning.plans import Action, Plan
from imports.core.readers import RawRow
from imports.core.readers.rows import decode_row
from imports.engine.chunks import plan_rows
from imports.engine.context import JobContext
from imports.engine.files.corrected_rows import keep_corrected
from imports.engine.joining import gather_rows, mark_joined
from imports.models import ImportChunk


@dataclass(frozen=True, slots=True)
class Corrected:
    """Rows with all corrections that were tried on them, and what each makes of itself now."""

    rows: list[RawRow]
    mapped: list[MappedRow]
    plans: list[Plan]


def correct_chunk(chunk: ImportChunk, context: JobContext) -> None:
    """Keep the corrections of the chunk's rows, and count those that have new ones."""
    encoded, firsts = gather_rows(chunk)
    # A row that makes workers crash is not looked at.
    rows = [] if chunk.is_poison else list(map(decode_row, encoded))
    corrected = correct_rows(rows, chunk, context, firsts)
    changed = [
        after
        for before, after in zip(rows, corrected.rows, strict=True)
        if after.corrections != before.corrections
    ]
    keep_corrected(chunk.job_id, changed)
    chunk.counts = {"corrected": len(changed)}


def correct_rows(
    rows: Sequence[RawRow],
    chunk: ImportChunk,
    context: JobContext,
    firsts: Mapping[int, int] | None = None,
) -> Corrected:
    """Return the rows with what was chosen for the error groups that they fail in. Writes nothing.

    `firsts` are the rows with which others are joined, by these.
    """
    corrected = list(rows)
    while True:
        mapped = list(mark_joined(map(context.map_row, corrected), firsts or {}))
        plans = plan_rows(mapped, chunk, context, lock=False)
        found = {
            place: numbers
            for place, (row, plan) in enumerate(zip(corrected, plans, strict=True))
            if (numbers := _find_next(row, plan, context))
        }
        if not found:
            return Corrected(corrected, mapped, plans)
        for place, numbers in found.items():
            row = corrected[place]
            corrected[place] = replace(row, corrections=(*row.corrections, *numbers))
        chunk = _search_later(chunk, [corrected[place] for place in found])


def _find_next(row: RawRow, plan: Plan, context: JobContext) -> tuple[int, ...]:
    if plan.action is not Action.FAIL:
        return ()
    return context.run_corrections.find_next(plan.decisive, row.corrections)


def _search_later(chunk: ImportChunk, rows: Sequence[RawRow]) -> ImportChunk:
    """Return the chunk without what rows repeat: corrected, they may repeat something else."""
    found = {str(row.row_number) for row in rows}
    searched = copy.copy(chunk)
    searched.duplicates = {
        row: duplicate for row, duplicate in chunk.duplicates.items() if row not in found
    }
    return searched
