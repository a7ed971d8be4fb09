"""The circuit breaker: a directory that does not answer is left alone for a while.

closed: it is asked. open: it failed several times in a row, and is not asked. half open: the
while is over, and one question is let through to find out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.core.cache import cache
from django.utils import timezone

from accounts.counters import count_one

FAILURES = 5
OPEN_SECONDS = 30
# How long the one question may take before another is let through.
PROBE_SECONDS = 15
FORGET_SECONDS = 300
# How long everybody who fails to sign in is told of the trouble.
TROUBLE_SECONDS = 60


class BreakerState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half open"


@dataclass(frozen=True, slots=True)
class Breaker:
    """What is known of a directory's health; the times are None while it is closed."""

    state: BreakerState = BreakerState.CLOSED
    failures: int = 0
    error: str = ""
    opened_at: datetime | None = None
    tried_again_at: datetime | None = None


def _key(kind: str, directory_id: int) -> str:
    return f"legacy:breaker:{kind}:{directory_id}"


def read_breaker(directory_id: int) -> Breaker:
    """Return the breaker's state, for showing it."""
    failures = int(cache.get(_key("failures", directory_id), 0))
    error = str(cache.get(_key("trouble", directory_id), ""))
    opened = cache.get(_key("open", directory_id))
    if opened is None:
        return Breaker(failures=failures, error=error)
    opened_at, until, reason = opened
    state = BreakerState.OPEN if timezone.now() < until else BreakerState.HALF_OPEN
    return Breaker(state, failures, reason, opened_at, until)


def may_ask(directory_id: int) -> bool:
    """Return whether the directory may be queried now; a half-open breaker lets one call do so."""
    state = read_breaker(directory_id).state
    if state is BreakerState.HALF_OPEN:
        return bool(cache.add(_key("probe", directory_id), True, PROBE_SECONDS))
    return state is BreakerState.CLOSED


def note_answer(directory_id: int) -> None:
    """Close the breaker: the directory answered."""
    kinds = ("failures", "open", "probe", "trouble")
    cache.delete_many([_key(kind, directory_id) for kind in kinds])


def note_failure(directory_id: int, error: str) -> None:
    """Count a failure; the breaker opens when they follow each other, or the trial failed."""
    note_trouble(directory_id, error)
    key = _key("failures", directory_id)
    if count_one(key, FORGET_SECONDS) < FAILURES:
        return
    now = timezone.now()
    opened = cache.get(_key("open", directory_id))
    opened_at = opened[0] if opened else now
    state = (opened_at, now + timedelta(seconds=OPEN_SECONDS), error)
    cache.set(_key("open", directory_id), state, FORGET_SECONDS)
    cache.touch(key, FORGET_SECONDS)
    cache.delete(_key("probe", directory_id))


def note_trouble(directory_id: int, error: str) -> None:
    """Remember that somebody could not be answered just now."""
    cache.set(_key("trouble", directory_id), error, TROUBLE_SECONDS)


def has_trouble(directory_ids: list[int]) -> bool:
    """Return whether one of the directories lately failed to answer."""
    return bool(cache.get_many([_key("trouble", number) for number in directory_ids]))
