"""Authenticator apps (RFC 6238): what is stored, and which code is right when.

allauth knows SHA-1, six digits and thirty seconds only; other parameters are kept beside the
secret, in keys that allauth ignores.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.authenticators.secrets import decrypt_secret, encrypt_secret

# RFC 6238 §5.2 advises against accepting more than one period of delay.
TOLERATED_PERIODS = 1


@dataclass(frozen=True, slots=True)
class Parameters:
    """How codes are made from the secret; the defaults are what nearly every app uses."""

    algorithm: str = "SHA1"
    digits: int = 6
    period: int = 30

    def __str__(self) -> str:
        return f"{self.algorithm}, {self.digits} digits, {self.period} seconds"


def build_data(
    secret: str, *, name: str = "", digits: int = 6, period: int = 30, algorithm: str = "SHA1"
) -> dict[str, Any]:
    """Return the `data` of an authenticator row for a base32 secret."""
    data: dict[str, Any] = {"secret": encrypt_secret(pad_secret(secret))}
    if (algorithm, digits, period) != ("SHA1", 6, 30):
        data |= {"algorithm": algorithm, "digits": digits, "period": period}
    if name:
        data["name"] = name
    return data


def read_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `build_data` was given: its keywords, those that are the default left out.

    Raise DecryptionError when the secret cannot be read.
    """
    kept = {key: data[key] for key in ("name", "digits", "period", "algorithm") if key in data}
    return {"secret": pad_secret(decrypt_secret(data["secret"])), **kept}


def pad_secret(secret: str) -> str:
    """Return a base32 secret as the decoder wants it: upper case, padded to eights."""
    bare = re.sub(r"[\s-]", "", secret).rstrip("=").upper()
    return bare + "=" * (-len(bare) % 8)


def read_parameters(data: Mapping[str, Any]) -> Parameters:
    stored = {key: data[key] for key in ("algorithm", "digits", "period") if key in data}
    return Parameters(**stored)


def find_counter(data: Mapping[str, Any], code: str, now: float) -> int | None:
    """Return the number of the period that `code` belongs to, or None when it is not right.

    Raise DecryptionError when the secret cannot be read.
    """
    parameters = read_parameters(data)
    secret = base64.b32decode(pad_secret(decrypt_secret(data["secret"])))
    given = re.sub(r"[\s-]", "", code).encode()
    found = None
    for counter in list_counters(now, parameters.period):
        if hmac.compare_digest(generate_code(secret, counter, parameters).encode(), given):
            found = counter
    return found


def list_counters(now: float, period: int) -> Iterator[int]:
    current = int(now) // period
    yield from range(max(current - TOLERATED_PERIODS, 0), current + TOLERATED_PERIODS + 1)


def generate_code(secret: bytes, counter: int, parameters: Parameters) -> str:
    """Return the code of one period (RFC 4226 §5.3)."""
    digest = hmac.digest(secret, counter.to_bytes(8, "big"), parameters.algorithm.lower())
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**parameters.digits).zfill(parameters.digits)
