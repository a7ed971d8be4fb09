"""Set one value in all records that lack a required one."""

from __future__ import annotations

from collections.abc import Iterator

from imports.core.corrections.contract import Asks, Change, CorrectionKind, Failure
from imports.core.corrections.fields import add_transform, find_target
from imports.core.mapping import Mapping
from imports.core.mapping.rules import PERSONAL_TARGETS, SECRET_CONSTANTS
from imports.core.problems import Problem
from imports.core.problems.of_values import MISSING_REQUIRED
from imports.core.records.targets import get_label
from imports.core.transforms.families.words import Default


def _applies(problem: Problem) -> bool:
    target = find_target(problem.field)
    can_be_shared = bool(target) and target not in PERSONAL_TARGETS | SECRET_CONSTANTS
    return problem.kind is MISSING_REQUIRED and can_be_shared


def _propose(failure: Failure) -> Iterator[Change]:
    yield Change(KIND.name, find_target(failure.problem.field))


def _change(mapping: Mapping, change: Change) -> Mapping:
    return add_transform(mapping, change.target, last=Default(value=change.value))


KIND = CorrectionKind(
    name="default",
    order=70,
    asks=Asks.TEXT,
    heading="Default value",
    label="{label}, where it is empty",
    button="Set and retry",
    applies=_applies,
    propose=_propose,
    describe=lambda change: f"{get_label(change.target)}: “{change.value}” where it is empty",
    change_mapping=_change,
)
