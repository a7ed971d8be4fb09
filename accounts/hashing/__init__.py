"""Foreign password hashes: identify, parse, bound and verify them, without Django.

The verifying half only: nothing here can create a hash of a foreign format.
"""

from accounts.hashing.contract import Bound, Format, HashSummary, Likelihood, Parameter
from accounts.hashing.costs import Cost, Limits, get_limits, set_limits
from accounts.hashing.encodings import MAXIMUM_PASSWORD_BYTES, is_too_long
from accounts.hashing.errors import HashCostError, HashError, HashFormatError
from accounts.hashing.registry import (
    FORMATS,
    MAXIMUM_STORED_LENGTH,
    PREFIXES,
    Presented,
    add_username,
    candidates,
    describe,
    encode,
    present,
    verify,
)
from accounts.hashing.settling import settle_format

PREFERRED_PREFIX = "argon2"
"""The one prefix whose Django hasher also creates hashes."""

__all__ = [
    "FORMATS",
    "MAXIMUM_PASSWORD_BYTES",
    "MAXIMUM_STORED_LENGTH",
    "PREFERRED_PREFIX",
    "PREFIXES",
    "Bound",
    "Cost",
    "Format",
    "HashCostError",
    "HashError",
    "HashFormatError",
    "HashSummary",
    "Likelihood",
    "Limits",
    "Parameter",
    "Presented",
    "add_username",
    "candidates",
    "describe",
    "django_hasher_paths",
    "encode",
    "get_limits",
    "hasher_name",
    "is_too_long",
    "present",
    "set_limits",
    "settle_format",
    "verify",
]


def hasher_name(prefix: str) -> str:
    """Return the name of the class in `accounts.hashers` that verifies strings of `prefix`."""
    return "".join(part.capitalize() for part in prefix.split("_")) + "Hasher"


def django_hasher_paths() -> list[str]:
    """Return the value of Django's PASSWORD_HASHERS: our argon2id first, then one per prefix.

    It lives here, not beside the hashers, because a settings module must not import Django's.
    """
    names = [hasher_name(prefix) for prefix in PREFIXES if prefix != PREFERRED_PREFIX]
    return [f"accounts.hashers.{name}" for name in ["Argon2idHasher", *names]]
