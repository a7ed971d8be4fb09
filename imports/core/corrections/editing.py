"""Change single values of a source row, given as the text of a form or a spreadsheet's cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from imports.core.inspection.inspection import flatten, is_taken_apart, write_value
from imports.core.readers import RawRow


def is_shifted(row: RawRow) -> bool:
    """Return whether the row's values cannot be told apart by their columns."""
    return row.values is None or any(each.kind.hides_columns for each in row.problems)


def list_texts(row: RawRow) -> dict[str, str]:
    """Return a row's values as text, by column or path; lists and the like are JSON."""
    return {path: write_value(value) for path, value in flatten(row.values or {})}


def edit_values(
    values: Mapping[str, Any], texts: Mapping[str, str], *, is_table: bool
) -> dict[str, Any]:
    """Return a copy of a row's values with those that the texts give, by column or path.

    What was no text before is read as JSON if it can be. A path that the row does not have is
    added to it, in a table as a column and else as a nested object.
    """
    left = dict(texts)
    edited = _edit(values, left, "")
    for path, text in left.items():
        if text or is_table:
            *parents, leaf = [path] if is_table or path.startswith("(") else path.split(".")
            _find_node(edited, parents)[leaf] = text
    return edited


def _edit(values: Mapping[str, Any], left: dict[str, str], prefix: str) -> dict[str, Any]:
    edited: dict[str, Any] = {}
    for key, value in values.items():
        path = f"{prefix}{key}"
        if is_taken_apart(path, value):
            edited[key] = _edit(value, left, f"{path}.")
        else:
            edited[key] = _read_text(left.pop(path), value) if path in left else value
    return edited


def _read_text(text: str, old: Any) -> Any:
    if isinstance(old, str):
        return text
    if text == write_value(old):
        return old
    if not text:
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _find_node(values: dict[str, Any], parents: list[str]) -> dict[str, Any]:
    for step in parents:
        child = values.get(step)
        values[step] = values = child if isinstance(child, dict) else {}
    return values
