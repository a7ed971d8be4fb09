"""Replace distinct values of a field, each by another one or by none."""

from __future__ import annotations

from imports.core.corrections.contract import Asks, Change, CorrectionKind
from imports.core.corrections.fields import add_transform, find_target
from imports.core.mapping import Mapping
from imports.core.problems import Problem
from imports.core.readers import ReaderOptions
from imports.core.records.targets import get_label
from imports.core.transforms.families.words import Lookup


def _applies(problem: Problem) -> bool:
    target = find_target(problem.field)
    # Groups and roles have corrections of their own, which know what exists.
    return bool(target) and not target.startswith("memberships.")


def _make(problem: Problem, options: ReaderOptions) -> Change:
    return Change(KIND.name, find_target(problem.field))


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
    button="Replace",
    applies=_applies,
    make=_make,
    describe=_describe,
    change_mapping=_change,
    name_loss=lambda change: "" if change.value else f"{get_label(change.target)} “{change.key}”",
)
