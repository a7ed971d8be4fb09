"""How often directories are asked at all: nobody guesses passwords there through Userferry.

Counters live in the cache, which all web servers share. They hold keyed digests of names and
addresses; passwords are in none of them, not even as digests.
"""

from __future__ import annotations

import ipaddress
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import salted_hmac

from accounts.counters import count_one

HOUR, MINUTE = 3600, 60
# A user whom a directory does not know is not asked for again so soon.
UNKNOWN_SECONDS = 60
SALT = "imports.directory_client"


class TooManyAttempts(Exception):
    """The account or the address has failed too often: the directory is not asked."""


class BudgetSpent(Exception):
    """So many questions were asked in this minute that no more are."""


@dataclass(frozen=True, slots=True)
class Counter:
    """Counts in a window of time; a new window begins at none."""

    name: str
    seconds: int

    @property
    def _key(self) -> str:
        return f"legacy:count:{self.name}:{int(time.time() // self.seconds)}"

    def add(self) -> int:
        """Count one more and return how many those are now."""
        return count_one(self._key, 2 * self.seconds)

    def take_back(self) -> None:
        key = self._key
        if cache.get(key, 0) > 0:
            cache.decr(key)


@dataclass(frozen=True, slots=True)
class Reservation:
    """A question that is counted as failed until the person turns out to be in the right."""

    counters: tuple[Counter, ...]

    def release(self) -> None:
        """Do not count it against account and address: it did not fail."""
        for counter in self.counters:
            counter.take_back()


def reserve(directory_id: int, identifier: str, address: str, *, per_minute: int) -> Reservation:
    """Count a question before it is asked, so that many at once do not slip through.

    An address that is not known is empty, and is not counted. Raises TooManyAttempts or
    BudgetSpent. Those stopped by account or address use up nothing of the budget: whoever guesses
    cannot keep others from signing in that way.
    """
    limits = {
        Counter(f"account:{digest(identifier)}", HOUR): settings.LEGACY_DIRECTORY_ACCOUNT_LIMIT
    }
    if address:
        by_address = Counter(f"address:{digest(group_address(address))}", HOUR)
        limits[by_address] = settings.LEGACY_DIRECTORY_ADDRESS_LIMIT
    own = Reservation(tuple(limits))
    counts = {counter: counter.add() for counter in limits}
    if any(count > limits[counter] for counter, count in counts.items()):
        raise TooManyAttempts
    if (
        Counter(f"directory:{directory_id}", MINUTE).add() > per_minute
        or Counter("all", MINUTE).add() > settings.LEGACY_DIRECTORY_BUDGET
    ):
        own.release()
        raise BudgetSpent
    return own


def note_unknown(directory_id: int, identifier: str) -> None:
    """Remember for a while that the directory does not know the user."""
    cache.set(f"legacy:unknown:{directory_id}:{digest(identifier)}", True, UNKNOWN_SECONDS)


def is_known_unknown(directory_id: int, identifier: str) -> bool:
    return bool(cache.get(f"legacy:unknown:{directory_id}:{digest(identifier)}"))


def digest(text: str) -> str:
    """Return what stands for a name or address in the cache."""
    return salted_hmac(SALT, text.strip().lower(), algorithm="sha256").hexdigest()[:32]


def group_address(address: str) -> str:
    """Return the address, or the network of an IPv6 one: a subscriber has a /64 (RFC 6177)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
