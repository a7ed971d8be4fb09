"""A plain password that is kept encrypted until it is hashed: how it is stored, and verified.

No file brings one: it is not among the formats that can be imported. The keys are Django's side of
the house, which says by `set_opener` how such a password is decrypted.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from accounts.hashing.contract import NEVER, Bound, Format, Likelihood, ParsedHash
from accounts.hashing.costs import Cost
from accounts.hashing.encodings import Password, encode_password
from accounts.hashing.errors import HashFormatError, HashUnavailableError

SEALED_PREFIX = "sealed"
# The salt of the hash to come, the id of the key, nonce and ciphertext.
TEXT = re.compile(r"(?P<salt>[A-Za-z0-9_-]{22})\$(?P<secret>[^:]+:[A-Za-z0-9+/]+={0,2})", re.DOTALL)

Opener = Callable[[str], bytes]
"""Decrypts a secret; raises HashUnavailableError where that is impossible."""


def refuse_to_open(secret: str) -> bytes:
    raise HashUnavailableError("no keys are known here")


_chosen: list[Opener] = [refuse_to_open]


def set_opener(opener: Opener) -> None:
    """Say how secrets are decrypted in the whole process, once, when it starts."""
    _chosen[0] = opener


@dataclass(frozen=True, repr=False, slots=True)
class Sealed(ParsedHash):
    """An encrypted password, and the salt that its hash is going to have."""

    salt: str
    secret: str

    bounds: ClassVar[tuple[Bound, ...]] = ()
    cost_formula: ClassVar[str] = "AES-256-GCM of the password"

    def summarize(self) -> dict[str, str | int]:
        return {}

    def estimate(self, password_bytes: int) -> Cost:
        return Cost(seconds=0)

    def open(self) -> bytes:
        """Return the password in UTF-8, or raise HashUnavailableError."""
        return _chosen[0](self.secret)

    def matches(self, password: Password) -> bool:
        return hmac.compare_digest(self.open(), encode_password(password))


def parse_sealed(text: str) -> Sealed:
    found = TEXT.fullmatch(text)
    if found is None:
        raise HashFormatError("this is not an encrypted password")
    return Sealed(found["salt"], found["secret"])


SEALED = Format(
    id=SEALED_PREFIX,
    label="plain password, encrypted until it is hashed",
    emitted_by="imports of plain passwords",
    source="docs/decisions/0041-plain-passwords-are-hashed-later.md",
    hashes=(Sealed,),
    parse=parse_sealed,
    shape=NEVER,
    likelihood=Likelihood.NAMED,
)
