"""Propose transforms for a column from what its values look like and where they go."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from typing import Any, Literal, cast

import phonenumbers

from accounts.attributes import FALSE_WORDS, TRUE_WORDS, AttributeRule, AttributeType
from imports.core.account_states import State, read_word, recognise_state
from imports.core.column_samples import ColumnSample
from imports.core.inspection.inspection import NULLS
from imports.core.providers import Provider
from imports.core.providers.phones import COUNTRY
from imports.core.records.targets import ACTIVE, ATTRIBUTES, TIMESTAMPS
from imports.core.transforms import Transform
from imports.core.transforms.families.account_state import AccountState
from imports.core.transforms.families.phones import Phone, find_region, list_countries
from imports.core.transforms.families.timestamps import Date, Epoch, Since
from imports.core.transforms.families.words import Boolean, Drop
from imports.core.values.date_formats import COMPACT, ISO, PRINTED, is_ambiguous
from imports.core.values.names import fold_name
from imports.core.values.timestamps import UNITS, UnitName

YES_WORDS = frozenset({"ja", "oui", "si", "sí", "sim", "x", "verified", "confirmed", "enabled"})
NO_WORDS = frozenset({"nein", "non", "nao", "não", "unverified", "unconfirmed", "disabled"})
USUAL_WORDS = TRUE_WORDS | FALSE_WORDS
VERIFIED = frozenset({"profile.email_verified", "profile.phone_verified"})
BOOLEANS = VERIFIED | {"authenticators.password.must_change"}
# How a column that holds dates is named: email_verified_at.
DATED = re.compile(r"(?:at|on|date|time|since)")
# A country at the end of a locale, or by itself in a column that is named like one: IT and HR are
# departments as well.
REGION = re.compile(r"(?:[a-z]{2}[-_])?([A-Z]{2})")
LOCALE = re.compile(r"[a-z]{2}[-_]([A-Z]{2})")
OF_COUNTRIES = re.compile(
    r"countr|nation|land|pays|pa[ií]s|paese|kraj|region|locale|lang|sprache|culture|usagelocation"
    r"|^(?:c|co|iso|isocode)$"
)


@dataclass(frozen=True, slots=True)
class Hint:
    """A transform that the values of a column ask for; None where a choice has to be made first.

    `kind` names it, `confidence` is from 0 to 1.
    """

    kind: str
    reason: str
    transform: Transform | None = None
    confidence: float = 1.0


def suggest_transforms(
    column: ColumnSample,
    target: str,
    attributes: MappingType[str, AttributeRule],
    regions: Sequence[str],
) -> list[Hint]:
    """Return the transforms that a column needs on its way to a target field."""
    kind = _find_kind(target, attributes)
    is_timestamp = kind in {AttributeType.DATE, AttributeType.DATETIME}
    if target in VERIFIED and _holds_dates(column):
        reason = "Filled means verified: the values are dates."
        return [Hint("since", reason, Since())]
    hints = list(_hint_drop(column, is_timestamp=is_timestamp))
    if is_timestamp:
        hints += _hint_timestamp(column, "date" if kind == AttributeType.DATE else "timestamp")
    elif target == ACTIVE:
        hints += _hint_state(column)
    elif kind == AttributeType.BOOLEAN:
        hints += _hint_boolean(column)
    elif target == "profile.phone":
        hints += _hint_phone(column, regions)
    return hints


def _holds_dates(column: ColumnSample) -> bool:
    """Return whether the values are dates, or the name says so where there are none."""
    if column.samples:
        return column.shape == "date" or bool(column.number_unit)
    return (
        DATED.fullmatch(re.split(r"[\W_]+|(?<=[a-z])(?=[A-Z])", column.name)[-1].lower())
        is not None
    )


def _hint_drop(column: ColumnSample, *, is_timestamp: bool) -> Iterator[Hint]:
    values = (*column.nulls, *column.no_dates) if is_timestamp else column.nulls
    if values:
        listed = " and ".join(f"“{text}”" for text in values)
        stand = "stands" if len(values) == 1 else "stand"
        yield Hint("drop", f"{listed} {stand} for no value.", Drop(values=values))


def list_asked(provider: Provider) -> frozenset[str]:
    """Return the kinds of transforms that a question of the provider makes superfluous."""
    asks_country = any(question.name == COUNTRY for question in provider.questions)
    return frozenset({"phone"} if asks_country else ())


def _find_kind(target: str, attributes: MappingType[str, AttributeRule]) -> str:
    if target in TIMESTAMPS:
        return AttributeType.DATETIME
    if target in BOOLEANS:
        return AttributeType.BOOLEAN
    name = target.removeprefix(f"{ATTRIBUTES}.")
    return attributes[name].type if name in attributes else ""


def _hint_timestamp(column: ColumnSample, result: Literal["timestamp", "date"]) -> Iterator[Hint]:
    if column.number_unit == COMPACT:
        reason = "The values are dates such as 20240531."
        yield Hint("date", reason, Date(formats=(COMPACT,), result=result), 0.8)
    elif column.number_unit:
        unit = cast(UnitName, column.number_unit)
        reason = f"The values are {UNITS[unit].label}."
        confidence = 0.8 if unit == "excel" else 1.0  # any number of five digits can be one
        yield Hint("epoch", reason, Epoch(unit=unit, result=result), confidence)
    elif column.date_formats and ISO not in column.date_formats:
        first = column.date_formats[0]
        if is_ambiguous(column.date_formats):
            reason = (
                f"The values are dates, read as {first}: no sample tells day and month apart, so"
                " look at it."
            )
            yield Hint("date", reason, Date(formats=(first,), result=result), 0.7)
        else:
            how = "as programs print them" if first == PRINTED else f"written as {first}"
            reason = f"The values are dates, {how}."
            yield Hint("date", reason, Date(formats=(first,), result=result))


def _hint_boolean(column: ColumnSample) -> Iterator[Hint]:
    # Another word among them fails with the transform as without it.
    words = {sample.strip().lower() for sample in column.samples if sample not in NULLS}
    if words & (YES_WORDS | NO_WORDS) and words <= YES_WORDS | NO_WORDS | USUAL_WORDS:
        yes, no = tuple(sorted(YES_WORDS)), tuple(sorted(NO_WORDS))
        yield Hint("boolean", "Its words say yes or no.", Boolean(true_words=yes, false_words=no))


def _hint_state(column: ColumnSample) -> Iterator[Hint]:
    values = column.vocabulary or column.samples
    # Where a provider has made a column of state and flag, what is blank there says nothing.
    is_made = column.name.startswith("(") or column.name == ACTIVE
    is_complete = bool(column.vocabulary)
    state = (
        None
        if is_made
        else recognise_state(column.name, values, column.filled, is_complete=is_complete)
    )
    if state is not None:
        step = AccountState(means=state.means, asks=state.asks, blanks=state.blanks)
        yield Hint("account_state", state.reason, step, state.confidence)
    elif any(read_word(value).state is State.UNCLEAR for value in values):
        reader = AccountState()
        if any(reader.apply(value) is not None for value in values):
            yield Hint("account_state", "Its words say whether an account is active.", reader)


def _hint_phone(column: ColumnSample, regions: Sequence[str]) -> Iterator[Hint]:
    numbers = [sample for sample in column.samples if sample not in column.nulls]
    national = [number for number in numbers if not number.strip().startswith("+")]
    if not national or column.looks_secret:
        return
    named, beside = list(regions), list_countries(numbers)
    if region := find_region(national, named):
        reason = f"Numbers without a country code are read as those of {region}: see other columns."
        yield Hint("phone", reason, Phone(region=region), 0.8)
    elif region := find_region(national, beside):
        reason = f"Numbers without a country code are read as those of {region}, as the others are."
        yield Hint("phone", reason, Phone(region=region), 0.8)
    else:
        yield Hint("phone", "Numbers have no country code: choose the country that they are in.")


def list_regions(columns: Sequence[ColumnSample]) -> list[str]:
    """Return the countries that the samples of a file name, the most frequent first."""
    found: Counter[str] = Counter()
    for column in columns:
        pattern = REGION if OF_COUNTRIES.search(fold_name(column.name)) else LOCALE
        matches = [pattern.fullmatch(sample.strip()) for sample in column.samples]
        if all(matches):
            found.update(match[1] for match in matches if match)
    known: Any = phonenumbers.SUPPORTED_REGIONS
    return [region for region, _ in found.most_common() if region in known]
