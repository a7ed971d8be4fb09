"""Make the decision for want of which records failed."""

from __future__ import annotations

from collections.abc import Iterator

from imports.core.corrections.contract import Asks, Change, CorrectionKind, Failure
from imports.core.corrections.fields import is_open
from imports.core.decisions import KINDS, Concern, add_choices, name_value, split_key, write_key
from imports.core.mapping import Mapping


def _propose(failure: Failure) -> Iterator[Change]:
    """Yield the choices that fit the value; what is proposed comes first.

    What comparing rows has found, none of them shows.
    """
    problem = failure.problem
    value = str(problem.params.get("value", ""))
    concerns = [
        decided.concern
        for row in failure.mapped
        for decided in row.decided
        if decided.code == problem.code
        and (decided.concern.column, decided.concern.value) == (problem.column, value)
    ]
    key = write_key(problem.code, problem.column)
    if (kind := KINDS[problem.code]).compares_rows:
        concerns = [Concern(problem.column, value, problem.field, kind.choice_ids)]
    for concern in concerns[:1]:
        for choice in sorted(concern.choices, key=lambda each: each != concern.proposal):
            yield Change(KIND.name, key, value, choice)


def _change(mapping: Mapping, change: Change) -> Mapping:
    answers = add_choices(mapping.answers, change.target, {change.key: change.value})
    return mapping.model_copy(update={"answers": answers})


def _name_choice(change: Change, helped: int) -> str:
    code, _ = split_key(change.target)
    return KINDS[code].find_label(change.value)


def _describe(change: Change) -> str:
    _, column = split_key(change.target)
    return f"{column}, {name_value(change.key)}: {_name_choice(change, 0)}"


KIND = CorrectionKind(
    name="answer",
    order=10,
    asks=Asks.CHOICE,
    heading="Action required",
    label="What to do with these records",
    button="Decide and retry",
    applies=is_open,
    propose=_propose,
    name_choice=_name_choice,
    selects_first=True,
    is_found_by_testing=lambda problem: KINDS[problem.code].is_found_by_testing,
    describe=_describe,
    change_mapping=_change,
)
