"""Recovery codes from another system: stored one by one, each taken away when it is used."""

from __future__ import annotations

import hmac
import string
from collections.abc import Iterable, Mapping
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

from accounts.authenticators.secrets import decrypt_secret, encrypt_secret

IGNORED = str.maketrans("", "", string.punctuation + string.whitespace)


def build_data(codes: Iterable[str]) -> dict[str, Any]:
    """Return the `data` of an authenticator row for codes that are still unused."""
    return {"migrated_codes": [encrypt_secret(code) for code in codes]}


def list_unused_codes(data: Mapping[str, Any]) -> list[str]:
    """Return the codes that are still unused, imported or made here from a seed.

    Raise DecryptionError when they cannot be read.
    """
    if has_migrated_codes(data):
        return [decrypt_secret(code) for code in data["migrated_codes"]]
    return RecoveryCodes(Authenticator(data=dict(data))).get_unused_codes()


def take_code(data: Mapping[str, Any], given: str) -> dict[str, Any] | None:
    """Return `data` without the code that was given, or None when it is not among them.

    Case, spaces and dashes make no difference: people copy codes from paper.
    Raise DecryptionError when a code cannot be read.
    """
    wanted = normalise_code(given)
    stored = data["migrated_codes"]
    found = None
    for place, encrypted in enumerate(stored):
        if wanted and hmac.compare_digest(normalise_code(decrypt_secret(encrypted)), wanted):
            found = place
    if found is None:
        return None
    return {**data, "migrated_codes": stored[:found] + stored[found + 1 :]}


def normalise_code(code: str) -> bytes:
    return code.translate(IGNORED).lower().encode("utf-8", "replace")


def has_migrated_codes(data: Mapping[str, Any]) -> bool:
    """Tell codes that were imported from those that allauth made here from a seed."""
    return "migrated_codes" in data


def count_codes(data: Mapping[str, Any]) -> int:
    return len(data["migrated_codes"])
