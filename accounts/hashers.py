"""Django password hashers over `accounts.hashing`: one that creates hashes, the rest verify only.

How long a failed sign-in takes. For an unknown user, Django and allauth run the preferred hasher
once. For a known one, `verify` runs the foreign function and, when it says no, the preferred
hasher once as well; so a plain MD5 answers no quicker than an unknown user. What a costly foreign
hash takes on top of that cannot be taken off again, only covered: `wait_out_failed_sign_in`
lets every failed attempt end on the same tick of a clock, and the sign-in calls it.
"""

from __future__ import annotations

import time
from dataclasses import replace
from math import ceil
from typing import Any

from argon2 import Parameters
from django.contrib.auth.hashers import (
    Argon2PasswordHasher,
    BasePasswordHasher,
    make_password,
    mask_hash,
)
from django.utils.translation import gettext_noop as _

from accounts import hashing
from accounts.hashing import PREFERRED_PREFIX, PREFIXES, django_hasher_paths, hasher_name
from accounts.passwords.length import PasswordTooLong
from accounts.passwords.profiles import get_profile

PASSWORD_HASHERS = django_hasher_paths()

FAILED_SIGN_IN_TICK = 1.0
"""Seconds. Longer than nearly every hash in use takes to verify, short enough to wait for."""


def wait_out_failed_sign_in(started: float) -> None:
    """Sleep until a whole number of ticks after `started`, a reading of `time.monotonic`."""
    elapsed = time.monotonic() - started
    time.sleep(ceil(elapsed / FAILED_SIGN_IN_TICK) * FAILED_SIGN_IN_TICK - elapsed)


def verify_evenly(password: str, encoded: str) -> bool:
    """Verify a foreign hash; a failure costs as much again as an unknown user."""
    is_correct = hashing.verify(encoded, password)
    if not is_correct:
        spend_preferred_work(password)
    return is_correct


def spend_preferred_work(password: str) -> None:
    """Hash something with the preferred hasher, as Django does for an unknown user.

    A password that is too long costs nothing, whoever it is tried for.
    """
    if not hashing.is_too_long(password):
        make_password("decoy")


def summarize(encoded: str) -> dict[Any, Any]:
    """Return what a page may show: the format and its costs, and the stored text masked."""
    prefix, _separator, text = encoded.partition("$")
    try:
        summary = hashing.describe(encoded)
    except hashing.HashError:
        return {_("algorithm"): prefix, _("hash"): mask_hash(text, show=0)}
    return {_("algorithm"): summary.label, **summary.parameters, _("hash"): mask_hash(text, show=0)}


class VerifyOnlyHasher(BasePasswordHasher):
    """A hasher that recognises passwords hashed elsewhere, and cannot hash one."""

    def verify(self, password: str, encoded: str) -> bool:
        return verify_evenly(password, encoded)

    def salt(self) -> str:
        raise TypeError(f"{self.algorithm} hashes are verified, never created")

    def encode(self, password: str, salt: str) -> str:
        raise TypeError(f"{self.algorithm} hashes are verified, never created")

    def decode(self, encoded: str) -> dict[Any, Any]:
        return summarize(encoded)

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        return summarize(encoded)

    def must_update(self, encoded: str) -> bool:
        return True

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Do nothing: `verify` has already done the work of the preferred hasher."""


class Argon2idHasher(Argon2PasswordHasher):
    """The preferred hasher: Django's argon2id, at the cost of the profile that is set.

    It survives whatever is stored or typed.
    """

    def params(self) -> Parameters:
        profile = get_profile()
        return replace(
            super().params(),
            time_cost=profile.iterations,
            memory_cost=profile.memory_kib,
            parallelism=profile.parallelism,
        )

    def encode(self, password: str, salt: str) -> str:
        """Raise PasswordTooLong instead of hashing what no sign-in would verify."""
        if hashing.is_too_long(password):
            raise PasswordTooLong
        # A lone surrogate cannot be encoded; Django's hasher would raise at sign-in.
        return super().encode(replace_surrogates(password), salt)

    def verify(self, password: str, encoded: str) -> bool:
        return hashing.verify(encoded, replace_surrogates(password))

    def must_update(self, encoded: str) -> bool:
        """Return whether the hash costs less than the profile; Django's replaces any other."""
        return not get_profile().is_met_by(encoded)

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Make up for an imported argon2 hash of other costs, or for a damaged one."""
        spend_preferred_work(password)

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        return summarize(encoded)


def replace_surrogates(password: str) -> str:
    """Put U+FFFD for what cannot be encoded, as a web server does with invalid UTF-8."""
    return password.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def build_hasher(prefix: str) -> type[VerifyOnlyHasher]:
    members = {"algorithm": prefix, "__doc__": PREFIXES[prefix].label, "__module__": __name__}
    return type(hasher_name(prefix), (VerifyOnlyHasher,), members)


globals().update(
    {hasher_name(prefix): build_hasher(prefix) for prefix in PREFIXES if prefix != PREFERRED_PREFIX}
)
