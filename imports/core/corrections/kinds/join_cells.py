"""Join a value that was split at delimiters that it contains itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from imports.core.corrections.contract import Asks, Change, CorrectionKind, Failure
from imports.core.corrections.extra_cells import has_surplus_text, join_surplus, list_columns
from imports.core.mapping import MappedRow
from imports.core.problems import Problem
from imports.core.problems.of_rows import ROW_TOO_MANY_CELLS
from imports.core.readers import ReaderOptions
from imports.core.readers.rows import DELIMITERS

# Columns that are tried as those whose value was split.
MAX_COLUMNS = 60


def _make(problem: Problem, options: ReaderOptions) -> Change:
    return Change(KIND.name, key=options.delimiter)


def _list_choices(failure: Failure) -> Iterable[str]:
    """Return the columns whose value may have been split."""
    if failure.options.syntax != "csv":
        return ()
    if not failure.rows:
        return failure.columns
    row = next(filter(has_surplus_text, failure.rows), None)
    return list_columns(row)[:MAX_COLUMNS] if row is not None else ()


def _rate(mapped: Sequence[MappedRow]) -> int:
    return sum(1 for row in mapped if row.record is not None)


def _name_choice(change: Change, helped: int) -> str:
    return f"{change.value} (makes {helped} record{'' if helped == 1 else 's'} whole)"


def _describe(change: Change) -> str:
    delimiter = DELIMITERS.get(change.key, change.key)
    return f"Column {change.value}: a value that was split at a {delimiter} is joined"


KIND = CorrectionKind(
    name="join_cells",
    order=52,
    asks=Asks.CHOICE,
    heading="Split value",
    text="A value that contains the delimiter without being quoted, such as “Smith, Ann”, fills two"
    " cells, and every value after it stands one column too far to the right. Joining it loses"
    " nothing.",
    label="Column of the split value",
    help="Listed are the columns with which the first rows make records. If there are several, look"
    " at a row in the file.",
    button="Join",
    applies=lambda problem: problem.kind is ROW_TOO_MANY_CELLS,
    make=_make,
    list_choices=_list_choices,
    rate=_rate,
    name_choice=_name_choice,
    describe=_describe,
    change_row=lambda row, change: join_surplus(row, change.value, change.key),
)
