"""Count the requests of connections by the minute, and stop those beyond the limit."""

from __future__ import annotations

from accounts import counters
from accounts.counters import Allowance
from imports.core.errors import ImporterError
from imports.models import Connection


class TooManyRequests(ImporterError):
    """A connection has sent more requests in this minute than it may."""

    def __init__(self, message: str, allowance: Allowance) -> None:
        super().__init__(message)
        self.allowance = allowance

    @property
    def seconds(self) -> int:
        """Return how many seconds are left of the minute."""
        return self.allowance.seconds

    @property
    def headers(self) -> dict[str, str]:
        return self.allowance.headers


def count_request(connection: Connection) -> Allowance:
    """Count a request in the present minute; return how many are left. Raises TooManyRequests."""
    name = f"connection-requests:{connection.pk}"
    allowance = counters.count_request(name, connection.per_minute)
    if allowance.left < 0:
        message = f"This connection can send {connection.per_minute:,} requests a minute."
        raise TooManyRequests(message, allowance)
    return allowance
