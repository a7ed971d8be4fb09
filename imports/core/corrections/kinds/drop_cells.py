"""Drop all cells beyond the last column, with what they hold."""

from __future__ import annotations

from imports.core.corrections.contract import Change, CorrectionKind
from imports.core.corrections.extra_cells import cut_surplus, has_surplus_text
from imports.core.problems import Problem
from imports.core.problems.of_rows import ROW_TOO_MANY_CELLS
from imports.core.readers import ReaderOptions


def _make(problem: Problem, options: ReaderOptions) -> Change:
    return Change(KIND.name)


KIND = CorrectionKind(
    name="drop_cells",
    order=51,
    button="Drop extra cells",
    warning="What they hold is lost. If a value contains the delimiter without being quoted, as is"
    " likely, all values after it stay in the wrong column: join the value instead.",
    is_lossy=True,
    applies=lambda problem: problem.kind is ROW_TOO_MANY_CELLS,
    make=_make,
    # Blank ones are dropped without loss.
    fits=lambda failure: not failure.rows or any(map(has_surplus_text, failure.rows)),
    describe=lambda change: "All cells beyond the last column are dropped, whatever they hold",
    name_loss=lambda change: "Cells beyond the last column",
    change_row=lambda row, change: cut_surplus(row, with_text=True),
)
