"""Set one value in all records that lack a required one."""

from __future__ import annotations

from imports.core.corrections.contract import Asks, Change, CorrectionKind
from imports.core.corrections.fields import add_transform, find_target
from imports.core.mapping import Mapping
from imports.core.mapping.rules import PERSONAL_TARGETS, SECRET_CONSTANTS
from imports.core.problems import Problem
from imports.core.problems.of_values import MISSING_REQUIRED
from imports.core.readers import ReaderOptions
from imports.core.records.targets import get_label
from imports.core.transforms.families.words import Default


def _applies(problem: Problem) -> bool:
    target = find_target(problem.field)
    can_be_shared = bool(target) and target not in PERSONAL_TARGETS | SECRET_CONSTANTS
    return problem.kind is MISSING_REQUIRED and can_be_shared


def _make(problem: Problem, options: ReaderOptions) -> Change:
    return Change(KIND.name, find_target(problem.field))


def _change(mapping: Mapping, change: Change) -> Mapping:
    return add_transform(mapping, change.target, last=Default(value=change.value))


KIND = CorrectionKind(
    name="default",
    order=70,
    asks=Asks.TEXT,
    heading="Default value",
    label="{label}, where it is empty",
    button="Set",
    applies=_applies,
    make=_make,
    describe=lambda change: f"{get_label(change.target)}: “{change.value}” where it is empty",
    change_mapping=_change,
)
