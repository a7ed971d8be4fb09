"""Show what changes in an existing user, field by field: the same on every page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from imports.core.inspection.inspection import write_value
from imports.core.records.targets import get_label
from imports.core.secrecy import show


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One field of an existing user that a record changes, or would change."""

    label: str
    old: str
    new: str


def show_changes(changes: Iterable[tuple[str, Any, Any]]) -> list[ShownChange]:
    """Return what is shown of changes, each a field with its old and new value."""
    return [
        ShownChange(get_label(field), show(field, write_value(old)), show(field, write_value(new)))
        for field, old, new in changes
    ]
