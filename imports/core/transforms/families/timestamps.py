"""Transforms of dates and times."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr, field_validator

from accounts.attributes import FALSE_WORDS, TRUE_WORDS
from imports.core.transforms.contract import ItemStep, Step, write_scalar
from imports.core.values.date_formats import ISO, PRINTED, find_date_formats, parse
from imports.core.values.timestamps import (
    EPOCH,
    UNITS,
    UnitName,
    find_unit,
    is_no_date,
    read_number,
)

Result = Literal["timestamp", "date"]
# How databases write that there is no value.
NULL_TEXTS = frozenset({"\\N", "(null)", "<null>", "[NULL]"})
GIVES = "A timestamp, or only its date."


class Date(ItemStep):
    """Reads dates and times written in other ways than ISO 8601, by the first format that fits."""

    label: ClassVar[str] = "Read a date"
    kind: Literal["date"] = "date"
    formats: tuple[str, ...] = Field(
        default=("%d/%m/%Y",),
        min_length=1,
        title="Formats",
        description="Such as %d/%m/%Y %H:%M; iso for ISO 8601; printed for dates as programs print"
        " them, with a time zone. The first that fits counts.",
    )
    timezone: str = Field(
        default="UTC",
        title="Time zone",
        description="Where the text gives none, such as Europe/Berlin.",
    )
    result: Result = Field(default="timestamp", title="Gives", description=GIVES)

    _zone: tzinfo = PrivateAttr(default=UTC)

    @field_validator("formats")
    @classmethod
    def check_formats(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what is no format: every row would pass it unread."""
        for text in formats:
            try:
                if text in {ISO, PRINTED}:
                    continue
                parse(EPOCH.strftime(text), text)
                if "%y" not in text.lower():
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
                timestamp = parse(text.strip(), known)
                aware = timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=self._zone)
                # The date as it stands in the text: elsewhere it may be the day before.
                return write_timestamp(timestamp if self.result == "date" else aware, self.result)
            except (ValueError, OverflowError):
                continue
        return value

    def describe(self) -> str:
        zone = "" if self.result == "date" else f", in {self.timezone}"
        return f"Read as {' or '.join(self.formats)}{zone}"


class Epoch(ItemStep):
    """Reads a number that counts the time since some timestamp (UTC), or the days as Excel does."""

    label: ClassVar[str] = "Read a number as a date"
    kind: Literal["epoch"] = "epoch"
    unit: UnitName = Field(
        default="s",
        title="Unit",
        description="s, ms, us: seconds, milliseconds or microseconds since 1970; filetime: of"
        " Windows and Active Directory; ticks: of .NET; excel: Excel's day numbers.",
    )
    result: Result = Field(default="timestamp", title="Gives", description=GIVES)

    def change(self, value: Any) -> Any:
        number = read_number(value)
        if number is None:
            return value
        try:
            return write_timestamp(UNITS[self.unit].read(number), self.result)
        except OverflowError:
            return value

    def describe(self) -> str:
        return f"Read as {UNITS[self.unit].label}"


class Since(Step):
    """Makes of the date since which something holds whether it does: of a blank, false.

    Words for yes and no are read as such; what is neither a date nor such a word is kept.
    """

    label: ClassVar[str] = "Filled date means true"
    takes_blanks: ClassVar[bool] = True
    kind: Literal["since"] = "since"

    def apply(self, value: Any) -> Any:
        if value is None or value in ("", [], {}):
            return False
        text = (write_scalar(value) or "").strip()
        word = text.lower()
        if not text:
            return value if isinstance(value, list | dict) else False
        if word in TRUE_WORDS or word in FALSE_WORDS:
            return word in TRUE_WORDS
        if is_no_date(text) or text in NULL_TEXTS:
            return False
        is_date = bool(find_date_formats([text])) or find_unit([read_number(text)])
        return True if is_date else value


def find_zone(name: str) -> tzinfo:
    """Return the time zone of an IANA name; raise ValueError when there is none."""
    try:
        return ZoneInfo(name)
    except (OSError, KeyError, ValueError):
        raise ValueError(f"“{name}” is not a time zone such as Europe/Berlin") from None


def write_timestamp(timestamp: datetime, result: Result) -> str:
    """Return a timestamp as ISO 8601, in UTC, or its date alone."""
    if result == "date":
        return timestamp.date().isoformat()
    return timestamp.astimezone(UTC).isoformat()


TRANSFORMS = (Date, Epoch, Since)
