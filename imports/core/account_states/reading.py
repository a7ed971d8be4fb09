"""Read from one value whether an account may sign in: yes, no, nothing said, or not clear."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from accounts.attributes import FALSE_WORDS, TRUE_WORDS
from imports.core.account_states.names import Means
from imports.core.account_states.words import (
    ACTIVE,
    DISABLED,
    FOREVER,
    LIKELY_ACTIVE,
    LIKELY_DISABLED,
    NEVER,
    NO,
    OTHER_STATES,
    YES,
    fold_word,
)
from imports.core.values.date_formats import find_date_formats, parse
from imports.core.values.timestamps import (
    EPOCH,
    NO_DATE,
    UNITS,
    UnitName,
    find_unit,
    read_number,
    read_unusual,
)

# No text that says who may sign in is longer, and no list of them.
LONGEST = 80
# What a column of a file can hold of different values before those read first are forgotten.
REMEMBERED = 2_000
NULL_TEXTS = frozenset({"null", "\\n", "(null)", "<null>", "[null]", "#n/a", "n/a", "nan", "nil"})


class State(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"
    SILENT = "silent"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a value says; `label` is the value as people see it, blank where there is none.

    `likely` is what one that is not clear probably means; UNCLEAR where nobody can guess.
    """

    state: State
    label: str = ""
    likely: State = State.DISABLED

    @property
    def is_blank(self) -> bool:
        return self.state is State.SILENT and not self.label


BLANK = Reading(State.SILENT)
PAST, COMING, FILLED = "a date in the past", "a date in the future", "filled"
FAR = "a date in the distant future"
DISTANT_YEAR = 2100
DATES = frozenset({PAST, COMING})
NOTHING = "(blank)"


