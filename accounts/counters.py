"""Counters in the cache, which every process of every host shares."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.core.cache import cache

WINDOW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many requests are left of those allowed in this minute, and the seconds until its end.

    `left` is negative for a request that is one too many.
    """

    allowed: int
    left: int
    seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers of draft-ietf-httpapi-ratelimit-headers; Retry-After for too many."""
        headers = {
            "RateLimit-Policy": f'"minute";q={self.allowed};w={WINDOW_SECONDS}',
            "RateLimit": f'"minute";r={max(self.left, 0)};t={self.seconds}',
        }
        return headers if self.left >= 0 else {**headers, "Retry-After": str(self.seconds)}


def count_request(name: str, allowed: int) -> Allowance:
    """Count a request of somebody in the present minute, and return how many are left of it."""
    now = time.time()
    window, seconds = int(now // WINDOW_SECONDS), WINDOW_SECONDS - int(now % WINDOW_SECONDS)
    left = allowed - count_one(f"{name}:{window}", 2 * WINDOW_SECONDS)
    return Allowance(allowed, left, seconds)


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
