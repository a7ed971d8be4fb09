"""Join a value that was split at delimiters that it contains itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imports.core.corrections.contract import Asks, Change, CorrectionKind, Failure
from imports.core.corrections.extra_cells import has_surplus_text, join_surplus, list_columns
from imports.core.mapping import MappedRow
from imports.core.problems.of_rows import ROW_TOO_MANY_CELLS
from imports.core.readers.rows import DELIMITERS

# Columns that are tried as those whose value was split.
MAX_COLUMNS = 60


def _propose(failure: Failure) -> Iterator[Change]:
    """Yield the columns whose value may be the one; `key` is the delimiter."""
    if failure.options.syntax != "csv":
        return
    row = next(filter(has_surplus_text, failure.rows), None)
    for column in (list_columns(row) if row is not None else [])[:MAX_COLUMNS]:
        yield Change(KIND.name, key=failure.options.delimiter, value=column)


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
    button="Join and retry",
    applies=lambda problem: problem.kind is ROW_TOO_MANY_CELLS,
    propose=_propose,
    rate=_rate,
    name_choice=_name_choice,
    describe=_describe,
    change_row=lambda row, change: join_surplus(row, change.value, change.key),
)
