"""Find out how an authenticator app makes its codes, given a code that it shows now."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

from accounts.authenticators.totp import Parameters, generate_code, pad_secret

ALGORITHMS = ("SHA1", "SHA256", "SHA512")
PERIODS = (30, 60)
# Clocks of old servers and phones are minutes off, seldom more. Every further period makes it
# likelier that a code is right by chance.
MAX_DRIFT_SECONDS = 300


@dataclass(frozen=True, slots=True)
class CodeReading:
    """How a secret is written and which codes come of it; `drift` is in periods."""

    notation: str
    parameters: Parameters
    drift: int


@dataclass(frozen=True, slots=True)
class _Secret:
    notation: str
    raw: bytes = field(repr=False)


def search_code(secret: str, code: str, now: float) -> list[CodeReading]:
    """Return the readings of a secret that give the code, those nearest to the present first.

    More than one means that the code does not tell: the next code will.
    """
    given = re.sub(r"[\s-]", "", code)
    if not re.fullmatch(r"[0-9]{6,8}", given):
        return []
    found = [
        CodeReading(each.notation, parameters, drift)
        for each, algorithm, period in product(list_secrets(secret), ALGORITHMS, PERIODS)
        for parameters in [Parameters(algorithm, len(given), period)]
        for drift in list_drifts(now, period)
        if is_right(each.raw, int(now) // period + drift, parameters, given)
    ]
    return sorted(found, key=lambda reading: abs(reading.drift) * reading.parameters.period)


def is_right(raw: bytes, counter: int, parameters: Parameters, code: str) -> bool:
    return hmac.compare_digest(generate_code(raw, counter, parameters), code)


def list_drifts(now: float, period: int) -> Iterator[int]:
    periods = MAX_DRIFT_SECONDS // period
    yield from range(max(-periods, -(int(now) // period)), periods + 1)


def list_secrets(secret: str) -> Iterator[_Secret]:
    """Yield the bytes that a secret can stand for: base32 as it should be, else hex or itself."""
    with contextlib.suppress(binascii.Error, ValueError):
        yield _Secret("base32", base64.b32decode(pad_secret(secret)))
    with contextlib.suppress(ValueError):
        yield _Secret("hex", bytes.fromhex(secret.strip()))
    with contextlib.suppress(UnicodeEncodeError):
        yield _Secret("text", secret.strip().encode())
