"""Everything that can be killed is, while imports are undone: they end as undisturbed.

The short form of these faults is in `tests/imports/engine/test_undo_faults.py`.
"""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from tests.imports.faults.arena import PATIENCE, Arena, kill_group
from tests.imports.faults.test_fault_suite import make_records
from tests.imports.undone_watch import READ, UNWATCH, WATCH

pytestmark = pytest.mark.long

ROWS = int(os.environ.get("FAULT_UNDO_ROWS", "800"))
SEEDS = range(int(os.environ.get("FAULT_SEEDS", "2")))
TIMES = 3
# What happens together at each of as many random moments of every undo.
FAULTS = {
    "workers": ["kill_worker", "kill_worker"],
    "pools": ["kill_pools"],
    "queue and pools": ["lose_queue", "kill_pools"],
    "database": ["restart_postgres"],
    "connections": ["cut_connections", "cut_connections"],
    "stopping": ["stop"],
}
# The names of those who signed in before the undo.
SIGN_IN = (
    "UPDATE accounts_user SET last_login = now()"
    " WHERE subject_id LIKE '%%3' AND subject_id <> 'operator'"
)
UNDONE = """
    SELECT DISTINCT ON (r.row_number) r.row_number, r.status, r.reason
    FROM imports_undonerecord r JOIN imports_undo u ON u.id = r.undo_id
    WHERE u.job_id = %s ORDER BY r.row_number, u.id DESC
"""


@dataclass(frozen=True)
class Undone:
    """The result of an undo: the latest status of every record, and who there is afterwards."""

    state: str
    statuses: list[tuple[Any, ...]]
    users: list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    arena = Arena(tmp_path_factory.mktemp("undo-arena"), random.Random(1))  # noqa: S311
    arena.start()
    arena.query(WATCH)
    yield arena
    arena.query(UNWATCH)
    arena.stop()


def undo_twice(arena: Arena, seed: int, fault: str | None) -> list[Undone]:
    """Create users and update them, undisturbed; then undo both jobs, the later one first."""
    arena.chance.seed(seed)
    arena.empty()
    arena.query("TRUNCATE undone_watch")
    arena.add_pool()
    arena.add_sweeper()
    jobs = []
    for number, mode in enumerate(("skip", "update")):
        records = make_records(random.Random(f"{seed} {number}"), ROWS)  # noqa: S311
        jobs.append(arena.start_job(records, mode=mode))
        arena.wait(jobs[-1])
    arena.query(SIGN_IN)
    # Many small batches: there is time for faults between them.
    arena.query("UPDATE imports_importjob SET chunk_rows = 2")
    found = []
    for job in reversed(jobs):
        undo(arena, job, FAULTS[fault] if fault else [])
        result = arena.read_result(job)
        found.append(Undone(result.state, arena.query(UNDONE, job), result.users))
        expect_counts(arena, job, found[-1])
    arena.end_processes()
    return found


def undo(arena: Arena, job: int, faults: list[str]) -> None:
    """Undo a job; let the faults happen whenever it has come as far as a random part of it."""
    timestamps = sorted(arena.chance.uniform(0, 0.95) for _ in range(TIMES if faults else 0))
    for pool in arena.pools:
        kill_group(pool)
    arena.pools.clear()
    arena.run("-m", "tests.imports.faults.program", "undo", str(job))
    # Only now: else it would be over before anybody looks.
    arena.add_pool()
    deadline = time.monotonic() + PATIENCE
    done = 0.0
    while time.monotonic() < deadline:
        with suppress(psycopg.OperationalError):
            if arena.read_state(job)[0] != "undoing":
                return
            done = max(done, read_part(arena, job))
        if not timestamps or done < timestamps[0]:
            time.sleep(0.02)
            continue
        timestamps.pop(0)
        for fault in faults:
            if fault == "stop":
                stop_and_begin_again(arena, job)
            else:
                getattr(arena, fault)()
            arena.happened[fault] += 1
    raise AssertionError(f"the undo of job {job} is stuck: {arena.read_state(job)}, {done}")


def stop_and_begin_again(arena: Arena, job: int) -> None:
    program = "tests.imports.faults.program"
    arena.run("-m", program, "stop_undo", str(job))
    # There is nothing more to do when it ended just before.
    with suppress(subprocess.CalledProcessError):
        arena.run("-m", program, "undo", str(job))


def read_part(arena: Arena, job: int) -> float:
    """Return which part of a job's records an undo has marked already."""
    return float(
        arena.query(
            "SELECT count(*) FILTER (WHERE undone_at IS NOT NULL)::float / greatest(count(*), 1)"
            " FROM imports_importrecord WHERE job_id = %s AND status IN ('created', 'updated')",
            job,
        )[0][0]
    )


def expect_counts(arena: Arena, job: int, undone: Undone) -> None:
    """Every record has one status, none was undone twice, and the counts add up."""
    rows = [row for row, status, _ in undone.statuses if status != "left"]
    assert [row for (row,) in arena.query(READ, job)] == rows
    wanted = arena.query(
        "SELECT row_number FROM imports_importrecord"
        " WHERE job_id = %s AND status IN ('created', 'updated') ORDER BY 1",
        job,
    )
    assert [row for row, _, _ in undone.statuses] == [row for (row,) in wanted]
    counts: Counter[str] = Counter()
    for (each,) in arena.query("SELECT counts FROM imports_undo WHERE job_id = %s", job):
        counts.update({name: n for name, n in each.items() if not name.startswith("left")})
    assert counts.total() == len(rows)
    assert not arena.query("SELECT 1 FROM imports_undo WHERE state = 'running'")


@pytest.fixture(scope="module")
def undisturbed(arena: Arena) -> dict[int, list[Undone]]:
    return {seed: undo_twice(arena, seed, None) for seed in SEEDS}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("fault", FAULTS)
def test_faults_change_nothing_of_what_is_undone(
    undisturbed: dict[int, list[Undone]], arena: Arena, fault: str, seed: int
) -> None:
    arena.happened.clear()
    try:
        found = undo_twice(arena, seed, fault)
    finally:
        arena.end_processes()

    assert [each.state for each in found] == ["undone", "undone"]
    assert found == undisturbed[seed]
    assert arena.happened
    assert {reason for _, _, reason in found[0].statuses} == {"", "signed_in"}
