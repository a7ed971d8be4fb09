"""Sign-ins through the site's own form: what one costs, with and without the upgrade of its hash.

CPU time is that of the process and of its PostgreSQL backend; the queue's server, which counts
failures, is not in it. The rate of all cores is by the clock, with a process for each of them.
"""

from __future__ import annotations

import base64
import hashlib
import multiprocessing
import os
import random
import statistics
import struct
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from http import HTTPStatus
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import reports, site
from benchmarks.stages import read_backend_seconds

if TYPE_CHECKING:
    from django.test import Client

PASSWORD = "Bench-password-1"  # noqa: S105 - of made-up users
WAVE = 100_000 / 3600
"""Sign-ins a second: 100,000 people within an hour."""
CORES = os.cpu_count() or 1


class Stored(NamedTuple):
    """What passwords are stored as before a sign-in, and how one is made."""

    label: str
    make: Callable[[], str]


def measure_all(count: int) -> Iterator[reports.Table]:
    """Yield a table for each cost profile, of so many sign-ins for each row."""
    from django.test.utils import override_settings

    from accounts.passwords.profiles import PROFILES

    for name, profile in PROFILES.items():
        with site.override_for_requests(), override_settings(PASSWORD_COST_PROFILE=name):
            table = reports.Table(
                f"Sign-ins with the profile {name} (argon2id, {profile.memory_kib // 1024} MiB,"
                f" passes: {profile.iterations}, lanes: {profile.parallelism}): CPU in ms, {count}"
                " for each row",
                (
                    "stored before",
                    "CPU",
                    "of it verifying",
                    "beyond that",
                    "a second per core",
                    f"a second on {CORES} cores",
                    "cores for 100,000 in an hour",
                ),
            )
            for stored in list_stored():
                table.add(*_measure(stored, count))
            yield table


def list_stored() -> list[Stored]:
    from django.contrib.auth.hashers import make_password

    return [
        Stored("a hash of the profile, no upgrade", lambda: make_password(PASSWORD)),
        Stored("ASP.NET Identity, 10,000 rounds, upgraded", make_aspnet_hash),
        Stored("bcrypt, cost 10, upgraded", make_bcrypt_hash),
    ]


def make_aspnet_hash() -> str:
    from accounts import hashing

    salt = os.urandom(16)
    key = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), salt, 10_000, 32)
    value = base64.b64encode(struct.pack(">BIII", 1, 1, 10_000, 16) + salt + key).decode()
    return hashing.encode("aspnet_identity_v3", value)


def make_bcrypt_hash() -> str:
    import bcrypt

    from accounts import hashing

    made = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(10)).decode()
    return hashing.encode("bcrypt", made)


def _measure(stored: Stored, count: int) -> tuple[str, *tuple[float, ...]]:
    text = stored.make()
    names = list(_make_users(text, count))
    verifying = _time_verification(text)
    sign_in(names[0])
    _store(text)
    backend = read_backend_seconds()
    # The median, of what other programs disturb; the backend's time has no finer unit than 10 ms.
    python = statistics.median(time_cpu(partial(sign_in, name)) for name in names)
    each = python + (read_backend_seconds() - backend) / count
    return (
        stored.label,
        each * 1e3,
        verifying * 1e3,
        (each - verifying) * 1e3,
        1 / each,
        _rate_on_all_cores(text, names),
        WAVE * each,
    )


def _time_verification(text: str) -> float:
    """Return the CPU seconds of verifying the hash alone."""
    from accounts import hashing

    return statistics.median(time_cpu(partial(hashing.verify, text, PASSWORD)) for _ in range(9))


def time_cpu(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _rate_on_all_cores(text: str, names: list[str]) -> float:
    """Return sign-ins a second by the clock, with a process for each core."""
    from django.core.cache import cache as shared
    from django.db import connections

    _store(text)
    connections.close_all()
    shared.close()
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(CORES, mp_context=context) as pool:
        list(pool.map(_connect, range(CORES)))
        started = time.perf_counter()
        list(pool.map(sign_in, names, chunksize=4))
        return len(names) / (time.perf_counter() - started)


def _connect(_number: int) -> None:
    """Begin a process: its connection, and what Django loads with the first request."""
    get_client().get("/accounts/login/")


def sign_in(name: str) -> None:
    """Sign somebody in by the form; raise RuntimeError if it lets nobody in.

    From an address of their own: the sign-ins from one address are limited.
    """
    client, address = get_client(), str(IPv4Address(random.getrandbits(32)))
    client.cookies.clear()
    form = {"login": name, "password": PASSWORD}
    answer = client.post("/accounts/login/", form, REMOTE_ADDR=address)
    if answer.status_code != HTTPStatus.FOUND:
        raise RuntimeError(f"{name} could not sign in.")


@cache
def get_client() -> Client:
    """Return the one client of this process; each loads the middleware again."""
    from django.test import Client

    return Client()


def _make_users(text: str, count: int) -> Iterator[str]:
    from accounts.models import User
    from benchmarks import jobs

    jobs.empty_tables()
    names = [f"bench{number}" for number in range(count)]
    User.objects.bulk_create(User(username=name, password=text) for name in names)
    yield from names


def _store(text: str) -> None:
    from accounts.models import User

    User.objects.update(password=text)
