"""Correct a row with more cells than its header has columns, without guessing what they are."""

from __future__ import annotations

from dataclasses import replace

from imports.core.problems.of_rows import ROW_TOO_MANY_CELLS
from imports.core.readers import RawRow


def count_surplus(row: RawRow) -> int:
    """Return how many cells a row has beyond its columns; 0 where that cannot be told."""
    found = [each.params for each in row.problems if each.kind is ROW_TOO_MANY_CELLS]
    if row.values is None or not found or len(row.values) != found[0]["cells"]:
        return 0
    return int(found[0]["cells"] - found[0]["columns"])


def has_surplus_text(row: RawRow) -> bool:
    """Return whether any of the cells beyond the columns holds more than white space."""
    surplus = count_surplus(row)
    return bool(surplus) and any(str(cell).strip() for cell in list_cells(row)[-surplus:])


def cut_surplus(row: RawRow, *, with_text: bool) -> RawRow:
    """Return the row without the cells beyond its columns, unless text among them is to stay."""
    surplus = count_surplus(row)
    if not surplus or (has_surplus_text(row) and not with_text):
        return row
    return _rebuild(row, list_cells(row)[:-surplus])


def join_surplus(row: RawRow, column: str, delimiter: str) -> RawRow:
    """Return the row with one value whole again that was cut at delimiters it holds itself.

    The cells after it move back under their columns. No text is added or lost. Empty cells too many
    are no sign that anything was cut, so a row with only such stays as it is.
    """
    surplus, cells, columns = count_surplus(row), list_cells(row), list_columns(row)
    if not has_surplus_text(row) or column not in columns:
        return row
    start = columns.index(column)
    end = start + surplus + 1
    return _rebuild(row, [*cells[:start], delimiter.join(cells[start:end]), *cells[end:]])


def list_columns(row: RawRow) -> list[str]:
    """Return the columns that the header has."""
    names = list(row.values or {})
    return names[: len(names) - count_surplus(row)]


def list_cells(row: RawRow) -> list[str]:
    return list((row.values or {}).values())


def _rebuild(row: RawRow, cells: list[str]) -> RawRow:
    """Return the row with as many cells as columns, and so without the problem."""
    values = dict(zip(row.values or {}, cells, strict=False))
    problems = tuple(each for each in row.problems if each.kind is not ROW_TOO_MANY_CELLS)
    return replace(row, values=values, problems=problems)
