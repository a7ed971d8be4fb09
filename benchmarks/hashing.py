"""Plain passwords: what an import of them costs, and how fast the background hashes them.

CPU time is that of the process and of its PostgreSQL backend.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from benchmarks import jobs, reports, users
from benchmarks.stages import read_backend_seconds

SHARES = (0.25, 0.5, 1.0)
CORES = os.cpu_count() or 1
# Of no password: an import looks at a hash and does not verify it.
BCRYPT = "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr."


def measure_all(folder: Path, count: int, chunk_rows: int, passwords: int) -> Iterator[Any]:
    """Yield a table of imports of so many users, and one of hashing so many passwords."""
    yield _measure_imports(folder, count, chunk_rows)
    yield _measure_background(passwords)


def _measure_imports(folder: Path, count: int, chunk_rows: int) -> reports.Table:
    table = reports.Table(
        f"Importing {count:,} users: CPU in µs for each",
        ("with", "Python", "PostgreSQL", "all", "of bcrypt"),
    )
    kinds = {
        "a bcrypt hash": lambda _: {"hash": BCRYPT},
        "a plain password": lambda number: {"plaintext": f"Bench-password-{number}"},
    }
    alike = 0.0
    for name, make in kinds.items():
        path = folder / "passwords.ndjson"
        with path.open("wb") as file:
            for number, record in enumerate(users.make_records(count, 0)):
                file.write(orjson.dumps(record | {"authenticators": {"password": make(number)}}))
                file.write(b"\n")
        python, database = _time_import(path, chunk_rows)
        each = (python + database) / count * 1e6
        alike = alike or each
        table.add(name, python / count * 1e6, database / count * 1e6, each, each / alike)
    return table


def _time_import(path: Path, chunk_rows: int) -> tuple[float, float]:
    jobs.empty_tables()
    job = jobs.make_job(path, "skip", chunk_rows)
    python, database = time.process_time(), read_backend_seconds()
    jobs.run_here(job)
    return time.process_time() - python, read_backend_seconds() - database


def _measure_background(count: int) -> reports.Table:
    from django.test.utils import override_settings

    from accounts.passwords.background import hash_for_a_while
    from accounts.passwords.profiles import get_profile

    profile = get_profile()
    table = reports.Table(
        f"Hashing {count} plain passwords in the background (argon2id,"
        f" {profile.memory_kib // 1024} MiB) on {CORES} cores",
        ("share that is set", "hashes/s", "share that was used"),
    )
    for share in SHARES:
        _make_users(count)
        started, used = time.perf_counter(), time.process_time()
        with override_settings(PASSWORD_HASHING_SHARE=share):
            while hash_for_a_while():
                pass
        elapsed, used = time.perf_counter() - started, time.process_time() - used
        table.add(f"{share:g}", count / elapsed, used / elapsed / CORES)
    return table


def _make_users(count: int) -> None:
    from accounts.models import User
    from accounts.passwords.sealing import seal

    jobs.empty_tables()
    User.objects.bulk_create(
        User(username=f"bench{number}", password=seal(f"Bench-password-{number}"))
        for number in range(count)
    )
