"""Everything that can be killed is: each run ends in the statuses of an undisturbed one.

The short form of these faults is in `tests/imports/engine/test_faults.py`.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.imports.faults.arena import Arena, Result
from tests.imports.faults.crashing import POISON

pytestmark = pytest.mark.long

ROWS = int(os.environ.get("FAULT_ROWS", "5000"))
SEEDS = range(int(os.environ.get("FAULT_SEEDS", "2")))
# Fault, and how many seconds apart it happens.
FAULTS = {
    "kill_worker": 2.0,
    "kill_pools": 6.0,
    "lose_queue": 4.0,
    "restart_postgres": 6.0,
    "cut_connections": 0.5,
}


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    arena = Arena(tmp_path_factory.mktemp("arena"), random.Random(1))  # noqa: S311
    arena.start()
    yield arena
    arena.stop()


@pytest.fixture(autouse=True)
def _fresh(arena: Arena) -> Iterator[None]:
    arena.empty()
    arena.variables.clear()
    yield
    arena.end_processes()


def make_records(chance: random.Random, rows: int = ROWS) -> list[dict[str, Any]]:
    """Records of which many collide with others: by subject id, e-mail, name, number or login."""
    people = range(rows * 9 // 10)
    return [
        {
            "subject_id": f"s{chance.choice(people)}",
            "profile": {
                "email": f"u{chance.choice(people)}@example.com" if chance.random() < 0.9 else "no",
                "username": f"name{chance.choice(people)}" if chance.random() < 0.3 else None,
                "phone": f"+4416329{chance.choice(people):05}" if chance.random() < 0.3 else None,
                "given_name": chance.choice(["Ann", "Bob", "Cat"]),
            },
            "authenticators": {
                "external_logins": [{"provider": "google", "subject": f"g{chance.choice(people)}"}]
                if chance.random() < 0.3
                else []
            },
        }
        for _ in range(rows)
    ]


def run_twice(arena: Arena, seed: int, fault: str | None, sweepers: int = 1) -> list[Result]:
    """Create users from one file, then update them by another, and return both results."""
    arena.chance.seed(seed)
    files = [make_records(random.Random(f"{seed} {n}")) for n in range(2)]  # noqa: S311
    results = []
    arena.add_pool()
    for _ in range(sweepers):
        arena.add_sweeper()
    for mode, records in zip(["skip", "update"], files, strict=True):
        job = arena.start_job(records, mode=mode)
        arena.wait(job, fault, FAULTS[fault] if fault else 0.0)
        results.append(arena.read_result(job))
    return results


@pytest.fixture(scope="module")
def undisturbed(arena: Arena) -> dict[int, list[Result]]:
    """The results of every seed when nothing happens."""
    found = {}
    for seed in SEEDS:
        arena.empty()
        found[seed] = run_twice(arena, seed, None)
        arena.end_processes()
    return found


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("fault", FAULTS)
def test_faults_change_no_status(
    undisturbed: dict[int, list[Result]], arena: Arena, fault: str, seed: int
) -> None:
    arena.empty()

    found = run_twice(arena, seed, fault)

    assert [result.state for result in found] == ["completed", "completed"], found[-1].error
    assert found == undisturbed[seed]
    assert arena.happened[fault]


@pytest.mark.parametrize("seed", SEEDS)
def test_two_sweepers_at_once_change_no_status(
    undisturbed: dict[int, list[Result]], arena: Arena, seed: int
) -> None:
    arena.empty()

    assert run_twice(arena, seed, "kill_worker", sweepers=2) == undisturbed[seed]


def test_poison_record_fails_alone_and_the_rest_is_imported(arena: Arena) -> None:
    arena.add_pool()
    arena.add_sweeper()
    arena.wait(arena.start_job([{"subject_id": POISON}]))
    arena.variables["IMPORT_CONFLICT_RESOLVER"] = "tests.imports.faults.crashing.CrashingResolver"
    arena.kill_pools()
    records = [{"subject_id": POISON if n == 137 else f"s{n}"} for n in range(300)]

    job = arena.start_job(records)
    arena.wait(job)

    result = arena.read_result(job)
    assert result.state == "completed"
    assert len(result.statuses) == 300
    assert [row for row in result.statuses if row[1] != "created"] == [
        (138, "failed", "crashes_workers")
    ]


@pytest.fixture
def small_disk(arena: Arena) -> Iterator[Path]:
    """A disk of 2 MB on which the staged rows are kept."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a small disk takes root")
    # Not below pytest's own folders, which others may not enter.
    with tempfile.TemporaryDirectory() as name:
        disk = Path(name)
        disk.chmod(0o755)
        if mount("-t", "tmpfs", "-o", "size=2m,mode=0777", "tmpfs", name):
            pytest.skip("mounting is not permitted here")
        try:
            yield from use_tablespace(arena, disk / "tablespace")
        finally:
            subprocess.run(["umount", "-l", name], check=True)  # noqa: S603, S607


def use_tablespace(arena: Arena, home: Path) -> Iterator[Path]:
    home.mkdir()
    if account := arena.postgres.account:
        os.chown(home, account.uid, account.gid)
    arena.query(f"CREATE TABLESPACE small LOCATION '{home}'")
    arena.query("ALTER TABLE imports_importchunk SET TABLESPACE small")
    yield home.parent
    arena.end_processes()
    arena.query("TRUNCATE imports_importjob, imports_importrecord CASCADE")
    arena.query("ALTER TABLE imports_importchunk SET TABLESPACE pg_default")
    arena.query("DROP TABLESPACE small")


def mount(*arguments: str) -> int:
    return subprocess.run(["mount", *arguments], check=False).returncode  # noqa: S603, S607


def test_disk_that_is_full_while_staging_stops_the_job_and_it_goes_on_with_room(
    arena: Arena, small_disk: Path
) -> None:
    chance = random.Random(7)  # noqa: S311
    records = [
        {"subject_id": f"s{n}", "profile": {"given_name": f"{chance.getrandbits(400):x}"}}
        for n in range(30_000)
    ]
    arena.add_pool()
    arena.add_sweeper()
    job = arena.start_job(records)
    arena.wait(job)
    state, error, _ = arena.read_state(job)
    assert (state, error[:32]) == ("errored", "The disk of the database is full")

    assert mount("-o", "remount,size=500m", str(small_disk)) == 0
    arena.run("-m", "tests.imports.faults.program", "resume", str(job))
    arena.wait(job)

    result = arena.read_result(job)
    assert result.state == "completed"
    assert len(result.users) == len(result.statuses) == 30_000
