"""When those who are missing will have come back, at the rate of the last days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.forecast import forecast_return

TODAY = date(2025, 3, 31)


def make_days(*missing: int) -> list[tuple[date, int]]:
    first = TODAY - timedelta(days=len(missing) - 1)
    return [(first + timedelta(days=number), count) for number, count in enumerate(missing)]


def test_missing_users_who_halve_each_day_have_a_half_life_of_one_day() -> None:
    forecast = forecast_return(make_days(800, 400, 200), users=1000)

    assert forecast is not None
    assert forecast.half_life_days == pytest.approx(1)
    assert forecast.until[0.9] == TODAY + timedelta(days=1)


def test_share_that_is_reached_already_has_no_day() -> None:
    forecast = forecast_return(make_days(100, 40), users=1000)

    assert forecast is not None
    assert 0.95 not in forecast.until
    assert 0.99 in forecast.until


def test_only_the_last_two_weeks_count() -> None:
    standing = [500] * 15
    assert forecast_return(make_days(1000, 600, *standing), users=1000) is None


def test_import_of_more_users_meanwhile_restarts_the_forecast() -> None:
    forecast = forecast_return(make_days(100, 50, 1000, 500), users=2000)

    assert forecast is not None
    assert forecast.half_life_days == pytest.approx(1)


@pytest.mark.parametrize("missing", [(), (100,), (100, 100), (100, 0), (0, 0), (50, 100)])
def test_without_recent_sign_ins_there_is_no_forecast(missing: tuple[int, ...]) -> None:
    assert forecast_return(make_days(*missing), users=1000) is None


@given(st.lists(st.integers(0, 10_000), max_size=40), st.integers(0, 20_000))
def test_any_days_give_a_forecast_in_the_future_or_none(missing: list[int], users: int) -> None:
    forecast = forecast_return(make_days(*missing), users)

    if forecast is not None:
        assert forecast.half_life_days > 0
        assert all(day > TODAY for day in forecast.until.values())
