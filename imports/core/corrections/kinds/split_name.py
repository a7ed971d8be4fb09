"""Take a first or last name that records lack out of a column with their full name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from imports.core.corrections.contract import Asks, Change, CorrectionKind, Failure
from imports.core.corrections.editing import list_texts
from imports.core.corrections.fields import find_target
from imports.core.mapping import MappedRow, Mapping, Rule
from imports.core.mapping.names import NAMES
from imports.core.problems import Problem
from imports.core.problems.of_values import MISSING_REQUIRED
from imports.core.readers import ReaderOptions
from imports.core.records.targets import get_label
from imports.core.transforms.families.patterns import Regex
from imports.core.values.names import fold_name

# By what a choice begins with: what it is called, and the pattern of the whole name.
PARTS = {
    "first word": r"\s*([^\s,]+)\s[^,]*",
    "words before the last": r"\s*([^,]*\S)\s+[^\s,]+\s*",
    "words after the comma": r"[^,]*,\s*(.*\S)\s*",
    "last word": r"[^,]*\s([^\s,]+)\s*",
    "words after the first": r"\s*[^\s,]+\s+([^,]*\S)\s*",
    "words before the comma": r"\s*([^,]*[^\s,])\s*,.*",
}
GIVEN, FAMILY = tuple(PARTS)[:3], tuple(PARTS)[3:]
PARTS_OF = {"profile.given_name": GIVEN, "profile.family_name": FAMILY}
SEPARATOR = " of "
FULL_NAME = re.compile(r"\s*\w\S*(,\s*|\s+)\S.*")


def _list_parts(problem: Problem) -> tuple[str, ...]:
    """Return the parts that a field can be; nothing for one that is not a first or last name."""
    name = fold_name(find_target(problem.field).rpartition(".")[2])
    return PARTS_OF.get(NAMES.get(name, ""), ())


def _applies(problem: Problem) -> bool:
    return problem.kind is MISSING_REQUIRED and bool(_list_parts(problem))


def _make(problem: Problem, options: ReaderOptions) -> Change:
    return Change(KIND.name, find_target(problem.field))


def _list_choices(failure: Failure) -> Iterable[str]:
    for column in _list_columns(failure):
        for part in _list_parts(failure.problem):
            yield f"{part}{SEPARATOR}{column}"


def _list_columns(failure: Failure) -> Iterator[str]:
    """Yield the columns that are called a name and hold more than one word in any of the rows."""
    if not failure.rows:
        yield from failure.columns
        return
    texts = [list_texts(row) for row in failure.rows]
    for column in dict.fromkeys(name for row in texts for name in row):
        is_full = any(FULL_NAME.fullmatch(row.get(column, "")) for row in texts)
        if is_full and "name" in fold_name(column):
            yield column


def _rate(mapped: Sequence[MappedRow]) -> int:
    return sum(1 for row in mapped if row.record is not None)


def _change(mapping: Mapping, change: Change) -> Mapping:
    """Read the field from the other column: these records have nothing in its own."""
    part, _, column = change.value.partition(SEPARATOR)
    taken = Regex(pattern=PARTS[part], otherwise="drop")
    rule = Rule(source=column, target=change.target, transforms=[taken])
    others = [each for each in mapping.rules if each.target != change.target]
    return mapping.model_copy(update={"rules": [*others, rule]})


def _describe(change: Change) -> str:
    part, _, column = change.value.partition(SEPARATOR)
    return f"{get_label(change.target)}: the {part} of {column}"


KIND = CorrectionKind(
    name="split_name",
    order=65,
    asks=Asks.CHOICE,
    heading="Part of a full name",
    text="Another column holds the full name of these people. One part of it can fill the field.",
    label="Take “{label}” from",
    button="Split names",
    applies=_applies,
    make=_make,
    list_choices=_list_choices,
    rate=_rate,
    name_choice=lambda change, helped: f"{change.value} (fills {helped})",
    describe=_describe,
    change_mapping=_change,
)