class StateReader:
    """Reads the values of one column; remembers them, and how it writes its dates.

    `active` and `disabled` are words of the operator's own, which count before all others. `asks`
    makes a value that says no unclear, for columns that may be about something else.
    """

    def __init__(
        self,
        means: Means,
        *,
        active: Collection[str] = (),
        disabled: Collection[str] = (),
        asks: bool = False,
        now: datetime | None = None,
    ) -> None:
        self._means = means
        self._own = dict.fromkeys(map(fold_word, active), State.ACTIVE)
        self._own |= dict.fromkeys(map(fold_word, disabled), State.DISABLED)
        self._asks = asks
        self._now = now or datetime.now(UTC)
        self._formats: tuple[str, ...] = ()
        self._known: dict[Any, Reading] = {}

    def __eq__(self, other: object) -> bool:
        """Return whether both read alike, apart from when they were made."""
        if not isinstance(other, StateReader):
            return NotImplemented
        mine, theirs = (self._means, self._own, self._asks), (other._means, other._own, other._asks)
        return mine == theirs

    @property
    def has_learnt(self) -> bool:
        """Return whether an earlier value shows how the next date is to be read."""
        return bool(self._formats)

    def read(self, value: Any) -> Reading:
        """Return what a value says. Never raises."""
        text = value if type(value) is str else write_state(value)
        found = self._known.get(text)
        if found is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            found = self._known[text] = self._read(text)
        return found

    def _read(self, text: str) -> Reading:
        if text not in SIGNS and (not text.strip() or text.strip().lower() in NULL_TEXTS):
            return BLANK
        label = SIGNS.get(text) or text.strip()[:LONGEST]
        word = fold_word(text)
        if not word:
            return BLANK
        if own := self._own.get(word):
            return Reading(own, label)
        if self._means in DATED and self._stands_for_none(text):
            return BLANK
        found = READERS[self._means](self, text, word, label)
        return self._soften(found, word) if self._asks else found

    def _soften(self, found: Reading, word: str) -> Reading:
        """Return the reading for a column that may be about something else: only a no asks."""
        if found.state is State.DISABLED:
            return Reading(State.UNCLEAR, found.label, found.likely)
        if self._means == "enabled_until" and found.label == COMING:
            # Nobody disables the account on that day.
            return Reading(State.UNCLEAR, COMING, State.ACTIVE)
        is_other_word = self._means == "status" and word not in LIKELY_DISABLED
        if found.state is State.ACTIVE or is_other_word:
            return Reading(State.SILENT, found.label)
        return found

    def _read_status(self, text: str, word: str, label: str) -> Reading:
        if word in ACTIVE or (word in TRUTHS and word in YES):
            return Reading(State.ACTIVE, label)
        if word in DISABLED or (word in TRUTHS and word in NO):
            return Reading(State.DISABLED, label)
        return Reading(State.SILENT, label) if word in OTHER_STATES else _doubt(word, label)

    def _read_enabled(self, text: str, word: str, label: str) -> Reading:
        if word in ACTIVE or word in YES:
            return Reading(State.ACTIVE, label)
        if word in DISABLED or word in NO:
            return Reading(State.DISABLED, label)
        if (is_past := self._compare(text)) is not None:
            return Reading(State.SILENT, PAST) if is_past else Reading(State.UNCLEAR, COMING)
        return _doubt(word, label)

    def _read_disabled(self, text: str, word: str, label: str) -> Reading:
        if word in DISABLED or word in YES:
            return Reading(State.DISABLED, label)
        if word in ACTIVE or word in NO:
            return Reading(State.ACTIVE, label)
        if word in NEVER or (NO_DATE.fullmatch(text.strip()) and text.strip() != "-1"):
            return BLANK
        return self._read_date_of_end(text, word, label)

    def _read_disabled_since(self, text: str, word: str, label: str) -> Reading:
        if word in NO or word in NEVER or NO_DATE.fullmatch(text.strip()):
            return BLANK
        if word in YES or word in DISABLED:
            return Reading(State.DISABLED, label)
        return self._read_date_of_end(text, word, label)

    def _read_disabled_note(self, text: str, word: str, label: str) -> Reading:
        if word in NO or word in NEVER or NO_DATE.fullmatch(text.strip()):
            return BLANK
        return Reading(State.DISABLED, FILLED)

    def _read_date_of_end(self, text: str, word: str, label: str) -> Reading:
        is_past = self._compare(text)
        if is_past is None:
            return Reading(State.UNCLEAR, label)
        if is_past:
            return Reading(State.DISABLED, PAST)
        return Reading(State.UNCLEAR, COMING, State.ACTIVE)

    def _read_enabled_since(self, text: str, word: str, label: str) -> Reading:
        if word in NEVER or NO_DATE.fullmatch(text.strip()):
            return BLANK
        return self._read_enabled(text, word, label)

    def _read_disabled_until(self, text: str, word: str, label: str) -> Reading:
        if word in FOREVER or word in DISABLED:
            return Reading(State.DISABLED, label)
        if word in NEVER or word in NO or NO_DATE.fullmatch(text.strip()):
            return BLANK
        is_past = self._compare(text)
        if is_past is None:
            return Reading(State.UNCLEAR, label)
        return Reading(State.SILENT, PAST) if is_past else Reading(State.DISABLED, COMING)

    def _read_enabled_until(self, text: str, word: str, label: str) -> Reading:
        if word in NEVER or word in FOREVER or word in NO or NO_DATE.fullmatch(text.strip()):
            return BLANK
        is_past = self._compare(text, is_whole_day=True)
        if is_past and all(each.date() == EPOCH.date() for each in self._read_timestamps(text)):
            return Reading(State.UNCLEAR, label)
        if is_past is None:
            is_expired = word in YES or word in DISABLED or word == "expired"
            return Reading(State.DISABLED if is_expired else State.UNCLEAR, label)
        if is_past:
            return Reading(State.DISABLED, PAST)
        return Reading(State.SILENT, FAR if self._is_far(text) else COMING)

    def _read_expires(self, text: str, word: str, label: str) -> Reading:
        found = self._read_enabled_until(text, word, label)
        return Reading(found.state, found.label, State.UNCLEAR)

    def _is_far(self, text: str) -> bool:
        """Return whether a date is so far that it stands for never, as 9999-12-31 does."""
        return all(each.year >= DISTANT_YEAR for each in self._read_timestamps(text.strip()))

    def _read_enabled_from(self, text: str, word: str, label: str) -> Reading:
        if word in NEVER or NO_DATE.fullmatch(text.strip()):
            return BLANK
        is_past = self._compare(text)
        if is_past is None:
            return Reading(State.UNCLEAR, label)
        return Reading(State.SILENT, PAST) if is_past else Reading(State.DISABLED, COMING)

    def _stands_for_none(self, text: str) -> bool:
        """Return whether a date lies before all accounts, as 1900-01-01, and so is none.

        The first day of 1970 is often a zero; an account that ended then may be expired by hand.
        """
        first = EPOCH if self._means in ENDS else EPOCH + timedelta(days=1)
        timestamps = self._read_timestamps(text.strip())
        return bool(timestamps) and all(each < first for each in timestamps)

    def _compare(self, text: str, *, is_whole_day: bool = False) -> bool | None:
        """Return whether a date lies in the past; None for what is none, or could be either."""
        day = timedelta(days=1)
        verdicts = {
            timestamp <= self._now - (day if is_whole_day and _is_midnight(timestamp) else NO_TIME)
            for timestamp in self._read_timestamps(text.strip())
        }
        return verdicts.pop() if len(verdicts) == 1 else None

    def _read_timestamps(self, text: str) -> list[datetime]:
        number = read_number(text)
        if number is not None and not COMPACT_DAY.fullmatch(text):
            unit = find_unit([number]) or _find_distant_unit(number)
            # Day numbers of Excel are so small that any count could be one.
            is_date = unit is not None and (unit != "excel" or number > SMALLEST_DAY)
            return [UNITS[unit].read(number)] if is_date and unit else []
        if (timestamp := read_unusual(text)) is not None:
            return [timestamp]
        fitting = [known for known in self._formats if _parse(text, known) is not None]
        if not fitting:
            fitting = list(find_date_formats((text,)))
            self._formats = tuple(fitting) or self._formats
        found = [_parse(text, known) for known in fitting]
        return [timestamp for timestamp in found if timestamp is not None]


