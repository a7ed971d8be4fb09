"""Recognise columns that say who may sign in, by their names and by their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from imports.core.account_states.names import (
    Means,
    NamedState,
    find_named_state,
    is_elsewhere,
)
from imports.core.account_states.reading import COMING, PAST, Reading, State, StateReader
from imports.core.account_states.words import ACTIVE, DISABLED, OTHER_STATES, TELLING, fold_word

# A state has few values; more different ones are something else, such as names or regions.
MOST_STATES = 12
MOST_UNKNOWN = 8
MOST_VALUES = 20
LONGEST_WORD = 40

Blanks = Literal["ignore", "ask"]


@dataclass(frozen=True, slots=True)
class StateColumn:
    """How a column is to be read; `asks` where it only may be about sign-in.

    `blanks` are asked for where they stand beside values that say yes: they can mean no.
    """

    means: Means
    reason: str
    confidence: float
    asks: bool = False
    blanks: Blanks = "ignore"


def may_hold_states(name: str, values: Sequence[str]) -> bool:
    """Return whether a column is worth a closer look, so that all its values are kept."""
    if len(values) > MOST_VALUES or any(len(value) > LONGEST_WORD for value in values):
        return False
    return find_named_state(name) is not None or not TELLING.isdisjoint(map(fold_word, values))


def recognise_state(
    name: str,
    values: Sequence[str],
    filled: float,
    *,
    is_complete: bool = True,
    now: datetime | None = None,
) -> StateColumn | None:
    """Return how to read a column that could say who may sign in; None for any other.

    `values` are distinct values of a sample, all of them where they are `is_complete`; `filled` is
    the share of rows that have one. A column without values is no evidence.
    """
    if not values or filled <= 0:
        return None
    named = find_named_state(name)
    if _is_unused(name, values):
        return None
    if named is None:
        return _recognise_words(name, values) if is_complete else None
    readings = [StateReader(named.means, now=now).read(value) for value in values]
    if named.means == "status" and not _has_states(named, values, is_complete=is_complete):
        return None
    if named.means in {"enabled", "disabled"} and not _has_flags(readings, values):
        return None
    if not named.is_sure:
        return _ask_about(name, named, readings)
    if named.means == "enabled_until" and any(each.label == COMING for each in readings):
        return _ask_about_ends(name)
    return _carry(name, named.means, readings, filled)


def _is_unused(name: str, values: Sequence[str]) -> bool:
    """Return whether the column is WordPress's own, which was never put to use: 0 for everybody."""
    return name == "user_status" and set(values) == {"0"}


def _recognise_words(name: str, values: Sequence[str]) -> StateColumn | None:
    words = set(map(fold_word, values))
    if is_elsewhere(name) or len(words) > MOST_STATES or not words & TELLING:
        return None
    reason = f"Some values say that an account is disabled, such as “{_find_telling(values)}”."
    return StateColumn("status", reason, 0.55, asks=True)


def _find_telling(values: Sequence[str]) -> str:
    return next(value for value in values if fold_word(value) in TELLING)


def _has_states(named: NamedState, values: Sequence[str], *, is_complete: bool) -> bool:
    """Return whether the values of a column called “status” can be those of accounts."""
    words = set(map(fold_word, values))
    clear, other = words & (ACTIVE | DISABLED), words & OTHER_STATES
    if clear:
        return bool(words & TELLING) or len(clear) >= len(other)
    is_few = is_complete and len(words) <= MOST_UNKNOWN
    is_short = all(len(value) <= LONGEST_WORD for value in values)
    return is_few and is_short and not named.may_be_region and not other


def _has_flags(readings: Sequence[Reading], values: Sequence[str]) -> bool:
    """Return whether a flag's values can be read, or are at least so few that one can ask."""
    unknown = sum(1 for reading in readings if reading.state is State.UNCLEAR)
    is_short = all(len(value) <= LONGEST_WORD for value in values)
    return unknown < len(readings) or (len(values) <= MOST_UNKNOWN and is_short)


def _ask_about(name: str, named: NamedState, readings: Sequence[Reading]) -> StateColumn | None:
    """Return a column that may be about sign-in, if any of its values speaks against somebody."""
    ends = named.means == "enabled_until" and any(each.label == COMING for each in readings)
    if not ends and not any(
        reading.state in {State.DISABLED, State.UNCLEAR} for reading in readings
    ):
        return None
    reason = f"“{name}” may say who can sign in: the dry run asks what its values mean."
    return StateColumn(named.means, reason, 0.55, asks=True)


def _ask_about_ends(name: str) -> StateColumn:
    """Return a column of which some accounts are to end: nobody disables them on that day."""
    reason = (
        f"“{name}” says until when an account is active: the dry run asks about the dates, because"
        " nobody disables an account when its date comes."
    )
    return StateColumn("enabled_until", reason, 0.7, asks=True)


def _carry(name: str, means: Means, readings: Sequence[Reading], filled: float) -> StateColumn:
    if means == "enabled" and all(
        reading.state is State.SILENT and reading.label == PAST for reading in readings
    ):
        means = "enabled_since"
    is_clear = all(reading.state is not State.UNCLEAR for reading in readings)
    asked = "" if is_clear else " The dry run asks about the values that do not."
    reason = f"“{name}” {WORDS[means]}.{asked}"
    says_yes = means in {"status", "enabled", "enabled_since"}
    blanks: Blanks = "ask" if says_yes and filled < 1 else "ignore"
    return StateColumn(means, reason, 0.9 if is_clear else 0.7, blanks=blanks)


WORDS: dict[Means, str] = {
    "status": "says whether an account is active",
    "enabled": "says whether an account is active",
    "disabled": "says whether an account is disabled",
    "disabled_since": "says since when an account is disabled",
    "disabled_note": "says why or by whom an account was disabled",
    "enabled_since": "says since when an account is active",
    "disabled_until": "says until when an account is disabled",
    "enabled_until": "says until when an account is active",
    "enabled_from": "says from when on an account is active",
    "expires": "says until when something holds",
}
