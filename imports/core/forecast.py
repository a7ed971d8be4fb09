"""Estimate from a source's last days when nearly everybody will have signed in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# Longer ago says little about the rate of now; a day alone says nothing.
WINDOW = timedelta(days=14)
# Beyond this a date would only pretend to know.
HORIZON_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Forecast:
    """How fast those who have not come back grow fewer.

    People return as atoms decay: of those who are left, about the same share each day. `until`
    holds for some shares of all users the day by which as many will have returned.
    """

    half_life_days: float
    until: dict[float, date]


def forecast_return(
    missing: Sequence[tuple[date, int]], users: int, shares: Sequence[float] = (0.9, 0.95, 0.99)
) -> Forecast | None:
    """Return the forecast from the users missing on each day, oldest first; None without a rate.

    A share that is reached already, or will not be within ten years, has no day.
    """
    if not missing:
        return None
    today, left = missing[-1]
    begun, before = next(
        (day, count) for day, count in missing if day >= today - WINDOW and count >= left
    )
    days = (today - begun).days
    if days < 1 or left < 1 or before <= left:
        return None
    rate = math.log(before / left) / days
    return Forecast(math.log(2) / rate, dict(_list_days(today, left, users, rate, shares)))


def _list_days(
    today: date, left: int, users: int, rate: float, shares: Sequence[float]
) -> list[tuple[float, date]]:
    found = []
    for share in shares:
        allowed = max(round(users * (1 - share)), 0.5)
        days = math.ceil(math.log(left / allowed) / rate) if left > allowed else 0
        if 0 < days <= HORIZON_DAYS:
            found.append((share, today + timedelta(days=days)))
    return found
