"""Dates and times as sources write them: ISO 8601 in its spellings, and numbers of some unit."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

from imports.core.values.printed_dates import read_printed

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EXCEL_START = datetime(1899, 12, 30, tzinfo=UTC)
DAY_SECONDS = 86_400

UnitName = Literal["s", "ms", "us", "filetime", "ticks", "excel"]


@dataclass(frozen=True, slots=True)
class Unit:
    """How a number stands for a timestamp: as a count from `start` on, of so many in a second.

    `since` is the first year in which such numbers are looked for.
    """

    label: str
    start: datetime
    per_second: int = 0
    since: int = 1990

    def read(self, number: float) -> datetime:
        """Return the timestamp; raise OverflowError when there is none."""
        if not self.per_second:
            # Days; spreadsheets show the seconds of their fractions, rounded.
            return self.start + timedelta(seconds=round(number * DAY_SECONDS))
        if isinstance(number, int):
            return self.start + timedelta(microseconds=number * 1_000_000 // self.per_second)
        return self.start + timedelta(seconds=number / self.per_second)


UNITS: dict[UnitName, Unit] = {
    "s": Unit("seconds since 1970", EPOCH, 1),
    "ms": Unit("milliseconds since 1970", EPOCH, 1_000),
    "us": Unit("microseconds since 1970", EPOCH, 1_000_000),
    # Tenths of a microsecond: in Active Directory, and in DateTime.Ticks of .NET.
    "filetime": Unit("file times of Windows", datetime(1601, 1, 1, tzinfo=UTC), 10_000_000),
    "ticks": Unit("ticks of .NET", datetime(1, 1, 1, tzinfo=UTC), 10_000_000),
    "excel": Unit("day numbers of Excel", EXCEL_START, since=1930),
}
UNIT_NAMES: tuple[UnitName, ...] = get_args(UnitName)
LAST_YEAR = 2100

# What sources write where there is no date: zeros, the first timestamps of .NET, SQL and Windows
# (the last day of 1600 west of Greenwich), the largest number of Active Directory, infinities of
# PostgreSQL, and words.
NO_DATE = re.compile(
    r"0|0{8}|0{14}Z?|-1|9223372036854775807|-?infinity"
    r"|0000-00-00(?:[T ].*)?|(?:0001|1601)-01-01(?:[T ].*)?|1600-12-31(?:[T ].*)?"
    r"|0?1[/.]0?1[/.](?:0001|1601)(?: .*)?|(?:12/31/|31[/.]12[/.])1600(?: .*)?"
    r"|00[-/.]00[-/.]0000(?: .*)?"
    r"|[(<\[]?(?:never|not|none|no)(?: yet)?(?: (?:been )?(?:(?:logged|signed)[ -]?(?:in|on)|active"
    r"|used|seen|log[io]n|logon|sign-?in|date|expires?))?(?: yet)?[)>\]]?"
    r"|(?:noch )?nie(?:mals)?(?: angemeldet)?|jamais(?: connecté)?|nunca|mai|nooit|aldrig|nigdy"
    r"|never expires|null?|nil|n/?a|-{1,3}|[\u2013\u2014]",
    re.IGNORECASE,
)
ISO_LIKE = re.compile(r"[+-]?(\d{4,})-\d\d-\d\d(?:[T ].*)?", re.DOTALL)
ISO_CLOCK = re.compile(r"\d\d:\d\d(?::\d\d)?(?=$|[.,Z+ -])")


def read_number(value: Any) -> float | None:
    """Return a finite number that is given as such or as text; a whole one exactly."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    if not math.isfinite(number):
        return None
    is_whole = isinstance(value, int) or (isinstance(value, str) and value.strip().isdecimal())
    return int(value) if is_whole else number


def find_unit(numbers: Sequence[float | None]) -> UnitName | None:
    """Return the unit in which all the numbers are of this age; None for no number."""
    for name, unit in UNITS.items():
        if numbers and all(number is not None and is_of_age(number, unit) for number in numbers):
            return name
    return None


def is_of_age(number: float, unit: Unit) -> bool:
    try:
        return unit.since <= unit.read(number).year < LAST_YEAR
    except OverflowError:
        return False


def to_utc(value: datetime) -> datetime:
    """Return the timestamp in UTC; one without an offset is taken to be in UTC already."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def read_unusual(value: Any) -> datetime | None:
    """Return the timestamp of ISO 8601 as databases write it, or of a date as programs print it."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    for read in (datetime.fromisoformat, read_printed):
        try:
            return to_utc(read(text))
        except (ValueError, OverflowError):
            continue
    return None


def is_no_date(value: Any) -> bool:
    """Return whether a value stands for no date, such as “Never” or 0000-00-00."""
    return isinstance(value, str) and NO_DATE.fullmatch(value.strip()) is not None


def explain_range(value: Any) -> str:
    """Return why a date or number is no timestamp within reach; empty for what is neither."""
    number = read_number(value)
    if number is not None:
        unit = find_unit([number])
        as_what = f"; it looks like {UNITS[unit].label}" if unit else ""
        return f"As seconds or milliseconds since 1970 the number is not a date{as_what}"
    text = value.strip() if isinstance(value, str) else ""
    found = ISO_LIKE.fullmatch(text)
    if found is None or not _is_in_calendar(text):
        return ""
    if len(found[1]) > len("2024"):
        return "Its year has more than four digits"
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return ""
    return "In UTC, its year has more than four digits"


def is_impossible(value: Any) -> bool:
    """Return whether the text is written as a date but is in no calendar, such as 2021-02-31.

    One whose day and time exist is not understood, such as 2021-02-03 10:00 XYZ: that is another
    fault.
    """
    text = value.strip() if isinstance(value, str) else ""
    found = ISO_LIKE.fullmatch(text)
    return found is not None and len(found[1]) == len("2024") and not _is_in_calendar(text)


def _is_in_calendar(text: str) -> bool:
    """Return whether day and time of ISO 8601 exist, whatever follows them."""
    day, clock = text[:10], ISO_CLOCK.match(text, 11)
    if not day[:4].isdecimal() or day[4:5] != "-":
        return True
    try:
        datetime.fromisoformat(f"{day}T{clock[0]}" if clock else day)
    except ValueError:
        return False
    return True
