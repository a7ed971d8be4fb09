"""Make the decision for want of which records failed."""

from __future__ import annotations

from collections.abc import Iterable

from imports.core.corrections.contract import Asks, Change, CorrectionKind, Failure
from imports.core.corrections.fields import is_open
from imports.core.decisions import KINDS, add_choices, name_value, split_key, write_key
from imports.core.mapping import Mapping
from imports.core.problems import Problem
from imports.core.readers import ReaderOptions


def _make(problem: Problem, options: ReaderOptions) -> Change:
    key = write_key(problem.code, problem.column)
    return Change(KIND.name, key, str(problem.params.get("value", "")))


def _list_choices(failure: Failure) -> Iterable[str]:
    """Return the choices that fit the value; what is proposed comes first.

    What comparing rows has found, none of them shows.
    """
    problem = failure.problem
    kind, value = KINDS[problem.code], str(problem.params.get("value", ""))
    if kind.compares_rows or not failure.rows:
        return kind.choice_ids
    concerns = (
        decided.concern
        for row in failure.mapped
        for decided in row.decided
        if decided.code == problem.code
        and (decided.concern.column, decided.concern.value) == (problem.column, value)
    )
    concern = next(concerns, None)
    if concern is None:
        return ()
    return sorted(concern.choices, key=lambda each: each != concern.proposal)


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
    button="Decide",
    applies=is_open,
    make=_make,
    list_choices=_list_choices,
    name_choice=_name_choice,
    selects_first=True,
    is_found_by_testing=lambda problem: KINDS[problem.code].is_found_by_testing,
    describe=_describe,
    change_mapping=_change,
    is_for_all=True,
)
