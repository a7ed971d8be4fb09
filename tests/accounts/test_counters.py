"""Counters in the cache count on when the cache forgets them, at any time."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from accounts.counters import count_one


@pytest.fixture
def name() -> str:
    cache.delete("counted")
    return "counted"


def test_each_one_more_is_counted(name: str) -> None:
    assert [count_one(name, 60) for _ in range(3)] == [1, 2, 3]


def test_what_is_forgotten_in_between_is_counted_from_the_beginning(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    count_one(name, 60)
    incr = cache.incr

    def expire_first(key: str, *given: Any) -> int:
        cache.delete(key)
        return int(incr(key, *given))

    monkeypatch.setattr(cache, "incr", expire_first)

    assert count_one(name, 60) == 1
