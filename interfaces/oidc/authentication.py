"""How and when a session signed in: the claims `auth_time`, `amr` and `acr`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

# Of RFC 8176 where it has a word: “otp” is a one-time password, from an app or by e-mail. “pop” is
# the possession of a key of which nothing says whether hardware holds it.
METHODS = {
    "password": "pwd",
    "password_reset": "pwd",
    "code": "otp",
    "socialaccount": "fed",
    "totp": "otp",
    "recovery_codes": "recovery_code",
    "webauthn": "pop",
}
SEVERAL = "mfa"
ONE_FACTOR, TWO_FACTORS = "1", "2"
LEVELS = [ONE_FACTOR, TWO_FACTORS]


@dataclass(frozen=True, slots=True)
class Authentication:
    """When somebody last showed who they are, and all the ways by which the session has."""

    at: datetime
    methods: tuple[str, ...]


def read_authentication(request: HttpRequest) -> Authentication:
    """Return how the signed-in user of a request signed in."""
    records = get_authentication_records(request, request.user)
    user: Any = request.user
    times = [datetime.fromtimestamp(record["at"], UTC) for record in records]
    # A session that was made without allauth has no records.
    at = max(times) if times else user.last_login or user.created_at
    return Authentication(at, tuple(dict.fromkeys(_name_methods(records))))


def find_level(methods: Iterable[str]) -> str:
    return TWO_FACTORS if SEVERAL in methods else ONE_FACTOR


def _name_methods(records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    found = [
        METHODS.get(record.get("type", ""), METHODS.get(record["method"], "")) for record in records
    ]
    yield from filter(None, found)
    # A passkey that signs in alone has verified its user, with a PIN or a finger.
    is_alone = any(record.get("passwordless") for record in records)
    if is_alone or _has_second_factor(records):
        yield SEVERAL


def _has_second_factor(records: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether a code or key came on top of a password, code by e-mail or external login."""
    kinds = {record["method"] == "mfa" for record in records}
    return kinds == {True, False}
