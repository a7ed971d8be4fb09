"""Find the target field that a problem is about, and add a transform to what goes to it."""

from __future__ import annotations

from imports.core.decisions import KINDS as DECISIONS
from imports.core.mapping import Mapping, Rule
from imports.core.problems import Problem
from imports.core.providers import get_provider
from imports.core.records.targets import is_target
from imports.core.transforms import Transform


def find_target(field: str) -> str:
    """Return the target field that a problem's field is, or lies in; empty if none."""
    path = field.partition("[")[0]
    while path and not is_target(path):
        path = path.rpartition(".")[0]
    return path


def is_open(problem: Problem) -> bool:
    """Return whether a problem waits for a decision, which to change the value could hide."""
    return problem.code in DECISIONS


def add_transform(
    mapping: Mapping,
    target: str,
    *,
    first: Transform | None = None,
    last: Transform | None = None,
) -> Mapping:
    """Return the mapping with one more transform of what goes to a field.

    Before all others, it meets the value as the file has it; after them, as the field would.
    """
    rules = list(mapping.rules)
    if all(rule.target != target for rule in rules) and get_provider(mapping.provider).is_record:
        rules.append(Rule(source=target, target=target))
    before, after = ([first] if first else []), ([last] if last else [])
    corrected = [
        rule.model_copy(update={"transforms": [*before, *rule.transforms, *after]})
        if rule.target == target
        else rule
        for rule in rules
    ]
    return mapping.model_copy(update={"rules": corrected})