READERS: dict[Means, Callable[[StateReader, str, str, str], Reading]] = {
    "status": StateReader._read_status,
    "enabled": StateReader._read_enabled,
    "disabled": StateReader._read_disabled,
    "disabled_since": StateReader._read_disabled_since,
    "disabled_note": StateReader._read_disabled_note,
    "enabled_since": StateReader._read_enabled_since,
    "disabled_until": StateReader._read_disabled_until,
    "enabled_until": StateReader._read_enabled_until,
    "enabled_from": StateReader._read_enabled_from,
    "expires": StateReader._read_expires,
}
# Seconds from 1970 to the years 2100 and 9999: accounts are disabled until then for ever.
DISTANT, MOST_DISTANT = 4_102_444_800, 253_370_764_800
# A day such as 20240531, as SAP and others write it; 99991231 is for ever.
COMPACT_DAY = re.compile(r"(?:19\d\d|20\d\d|9999)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
# Systems fill a date that is required with their first day: of 1753, 1899, 1900 or 1970.
NO_TIME = timedelta()
DATED = frozenset(
    {"disabled", "disabled_since", "disabled_until", "enabled_since", "enabled_until", "expires"}
)
ENDS = frozenset({"enabled_until", "expires"})
DISTANT_UNITS: tuple[UnitName, ...] = ("s", "ms", "us")
# 1990-01-01
SMALLEST_DAY = 32_874
SIGNS = {"\x00": "\\0", "\x01": "\\1"}
# In a column called “status”, 1 and 0 are codes of somebody's own, as A and I are.
TRUTHS = frozenset({"true", "false", "yes", "no", "on", "off", "ja", "nein", "oui", "non"})


def _find_distant_unit(number: float) -> UnitName | None:
    """Return the unit in which a number is a date beyond those at which people are looked for."""
    for name in DISTANT_UNITS:
        if DISTANT <= number / UNITS[name].per_second < MOST_DISTANT:
            return name
    return None


def _doubt(word: str, label: str) -> Reading:
    likely = State.ACTIVE if word in LIKELY_ACTIVE else State.DISABLED
    return Reading(State.UNCLEAR, label, likely)


def _parse(text: str, known: str) -> datetime | None:
    try:
        timestamp = parse(text, known)
        return timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _is_midnight(timestamp: datetime) -> bool:
    return timestamp.hour == timestamp.minute == timestamp.second == 0


def write_state(value: Any) -> str:
    """Return a value as text: the bytes of BIT as Node.js writes them count as the byte."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, dict) and isinstance(data := value.get("data"), list):
        value = data  # {"type": "Buffer", "data": [1]}
    if isinstance(value, list):
        if not value:
            return ""
        value = value[0] if len(value) == 1 else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    return json.dumps(value, ensure_ascii=False, default=str)[:LONGEST]


def read_word(value: Any) -> Reading:
    """Return what the value says for which a field of true or false takes it; else unclear."""
    text = write_state(value)
    word = text.strip().lower()
    if not word:
        return BLANK
    if word in TRUE_WORDS:
        return Reading(State.ACTIVE, text)
    if word in FALSE_WORDS:
        return Reading(State.DISABLED, text)
    return _doubt(fold_word(text), text.strip()[:LONGEST])
