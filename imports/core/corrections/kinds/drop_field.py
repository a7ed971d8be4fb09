"""Import records without the value that they fail for, or without the part that it belongs to."""

from __future__ import annotations

from typing import Any

from imports.core.corrections.contract import Change, CorrectionKind
from imports.core.corrections.fields import find_target, is_open
from imports.core.mapping import Mapping
from imports.core.problems import Problem
from imports.core.problems.of_values import ATTRIBUTE_UNKNOWN, UNKNOWN_FIELD
from imports.core.providers import get_provider
from imports.core.readers import ReaderOptions
from imports.core.records.targets import get_label

# Parts of the record that are nothing without one of their fields.
WHOLE_PARTS = ("authenticators.password", "authenticators.totp")


def _find_droppable(problem: Problem) -> str:
    """Return what can be dropped from the record so that it does not have the problem any more."""
    if is_open(problem):
        return ""
    if problem.kind in (UNKNOWN_FIELD, ATTRIBUTE_UNKNOWN):
        return problem.field
    part = next((part for part in WHOLE_PARTS if problem.field.startswith(part)), "")
    target = part or find_target(problem.field)
    # Single groups and roles can be dropped; all of them would be too many.
    return "" if target == "subject_id" or target.startswith("memberships.") else target


def _make(problem: Problem, options: ReaderOptions) -> Change:
    return Change(KIND.name, _find_droppable(problem))


def drop_field(mapping: Mapping, target: str) -> Mapping:
    """Return the mapping without the field, or without all fields of a part of the record."""

    def is_kept(path: str) -> bool:
        return path != target and not path.startswith(f"{target}.")

    changes: dict[str, Any] = {
        "rules": [rule for rule in mapping.rules if is_kept(rule.target)],
        "constants": {path: value for path, value in mapping.constants.items() if is_kept(path)},
    }
    if get_provider(mapping.provider).is_record:
        changes["ignored"] = [*mapping.ignored, target]
    return mapping.model_copy(update=changes)


KIND = CorrectionKind(
    name="drop_field",
    order=40,
    button="Import without “{label}”",
    applies=lambda problem: bool(_find_droppable(problem)),
    make=_make,
    describe=lambda change: f"{get_label(change.target)} is not imported",
    change_mapping=lambda mapping, change: drop_field(mapping, change.target),
    name_loss=lambda change: get_label(change.target),
)
