"""Moments are read in every spelling, and what is none is told by what it looks like."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.problems import Problem
from imports.core.records.validation import validate_record
from imports.core.values.timestamps import UNITS, explain_range, read_number


def read(value):
    """Return the timestamp that is stored, or the problem there is instead."""
    values = {"subject_id": "1", "profile": {"created_at": value}}
    record, problems = validate_record(values, attributes={}, columns={})
    if record is None:
        return problems[0]
    timestamp = record.profile.created_at
    return timestamp.isoformat() if timestamp else ""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-05-31T09:30:00Z", "2024-05-31T09:30:00+00:00"),
        ("2024-05-31 09:30:00+00", "2024-05-31T09:30:00+00:00"),
        ("2024-05-31 09:30:00.25+02", "2024-05-31T07:30:00.250000+00:00"),
        (" 2024-05-31 ", "2024-05-31T00:00:00+00:00"),
        (1_600_000_000, "2020-09-13T12:26:40+00:00"),
        ("1600000000000", "2020-09-13T12:26:40+00:00"),
    ],
)
def test_timestamp_is_read_in_the_spellings_of_databases(value, expected):
    assert read(value) == expected


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1_600_000_000_000_000, "it looks like microseconds since 1970"),
        ("133500000000000000", "it looks like file times of Windows"),
        (638_500_000_000_000_000, "it looks like ticks of .NET"),
        ("9" * 30, "the number is not a date."),
        ("50000-01-01", "more than four digits"),
        ("9999-12-31T23:59:59-05:00", "In UTC, its year has more than four digits"),
        ("9999-12-31 23:59:59-05", "In UTC, its year has more than four digits"),
    ],
)
def test_date_out_of_range_says_what_it_looks_like_and_what_to_do(value, words):
    problem = read(value)
    assert problem.code == "date_out_of_range"
    assert words in problem.message
    assert "Read a number as a date" in problem.kind.advice


@pytest.mark.parametrize(
    "value",
    [
        "0000-00-00 00:00:00", "0001-01-01T00:00:00+02:00", "0001-01-01T00:00:00Z", "never",
        "Never logged in", "Not yet", "(never)", "00.00.0000", "-infinity", "--", "jamais",
        "12/31/1600 4:00:00 PM", "9223372036854775807",
    ],
)  # fmt: skip
def test_what_stands_for_no_date_is_blank(value):
    assert read(value) == ""


@pytest.mark.parametrize("value", ["2024-05-31 09:30:00 BST", "2024-05-31 9 o'clock", "nearly"])
def test_date_that_is_not_understood_is_not_called_impossible(value):
    assert read(value).code == "wrong_type"


@pytest.mark.parametrize("value", ["2024-02-31 09:30:00 UTC", "2024-02-30 09:30:00 +0100 CET"])
def test_impossible_day_is_called_so_whatever_zone_follows(value):
    assert read(value).code == "date_impossible"


@pytest.mark.parametrize("value", ["2021-02-31", " 2024-02-30T00:00:00Z", "2024-05-31T25:00:00"])
def test_date_that_no_calendar_has_is_to_be_corrected(value):
    problem = read(value)
    assert problem.code == "date_impossible"
    assert problem.kind.advice.startswith("Correct the date")
    assert "Read a number as a date" not in problem.kind.advice


@pytest.mark.parametrize("value", ["31.02.2024", "soon", True, [1], {"a": 1}])
def test_what_is_neither_date_nor_number_is_of_the_wrong_type(value):
    assert read(value).code == "wrong_type"


ANY = (
    st.integers(-(10**40), 10**40)
    | st.floats()
    | st.text()
    | st.datetimes(timezones=st.timezones()).map(str)
    | st.integers(-(10**40), 10**40).map(str)
    | st.tuples(st.integers(0, 99999), st.integers(0, 99), st.integers(0, 99)).map(
        lambda parts: "{:04}-{:02}-{:02}".format(*parts)
    )
)


@given(ANY)
def test_any_value_is_a_timestamp_or_a_problem(value):
    found = read(value)
    assert isinstance(found, str | Problem)
    assert isinstance(explain_range(value), str)


@given(st.sampled_from(sorted(UNITS)), ANY.map(read_number).filter(lambda each: each is not None))
def test_number_is_read_in_any_unit_or_overflows(unit, number):
    with suppress(OverflowError):
        assert UNITS[unit].read(number).tzinfo is not None
