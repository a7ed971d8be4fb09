"""Count the requests of connections by the minute, and stop those beyond the limit."""

from __future__ import annotations

from accounts import counters
from imports.core.errors import ImporterError
from imports.models import Connection


class TooManyRequests(ImporterError):
    """A connection has sent more requests in this minute than it may; `seconds` are left of it."""

    def __init__(self, message: str, seconds: int, headers: dict[str, str]) -> None:
        super().__init__(message)
        self.seconds, self.headers = seconds, headers


def count_request(connection: Connection) -> dict[str, str]:
    """Count a request in the present minute; return the headers that say how many are left.

    Raises TooManyRequests.
    """
    allowance = counters.count_request(
        f"connection-requests:{connection.pk}", connection.per_minute
    )
    if allowance.left < 0:
        message = f"This connection can send {connection.per_minute:,} requests a minute."
        raise TooManyRequests(message, allowance.seconds, allowance.headers)
    return allowance.headers
