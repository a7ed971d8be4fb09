"""Check at the start that the limits on verifying passwords let people in and fit the machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import checks

from accounts.hashing import Cost, Limits
from accounts.hashing.costs import ORDINARY_PASSWORD_BYTES
from accounts.passwords.profiles import get_profile


def check_password_limits(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    limits = Limits(settings.PASSWORD_CPU_SECONDS, settings.PASSWORD_MEMORY_MIB)
    return [*find_errors(limits), *find_warnings(limits, settings.PASSWORD_CHECKS_AT_ONCE)]


def find_errors(limits: Limits) -> Iterator[checks.CheckMessage]:
    own = estimate_own()
    if not limits.allow(own):
        yield checks.Error(
            f"Nobody could sign in: the hashes made here take {own} to verify, and the limits are"
            f" {limits}.",
            hint="Raise PASSWORD_CPU_SECONDS or PASSWORD_MEMORY_MIB.",
            id="accounts.E001",
        )


def find_warnings(limits: Limits, at_once: int) -> Iterator[checks.CheckMessage]:
    available = read_memory_mib()
    needed = limits.memory_mib * at_once
    if available and needed > available:
        yield checks.Warning(
            f"Verifying {at_once} passwords at once may take {needed:,} MiB in each web process;"
            f" this machine has {available:,} MiB.",
            hint="Lower PASSWORD_CHECKS_AT_ONCE or PASSWORD_MEMORY_MIB.",
            id="accounts.W001",
        )


def estimate_own() -> Cost:
    """Return what verifying a hash that is made here takes."""
    return get_profile().make_sample().estimate(ORDINARY_PASSWORD_BYTES)


def read_memory_mib() -> int | None:
    """Return the memory of this machine in MiB, or None where the system does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    except (ValueError, OSError):
        return None
