"""Dates are read as Ruby, Go, Java, JavaScript, C, mail and .NET print them."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.transforms.families.timestamps import Date
from imports.core.values.date_formats import PRINTED, find_date_formats
from imports.core.values.printed_dates import read_printed

TIMESTAMP = "2024-05-31T07:30:05+00:00"


@pytest.mark.parametrize(
    "text",
    [
        # Ruby
        "2024-05-31 07:30:05 UTC",
        "2024-05-31 09:30:05 +0200",
        "2024-05-31 09:30:05.000000000 +0200",
        # Go
        "2024-05-31 07:30:05 +0000 UTC",
        "2024-05-31 09:30:05.000000001 +0200 CEST",
        "2024-05-31 04:30:05 -0300 -03",
        "2024-05-31 07:30:05 +0000 UTC m=+0.000057",
        # Java
        "2024-05-31T09:30:05+02:00[Europe/Berlin]",
        "2024-05-31T07:30:05Z[UTC]",
        "Fri May 31 09:30:05 CEST 2024",
        "Fri May 31 09:30:05 GMT+02:00 2024",
        # JavaScript
        "Fri May 31 2024 09:30:05 GMT+0200 (Central European Summer Time)",
        "Fri May 31 2024 07:30:05 GMT+0000 (Coordinated Universal Time)",
        "Fri, 31 May 2024 07:30:05 GMT",
        # C, date(1), mail, cookies
        "Fri May 31 07:30:05 2024",
        "Fri May 31 09:30:05 AM CEST 2024",
        "Fri, 31 May 2024 09:30:05 +0200",
        "31 May 2024 03:30:05 -0400 (EDT)",
        "Friday, 31-May-24 07:30:05 UTC",
        # .NET and PowerShell
        "/Date(1717140605000)/",
        "/Date(1717140605000+0200)/",
        # PostgreSQL with a named zone
        "2024-05-31 09:30:05 Europe/Berlin",
    ],
)
def test_date_is_read_as_programs_print_it(text):
    read = read_printed(text)
    aware = read if read.tzinfo else read.replace(tzinfo=UTC)
    assert aware.astimezone(UTC).replace(microsecond=0).isoformat() == TIMESTAMP
    assert Date(formats=(PRINTED,)).apply(text)[:19] == TIMESTAMP[:19]


def test_day_of_one_digit_is_padded_with_a_space():
    assert read_printed("Sat Jun  1 07:30:05 2024").day == 1


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-31 09:30:05 BST",  # British summer, or Bangladesh
        "2024-05-31 09:30:05 CST",  # Chicago, or Shanghai
        "2024-02-31 09:30:05 UTC",
        "Fri Mai 31 07:30:05 2024",
        "Fri May 31 13:30:05 PM UTC 2024",
        "Fri May 31 07:30:05 UTC",
        "2024-05-31T09:30:05[Europe/Atlantis]",
        "/Date(999999999999999)/",
        "soon",
    ],
)
def test_date_that_could_be_another_is_not_read(text):
    with pytest.raises(ValueError, match=r"date|text|day|hour"):
        read_printed(text)


@pytest.mark.parametrize(
    "texts",
    [
        ["2024-05-31 07:30:05 UTC", "2024-06-01 07:30:05 UTC"],
        ["Fri May 31 2024 09:30:05 GMT+0200 (Central European Summer Time)"],
        ["Fri May 31 09:30:05 CEST 2024", "Sat Jun 01 09:30:05 CEST 2024"],
        ["/Date(1717140605000)/"],
    ],
)
def test_column_of_printed_dates_is_recognised(texts):
    assert find_date_formats(texts) == (PRINTED,)


OFFSETS = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMESTAMPS = st.datetimes(
    datetime(1980, 1, 1), datetime(2099, 12, 31), timezones=OFFSETS  # noqa: DTZ001
)  # fmt: skip


@given(TIMESTAMPS)
def test_every_date_with_an_offset_is_read_as_it_was_printed(timestamp):
    ruby = timestamp.strftime("%Y-%m-%d %H:%M:%S.%f %z")
    assert read_printed(ruby) == timestamp
    assert read_printed(timestamp.strftime("%a %b %d %Y %H:%M:%S GMT%z")) == timestamp.replace(
        microsecond=0
    )


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d? [\d: ]{4,12}.{0,20}"))
def test_no_text_raises_anything_but_a_value_error(text):
    with suppress(ValueError):
        read_printed(text)
