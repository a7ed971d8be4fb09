"""Plain passwords: hashes per second on all cores, through the import and by the bare library."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from benchmarks import reports


def measure(count: int) -> reports.Table:
    """Hash so many passwords in each way; all with the parameters that Django uses."""
    from argon2 import PasswordHasher, Type
    from django.contrib.auth.hashers import Argon2PasswordHasher

    from imports.core.planning.plans import Action, Plan
    from imports.engine.writing import _hash_plaintexts

    settings = Argon2PasswordHasher()
    bare = PasswordHasher(
        time_cost=settings.time_cost,
        memory_cost=settings.memory_cost,
        parallelism=settings.parallelism,
        type=Type.ID,
    )
    passwords = [f"Bench-{number}" for number in range(count)]

    def hash_bare() -> None:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(bare.hash, passwords))

    def hash_one_by_one() -> None:
        for password in passwords:
            bare.hash(password)

    def hash_as_import() -> None:
        plans = [
            Plan(row, Action.CREATE, str(row), plaintext=password)
            for row, password in enumerate(passwords)
        ]
        _hash_plaintexts(plans)

    table = reports.Table(
        f"Plain passwords: argon2id, {settings.memory_cost // 1024} MB, {os.cpu_count()} cores",
        ("", "hashes/s", "of the library"),
    )
    library = _rate(hash_bare, count)
    table.add("argon2-cffi, all cores", library, None)
    table.add("argon2-cffi, one core", alone := _rate(hash_one_by_one, count), alone / library)
    table.add("an import's chunk", ours := _rate(hash_as_import, count), ours / library)
    return table


def _rate(work: Callable[[], None], count: int) -> float:
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)
