"""Present stored passwords as an import takes them, and count those that cannot be."""

from __future__ import annotations

from accounts import hashing
from accounts.hashing.sealed import SEALED_PREFIX
from exports.engine.portions import NO_FORMAT, TO_BE_HASHED, Tally


def present_password(stored: str, tally: Tally) -> hashing.Presented | None:
    """Return the hash of a user; None for a user without one, or with one that is excluded."""
    if not stored or stored.startswith("!"):
        return None
    if stored.startswith(f"{SEALED_PREFIX}$"):
        # A plain password, encrypted. To hash each here would take hours for many.
        tally.excluded[TO_BE_HASHED] += 1
        return None
    presented = hashing.present(stored)
    if presented is None:
        tally.excluded[NO_FORMAT] += 1
    return presented
