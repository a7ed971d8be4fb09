"""Dates as programming languages print them, with what each says of its time zone.

Ruby, Go, Python and Java write the year first; C, Java, JavaScript and `date` the day of the week;
e-mail and HTTP (RFC 5322 §3.3, RFC 9110 §5.6.7) the day of the month; JSON of old .NET and
PowerShell milliseconds in /Date(…)/.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

CLOCK = r"(?P<clock>\d{1,2}:\d\d(?::\d\d)?)(?:[.,](?P<fraction>\d{1,9}))?(?: (?P<half>[AP]M))?"
# A name, an offset or both; then what says the same again: Go's CET, Java's [Europe/Berlin], the
# name in parentheses of JavaScript. Go adds a reading of the monotonic clock.
ZONE = (
    r"(?P<zone>[A-Z]{1,5}(?![a-z/]))?(?P<offset>[+-]\d\d(?::?\d\d)?)?"
    r"(?: ?(?:[A-Z]{2,5}|[+-]\d{2,4})(?![a-z/\d]))?"
    r"(?: ?\[?(?P<place>[A-Z][A-Za-z_]+(?:/[A-Za-z_+-]+)+|UTC|GMT)\]?)?"
    r"(?: \([^()]{2,60}\))?(?: m=[+-][\d.]+)?"
)
YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)[T ]{CLOCK} ?{ZONE}")
WEEKDAY_FIRST = re.compile(
    r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) {1,2}(?P<day>\d{1,2}),? (?:(?P<year>\d{4}) )?"
    rf"{CLOCK}(?: {ZONE})?(?: (?P<last>\d{{4}}))?"
)
DAY_FIRST = re.compile(
    r"(?:[A-Z][a-z]{2,8}, )?(?P<day>\d{1,2})[ -](?P<month>[A-Z][a-z]{2})[ -]"
    rf"(?P<year>\d{{4}}|\d\d) {CLOCK} {ZONE}"
)
MILLISECONDS = re.compile(r"\\?/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\\?/")
MONTH_NAMES = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
MONTHS = {name: number for number, name in enumerate(MONTH_NAMES.split(), start=1)}
# Hours from UTC. Names that several zones share, such as BST, CST and IST, are not read.
ZONE_NAMES = (
    "Z=0 UT=0 UTC=0 GMT=0 WET=0 WEST=1 CET=1 MEZ=1 CEST=2 MESZ=2 EET=2 EEST=3 MSK=3 EST=-5 EDT=-4 "
    "CDT=-5 MST=-7 MDT=-6 PST=-8 PDT=-7 AKST=-9 AKDT=-8 HST=-10 JST=9 KST=9 AEST=10 AEDT=11 "
    "NZST=12 NZDT=13"
)
ZONES = {
    name: int(hours) for name, _, hours in (each.partition("=") for each in ZONE_NAMES.split())
}


def read_printed(text: str) -> datetime:
    """Return the timestamp, without a zone if the text has none; raise ValueError for no date."""
    if found := MILLISECONDS.fullmatch(text):
        try:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(found[1]))
        except OverflowError:
            raise ValueError("the date is out of range") from None
    for pattern in (YEAR_FIRST, WEEKDAY_FIRST, DAY_FIRST):
        if found := pattern.fullmatch(text):
            return _build(found.groupdict())
    raise ValueError("the text is not a date as programs print it")


def _build(parts: dict[str, str | None]) -> datetime:
    year = parts["year"] or parts.get("last")
    if year is None:
        raise ValueError("the text names no year")
    hour, minute, second = (*map(int, (parts["clock"] or "").split(":")), 0)[:3]
    return datetime(
        int(year) if len(year) > len("24") else _complete_year(int(year)),
        _read_month(parts["month"] or ""),
        int(parts["day"] or ""),
        _read_hour(hour, parts["half"]),
        minute,
        second,
        int((parts["fraction"] or "0")[:6].ljust(6, "0")),
        tzinfo=_read_zone(parts),
    )


def _complete_year(year: int) -> int:
    """Return a year of two digits in full, as RFC 5322 §4.3 reads it."""
    return year + (2000 if year < 50 else 1900)


def _read_month(month: str) -> int:
    if month.isdecimal():
        return int(month)
    if month not in MONTHS:
        raise ValueError("the text names no month")
    return MONTHS[month]


def _read_hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError("the hour is not one of twelve")
    return hour % 12 + (12 if half == "PM" else 0)


def _read_zone(parts: dict[str, str | None]) -> tzinfo | None:
    """Return the zone by its offset, else by its place or name; raise ValueError if unknown."""
    offset, place, name = parts["offset"], parts["place"], parts["zone"]
    if offset:
        minutes = int(offset[1:3]) * 60 + int(offset[3:].lstrip(":") or "0")
        return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
    if place:
        try:
            return ZoneInfo(place)
        except (OSError, KeyError, ValueError):
            raise ValueError("the text names an unknown zone") from None
    if name:
        if name not in ZONES:
            raise ValueError("the text names an unknown zone")
        return timezone(timedelta(hours=ZONES[name]))
    return None
