"""Read password hashes as another format, which the hashes themselves do not tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from accounts.hashing import FORMATS
from imports.core.corrections.contract import Asks, Change, CorrectionKind, Failure
from imports.core.mapping import MappedRow, Mapping
from imports.core.problems import Problem
from imports.core.problems.of_passwords import HASH_INVALID
from imports.core.readers import ReaderOptions
from imports.core.records.targets import PASSWORD_FORMAT


def _make(problem: Problem, options: ReaderOptions) -> Change:
    return Change(KIND.name, PASSWORD_FORMAT)


def _list_choices(failure: Failure) -> Iterable[str]:
    """Return every format; those that the hashes cannot have are rated away."""
    return sorted(FORMATS, key=lambda each: FORMATS[each].label)


def _rate(mapped: Sequence[MappedRow]) -> int:
    problems = (problem for row in mapped for problem in row.problems)
    return 0 if any(problem.kind.summary_label for problem in problems) else len(mapped)


def _change(mapping: Mapping, change: Change) -> Mapping:
    constants = {**mapping.constants, PASSWORD_FORMAT: change.value}
    return mapping.model_copy(update={"constants": constants})


KIND = CorrectionKind(
    name="set_format",
    order=60,
    asks=Asks.CHOICE,
    heading="Password format",
    label="Format of these hashes",
    help="Listed are the formats that the first hashes could have. The hashes do not tell which one"
    " it is: ask whoever ran the source system.",
    button="Set",
    applies=lambda problem: problem.kind is HASH_INVALID,
    make=_make,
    list_choices=_list_choices,
    rate=_rate,
    # All formats are tried on each of them.
    tried=5,
    name_choice=lambda change, helped: FORMATS[change.value].label,
    is_found_by_testing=lambda problem: True,
    describe=lambda change: f"The password hashes are {FORMATS[change.value].label}",
    change_mapping=_change,
)
