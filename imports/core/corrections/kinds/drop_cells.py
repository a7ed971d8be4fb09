"""Drop all cells beyond the last column, with what they hold."""

from __future__ import annotations

from collections.abc import Iterator

from imports.core.corrections.contract import Change, CorrectionKind, Failure
from imports.core.corrections.extra_cells import cut_surplus, has_surplus_text
from imports.core.problems.of_rows import ROW_TOO_MANY_CELLS


def _propose(failure: Failure) -> Iterator[Change]:
    if any(map(has_surplus_text, failure.rows)):
        yield Change(KIND.name)


KIND = CorrectionKind(
    name="drop_cells",
    order=51,
    button="Drop extra cells",
    warning="What they hold is lost. If a value contains the delimiter without being quoted, as is"
    " likely, all values after it stay in the wrong column: join the value instead.",
    is_lossy=True,
    applies=lambda problem: problem.kind is ROW_TOO_MANY_CELLS,
    propose=_propose,
    describe=lambda change: "All cells beyond the last column are dropped, whatever they hold",
    change_row=lambda row, change: cut_surplus(row, with_text=True),
)
