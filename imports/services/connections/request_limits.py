"""Count the requests of connections by the minute, and stop those beyond the limit."""

from __future__ import annotations

import time

from accounts.counters import count_one
from imports.core.errors import ImporterError
from imports.models import Connection

WINDOW_SECONDS = 60


class TooManyRequests(ImporterError):
    """A connection has sent more requests in this minute than it may; `seconds` are left of it."""

    def __init__(self, message: str, seconds: int, headers: dict[str, str]) -> None:
        super().__init__(message)
        self.seconds, self.headers = seconds, headers


def count_request(connection: Connection) -> dict[str, str]:
    """Count a request in the present minute; return the headers that say how many are left.

    They are those of draft-ietf-httpapi-ratelimit-headers. Raises TooManyRequests.
    """
    now = time.time()
    window, left_seconds = int(now // WINDOW_SECONDS), WINDOW_SECONDS - int(now % WINDOW_SECONDS)
    name = f"connection-requests:{connection.pk}:{window}"
    left = connection.per_minute - count_one(name, 2 * WINDOW_SECONDS)
    headers = {
        "RateLimit-Policy": f'"minute";q={connection.per_minute};w={WINDOW_SECONDS}',
        "RateLimit": f'"minute";r={max(left, 0)};t={left_seconds}',
    }
    if left < 0:
        message = f"This connection can send {connection.per_minute:,} requests a minute."
        raise TooManyRequests(message, left_seconds, headers)
    return headers
