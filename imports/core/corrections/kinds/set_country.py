"""Read phone numbers without a country code as numbers of one country."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from imports.core.corrections.contract import Asks, Change, CorrectionKind, Failure
from imports.core.corrections.fields import add_transform, find_target
from imports.core.mapping import MappedRow, Mapping
from imports.core.mapping.sources import compile_source
from imports.core.problems import Problem
from imports.core.problems.of_values import INVALID_PHONE
from imports.core.readers import ReaderOptions
from imports.core.records.targets import get_label
from imports.core.transforms.contract import write_scalar
from imports.core.transforms.families.phones import Phone, name_region, rank_regions


def _make(problem: Problem, options: ReaderOptions) -> Change:
    return Change(KIND.name, find_target(problem.field))


def _list_choices(failure: Failure) -> Iterable[str]:
    """Return every country, those first in which most of the numbers are assigned."""
    read = compile_source(failure.problem.column) if failure.problem.column else None
    found = [read(row.values or {}) for row in failure.rows] if read else []
    return rank_regions([text for each in found if (text := write_scalar(each))])


def _rate(mapped: Sequence[MappedRow]) -> int:
    return sum(1 for row in mapped if row.record is not None)


def _change(mapping: Mapping, change: Change) -> Mapping:
    return add_transform(mapping, change.target, first=Phone(region=change.value))


def _describe(change: Change) -> str:
    label, country = get_label(change.target), name_region(change.value)
    return f"{label}: numbers without a country code are of {country}"


KIND = CorrectionKind(
    name="set_country",
    order=35,
    asks=Asks.CHOICE,
    heading="Country of the numbers",
    label="Numbers without a country code are of",
    help="Listed are the countries in which the first numbers are possible; those first in which"
    " most of them are assigned.",
    button="Set country",
    applies=lambda problem: problem.kind is INVALID_PHONE,
    make=_make,
    list_choices=_list_choices,
    rate=_rate,
    # All countries are tried on each of them.
    tried=5,
    name_choice=lambda change, helped: name_region(change.value),
    describe=_describe,
    change_mapping=_change,
)
