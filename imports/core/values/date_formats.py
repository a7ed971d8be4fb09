"""How texts write dates and times, and the search for the way in which a column writes them.

Formats are those of Python's strptime, “iso” for ISO 8601, or “printed” for what programming
languages print, such as 2024-05-31 09:30:00 UTC.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from imports.core.values.printed_dates import read_printed
from imports.core.values.timestamps import find_unit, read_number

ISO = "iso"
PRINTED = "printed"
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
KNOWN_FORMATS = (
    ISO,
    *(f"{day}{time}" for day in DAYS for time in TIMES),
    "%Y%m%d%H%M%SZ",
    PRINTED,
)
DATE_LIKE = re.compile(
    r"(?:[a-z]{3,9}, )?"
    r"(?:\d{1,4}[-/. ](?:\d{1,2}|[a-z]{3,9})[-/. ]\d{2,4}|[a-z]{3,9} \d{1,2}, \d{4})"
    r"(?:[T ,].{0,60})?|\d{14}Z|[a-z]{3} [a-z]{3} [ \d]\d,? .{4,80}|\\?/Date\(-?\d+.{0,9}",
    re.IGNORECASE,
)
# Two ways to read the same text: which of them is meant shows only when a day is above 12.
AMBIGUOUS = (("%d/%m/", "%m/%d/"), ("%d-%m-", "%m-%d-"))
# Dates without anything between their parts are numbers, too, so these are not among the known.
COMPACT = "%Y%m%d"
COMPACT_LENGTH = 8


def parse(text: str, known: str) -> datetime:
    """Return the timestamp that a text gives in a format; raise ValueError when it is another."""
    if known == ISO:
        return datetime.fromisoformat(text)
    if known == PRINTED:
        return read_printed(text)
    timestamp = datetime.strptime(text, known)  # noqa: DTZ007 - the zone is added by the caller
    return timestamp.replace(tzinfo=UTC) if known.endswith(("Z", "%Z")) else timestamp


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
