"""Counters in the cache, which every process of every host shares."""

from __future__ import annotations

from django.core.cache import cache


def count_one(name: str, seconds: int) -> int:
    """Count one more under a name, and return how many there were within the seconds so far.

    The cache may forget a name at any time, also between the two commands: it has expired, or
    there was no room. Then this one is the first again.
    """
    while not cache.add(name, 1, timeout=seconds):
        try:
            return int(cache.incr(name))
        except ValueError:
            continue
    return 1
