"""What a new hash costs: the profiles to choose from, and which stored hashes one replaces."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from accounts.hashing import HashError
from accounts.hashing.families.argon2 import Argon2
from accounts.hashing.registry import read_stored

VERSION = 0x13
# RFC 9106 section 3.1: 128 bits of salt and of hash suffice for every application.
SUFFICIENT_BYTES = 16


@dataclass(frozen=True, slots=True)
class CostProfile:
    """The parameters of argon2id that new hashes are made with."""

    memory_kib: int
    iterations: int
    parallelism: int

    @property
    def work(self) -> int:
        """KiB that are written in all: with the memory, what guessing a password costs."""
        return self.memory_kib * self.iterations

    def make_sample(self) -> Argon2:
        """Return a hash of this profile, of nothing, to estimate what verifying one takes."""
        return Argon2(
            "id",
            VERSION,
            self.memory_kib,
            self.iterations,
            self.parallelism,
            bytes(SUFFICIENT_BYTES),
            bytes(2 * SUFFICIENT_BYTES),
        )

    def is_met_by(self, stored: str) -> bool:
        """Return whether a stored hash is argon2id that costs whoever guesses no less than this.

        One that costs more is met, too: hashing it again would weaken it. How many lanes share the
        work does not count.
        """
        try:
            _, parsed = read_stored(stored)
        except HashError:
            return False
        return (
            isinstance(parsed, Argon2)
            and (parsed.type, parsed.version) == ("id", VERSION)
            and parsed.memory_kib >= self.memory_kib
            and parsed.memory_kib * parsed.iterations >= self.work
            and min(len(parsed.salt), len(parsed.key)) >= SUFFICIENT_BYTES
        )


PROFILES = {
    # The first that OWASP's Password Storage Cheat Sheet names for machines with little memory:
    # https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id
    "owasp": CostProfile(memory_kib=19 * 1024, iterations=2, parallelism=1),
    # django.contrib.auth.hashers.Argon2PasswordHasher of Django 5.2.
    "django": CostProfile(memory_kib=100 * 1024, iterations=2, parallelism=8),
}


def get_profile() -> CostProfile:
    """Return the profile that the setting PASSWORD_COST_PROFILE names."""
    return PROFILES[settings.PASSWORD_COST_PROFILE]
