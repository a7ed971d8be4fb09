"""Replace distinct values of a field, each by another one or by none."""

from __future__ import annotations

from collections.abc import Iterator

from imports.core.corrections.contract import Asks, Change, CorrectionKind, Failure
from imports.core.corrections.fields import add_transform, find_target
from imports.core.mapping import Mapping
from imports.core.records.targets import get_label
from imports.core.transforms.families.words import Lookup


def _propose(failure: Failure) -> Iterator[Change]:
    target = find_target(failure.problem.field)
    # Groups and roles have corrections of their own, which know what exists.
    if not target.startswith("memberships."):
        yield Change(KIND.name, target)


def _change(mapping: Mapping, change: Change) -> Mapping:
    return add_transform(mapping, change.target, first=Lookup(table={change.key: change.value}))


def _describe(change: Change) -> str:
    label = get_label(change.target)
    if not change.value:
        return f"{label}: “{change.key}” is dropped"
    return f"{label}: “{change.key}” becomes “{change.value}”"


KIND = CorrectionKind(
    name="replace",
    order=90,
    asks=Asks.VALUES,
    heading="Values in “{label}”",
    button="Replace and retry",
    applies=lambda problem: bool(find_target(problem.field)),
    propose=_propose,
    describe=_describe,
    change_mapping=_change,
)
