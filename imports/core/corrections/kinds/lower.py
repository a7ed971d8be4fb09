"""Convert the values of a field to lowercase."""

from __future__ import annotations

from imports.core.corrections.contract import Change, CorrectionKind
from imports.core.corrections.fields import add_transform, find_target, is_open
from imports.core.mapping import Mapping
from imports.core.problems import Problem
from imports.core.readers import ReaderOptions
from imports.core.records.targets import get_label
from imports.core.transforms.families.text import Lower


def _applies(problem: Problem) -> bool:
    return bool(find_target(problem.field)) and not is_open(problem)


def _make(problem: Problem, options: ReaderOptions) -> Change:
    return Change(KIND.name, find_target(problem.field))


def _change(mapping: Mapping, change: Change) -> Mapping:
    return add_transform(mapping, change.target, first=Lower())


KIND = CorrectionKind(
    name="lower",
    order=31,
    button="Convert to lowercase",
    applies=_applies,
    make=_make,
    describe=lambda change: f"{get_label(change.target)}: converted to lowercase",
    change_mapping=_change,
)
