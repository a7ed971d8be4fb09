"""Foreign password hashes: identify, parse, bound and verify them, without Django.

The verifying half only: nothing here can create a hash of a foreign format.
"""

from accounts.hashing.contract import Bound, Format, HashSummary, Likelihood, Parameter
from accounts.hashing.errors import HashCostError, HashError, HashFormatError
from accounts.hashing.registry import (
    FORMATS,
    MAXIMUM_STORED_LENGTH,
    PREFIXES,
    candidates,
    describe,
    encode,
    verify,
)

__all__ = [
    "FORMATS",
    "MAXIMUM_STORED_LENGTH",
    "PREFIXES",
    "Bound",
    "Format",
    "HashCostError",
    "HashError",
    "HashFormatError",
    "HashSummary",
    "Likelihood",
    "Parameter",
    "candidates",
    "describe",
    "django_hasher_paths",
    "encode",
    "verify",
]


def django_hasher_paths() -> list[str]:
    """Return the value of Django's PASSWORD_HASHERS: our argon2id, then every stored prefix.

    It lives here, not beside the hashers, because a settings module must not import Django's.
    """
    return ["accounts.hashers.Argon2idHasher", *map(hasher_path, VERIFY_ONLY_PREFIXES)]
