"""Make one row of adjacent rows that belong together, as where a table has one for each role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from imports.core.readers.rows import RawRow

FURTHER_ROWS = "(further rows)"
# More than any user has; rows beyond begin a record of their own.
MERGED_LIMIT = 1000


def merge_adjacent(rows: Iterator[RawRow], column: str) -> Iterator[RawRow]:
    """Yield the first of each run of sound rows with the same value in the column.

    It has the values of the others under FURTHER_ROWS. Records are renumbered.
    """
    first: RawRow | None = None
    others: list[dict[str, Any]] = []
    number = 0
    for row in rows:
        if first is not None and belongs(row, first, column) and len(others) < MERGED_LIMIT:
            others.append(row.values or {})
            continue
        if first is not None:
            yield join(first, others, number := number + 1)
        first, others = row, []
    if first is not None:
        yield join(first, others, number + 1)


def belongs(row: RawRow, first: RawRow, column: str) -> bool:
    if row.values is None or first.values is None or row.problems or first.problems:
        return False
    value = row.values.get(column)
    return value not in (None, "") and value == first.values.get(column)


def join(first: RawRow, others: list[dict[str, Any]], number: int) -> RawRow:
    if not others or first.values is None:
        return replace(first, row_number=number)
    return replace(first, row_number=number, values={**first.values, FURTHER_ROWS: others})
