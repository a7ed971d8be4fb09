"""PostgreSQL and a Redis-protocol server for those who have not set up any.

Whatever needs them calls `acquire`; they run until the last process that did so has ended.
Set DATABASE_URL or REDIS_URL, and that server is used instead.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from importer_site.embedded.client import Lease, take_lease
from importer_site.embedded.errors import EmbeddedServiceError
from importer_site.embedded.keys import ensure_keys, load_keys
from importer_site.embedded.places import DataDirectory

__all__ = [
    "DataDirectory",
    "EmbeddedServiceError",
    "acquire",
    "has_database",
    "held_leases",
    "release",
    "stand_in",
]

SERVICES = {"DATABASE_URL": "postgres", "REDIS_URL": "redis"}
NAMES = {"DATABASE_URL": "PostgreSQL", "REDIS_URL": "a Redis-protocol server"}

# Kept here so that the descriptors stay open, and with them the servers.
held_leases: list[Lease] = []


def acquire(*, make_keys: bool = False, write: Callable[[str], None] | None = None) -> None:
    """Set DATABASE_URL, REDIS_URL and the secret keys where they are unset; start what that takes.

    `write` is told what is being started. Keys are made only for a database that is embedded too,
    unless the caller says so: one who brings a database of his own should have to think where its
    keys are kept.
    """
    directory = DataDirectory.from_environment(os.environ)
    missing = [variable for variable in SERVICES if not os.environ.get(variable)]
    make_keys = make_keys or "DATABASE_URL" in missing
    if missing or make_keys:
        directory.create()
    os.environ["USERFERRY_DATA_DIR"] = str(directory.path)
    keys = ensure_keys(directory.keys) if make_keys else load_keys(directory.keys)
    _set_defaults(keys)
    if missing and write:
        write(f"Starting {' and '.join(NAMES[variable] for variable in missing)} …")
    with ThreadPoolExecutor() as pool:
        leases = list(pool.map(lambda name: take_lease(SERVICES[name], directory), missing))
    held_leases.extend(leases)
    _set_defaults({name: lease.url for name, lease in zip(missing, leases, strict=True)})


def has_database() -> bool:
    """Return whether the database in use is an embedded one of this process's."""
    return any(lease.service == SERVICES["DATABASE_URL"] for lease in held_leases)


def release() -> None:
    """Give up what `acquire` took, the last server first; return when those have stopped."""
    while held_leases:
        held_leases.pop().release()


def stand_in() -> None:
    """Set what settings require to values that let them load, for commands that use no server."""
    _set_defaults(
        {
            "DATABASE_URL": "postgresql://not-started.invalid/userferry",
            "REDIS_URL": "redis://not-started.invalid/0",
            "SECRET_KEY": "not-used-by-this-command",
        }
    )


def _set_defaults(values: dict[str, str]) -> None:
    """Set environment variables that are unset or empty."""
    for name, value in values.items():
        if not os.environ.get(name):
            os.environ[name] = value
