"""Drop the cells beyond the last column where they are empty."""

from __future__ import annotations

from imports.core.corrections.contract import Change, CorrectionKind
from imports.core.corrections.extra_cells import cut_surplus
from imports.core.problems import Problem
from imports.core.problems.of_rows import ROW_TOO_MANY_CELLS
from imports.core.readers import ReaderOptions


def _make(problem: Problem, options: ReaderOptions) -> Change:
    return Change(KIND.name)


KIND = CorrectionKind(
    name="drop_blank_cells",
    order=50,
    button="Drop empty cells",
    warning="Look at one of the rows in the file first: if one of its values contains the delimiter"
    " without being quoted, all values after it stay in the wrong column.",
    applies=lambda problem: problem.kind is ROW_TOO_MANY_CELLS,
    make=_make,
    describe=lambda change: "Empty cells beyond the last column are dropped",
    change_row=lambda row, change: cut_surplus(row, with_text=False),
)
