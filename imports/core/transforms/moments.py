"""Transforms of dates and times, and the search for the way in which a column writes them.

Formats are those of Python's strptime, or “iso” for ISO 8601.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr, field_validator

from imports.core.moments import EPOCH, UNITS, UnitName, find_unit, read_number
from imports.core.transforms.contract import ItemStep, write_scalar

ISO = "iso"
Result = Literal["moment", "date"]
GIVES = "A moment, or only its date."

DAYS = (
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y/%m/%d",
    "%d %b %Y",
    "%d-%b-%Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%B %d, %Y",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%a, %d %b %Y",
)
TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %H:%M:%S %Z", ", %H:%M")
# In the order in which they are preferred where more than one fits.
KNOWN_FORMATS = (ISO, *(f"{day}{time}" for day in DAYS for time in TIMES), "%Y%m%d%H%M%SZ")
DATE_LIKE = re.compile(
    r"(?:[a-z]{3}, )?(?:\d{1,4}[-/. ](?:\d{1,2}|[a-z]{3,9})[-/. ]\d{2,4}|[a-z]{3,9} \d{1,2}, \d{4})"
    r"(?:[T ,].{0,30})?|\d{14}Z",
    re.IGNORECASE,
)
# Two ways to read the same text: which of them is meant shows only when a day is above 12.
AMBIGUOUS = (("%d/%m/", "%m/%d/"), ("%d-%m-", "%m-%d-"))
# Dates without anything between their parts are numbers, too, so these are not among the known.
COMPACT = "%Y%m%d"
COMPACT_LENGTH = 8


class Date(ItemStep):
    """Reads dates and times written in other ways than ISO 8601, by the first format that fits."""

    label: ClassVar[str] = "Read a date"
    kind: Literal["date"] = "date"
    formats: tuple[str, ...] = Field(
        default=("%d/%m/%Y",),
        min_length=1,
        title="Formats",
        description="Such as %d/%m/%Y %H:%M; iso for ISO 8601. The first that fits counts.",
    )
    timezone: str = Field(
        default="UTC",
        title="Time zone",
        description="Where the text gives none, such as Europe/Berlin.",
    )
    result: Result = Field(default="moment", title="Gives", description=GIVES)

    _zone: tzinfo = PrivateAttr(default=UTC)

    @field_validator("formats")
    @classmethod
    def check_formats(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what is no format: every row would pass it unread."""
        for text in formats:
            try:
                if text != ISO:
                    parse(EPOCH.strftime(text), text)
                if text != ISO and "%y" not in text.lower():
                    raise ValueError
            except ValueError:
                raise ValueError(f"“{text}” is not a format of dates such as %d/%m/%Y") from None
        return formats

    @field_validator("timezone")
    @classmethod
    def check_timezone(cls, name: str) -> str:
        """Refuse a time zone that does not exist."""
        find_zone(name)
        return name

    def model_post_init(self, context: Any, /) -> None:
        self._zone = find_zone(self.timezone)

    def change(self, value: Any) -> Any:
        text = write_scalar(value)
        if text is None or isinstance(value, bool):
            return value
        for known in self.formats:
            try:
                moment = parse(text.strip(), known)
                aware = moment if moment.tzinfo else moment.replace(tzinfo=self._zone)
                # The date as it stands in the text: elsewhere it may be the day before.
                return write_moment(moment if self.result == "date" else aware, self.result)
            except (ValueError, OverflowError):
                continue
        return value

    def describe(self) -> str:
        zone = "" if self.result == "date" else f", in {self.timezone}"
        return f"Read as {' or '.join(self.formats)}{zone}"


class Epoch(ItemStep):
    """Reads a number that counts the time since some moment (UTC), or the days as Excel does."""

    label: ClassVar[str] = "Read a number as a date"
    kind: Literal["epoch"] = "epoch"
    unit: UnitName = Field(
        default="s",
        title="Unit",
        description="s, ms, us: seconds, milliseconds or microseconds since 1970; filetime: of"
        " Windows and Active Directory; ticks: of .NET; excel: Excel's day numbers.",
    )
    result: Result = Field(default="moment", title="Gives", description=GIVES)

    def change(self, value: Any) -> Any:
        number = read_number(value)
        if number is None:
            return value
        try:
            return write_moment(UNITS[self.unit].read(number), self.result)
        except OverflowError:
            return value

    def describe(self) -> str:
        return f"Read as {UNITS[self.unit].label}"


def find_zone(name: str) -> tzinfo:
    """Return the time zone of an IANA name; raise ValueError when there is none."""
    try:
        return ZoneInfo(name)
    except (OSError, KeyError, ValueError):
        raise ValueError(f"“{name}” is not a time zone such as Europe/Berlin") from None


def parse(text: str, known: str) -> datetime:
    """Return the moment that a text gives in a format; raise ValueError when it is another."""
    if known == ISO:
        return datetime.fromisoformat(text)
    moment = datetime.strptime(text, known)  # noqa: DTZ007 - the zone is added by the caller
    return moment.replace(tzinfo=UTC) if known.endswith(("Z", "%Z")) else moment


def write_moment(moment: datetime, result: Result) -> str:
    """Return a moment as ISO 8601, in UTC, or its date alone."""
    if result == "date":
        return moment.date().isoformat()
    return moment.astimezone(UTC).isoformat()


# One text in so many may be no date, or not in the format of the others.
ODD_DATES = 10


def find_date_formats(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the known formats in which most of the texts can be read, as nearly all have to be.

    One impossible date among many says nothing against the format of the others.
    """
    odd = sum(not DATE_LIKE.fullmatch(text.strip()) for text in texts)
    if not texts or odd > len(texts) // ODD_DATES:
        return ()  # as most columns: trying every format takes a while
    misfits = {known: sum(not _fits(text, known) for text in texts) for known in KNOWN_FORMATS}
    least = min(misfits.values())
    if least > len(texts) // ODD_DATES:
        return ()
    return tuple(known for known, count in misfits.items() if count == least)


def _fits(text: str, known: str) -> bool:
    try:
        parse(text.strip(), known)
    except ValueError:
        return False
    return True


def find_number_unit(texts: Sequence[str]) -> str:
    """Return how all the texts, which are numbers, can be dates: a unit, or COMPACT, or empty."""
    if texts and all(map(_is_compact, texts)):
        return COMPACT
    return find_unit([read_number(text) for text in texts]) or ""


def _is_compact(text: str) -> bool:
    return len(text.strip()) == COMPACT_LENGTH and _fits(text, COMPACT)


def is_ambiguous(formats: Sequence[str]) -> bool:
    """Return whether the formats differ in which number is the day and which the month."""
    return any(
        any(known.startswith(one) for known in formats)
        and any(known.startswith(other) for known in formats)
        for one, other in AMBIGUOUS
    )
