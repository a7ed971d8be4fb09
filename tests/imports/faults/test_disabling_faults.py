"""Everything that can be killed is, while missing users are disabled: each ends as undisturbed."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest

from tests.imports.faults.arena import PATIENCE, Arena, kill_group

pytestmark = pytest.mark.long

USERS, MISSING, TIMES = 500, 400, 3
FAULTS = {
    "workers": ["kill_worker", "kill_worker"],
    "pools": ["kill_pools"],
    "queue and pools": ["lose_queue", "kill_pools"],
    "database": ["restart_postgres"],
    "connections": ["cut_connections", "cut_connections"],
}


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    arena = Arena(tmp_path_factory.mktemp("disabling-arena"), random.Random(1))  # noqa: S311
    arena.start()
    yield arena
    arena.stop()


@pytest.mark.parametrize("fault", FAULTS)
def test_everybody_missing_is_disabled_once_whatever_is_killed(arena: Arena, fault: str) -> None:
    arena.empty()
    arena.add_pool()
    arena.add_sweeper()
    people = [{"subject_id": f"s{number:03}"} for number in range(USERS)]
    for records in (people, people[MISSING:]):
        job = arena.start_job(records, mode="skip")
        arena.wait(job)
    # Many small batches: there is time for faults between them.
    arena.query("UPDATE imports_importjob SET chunk_rows = 2")

    disable(arena, job, FAULTS[fault])

    missing = [(each["subject_id"],) for each in people[:MISSING]]
    inactive = "SELECT subject_id FROM accounts_user WHERE NOT is_active ORDER BY 1"
    assert arena.query(inactive) == missing
    # Nobody was disabled a second time: what is noted is what stands with the user.
    noted = (
        "SELECT u.subject_id FROM imports_disableduser d JOIN accounts_user u ON u.id = d.user_id"
        " WHERE d.status = 'disabled' AND u.updated_at = d.disabled_at ORDER BY 1"
    )
    assert arena.query(noted) == missing
    found = "SELECT state, done, total, counts FROM imports_disabling WHERE job_id = %s"
    assert arena.query(found, job) == [("finished", MISSING, MISSING, {"disabled": MISSING})]
    assert arena.happened[FAULTS[fault][0]]
    arena.end_processes()


def disable(arena: Arena, job: int, faults: list[str]) -> None:
    """Disable, and let the faults happen whenever it has come as far as a random part of it."""
    timestamps = sorted(arena.chance.uniform(0, 0.9) for _ in range(TIMES))
    for pool in arena.pools:
        kill_group(pool)
    arena.pools.clear()
    arena.run("-m", "tests.imports.faults.program", "disable", str(job))
    # Only now: else it would be over before anybody looks.
    arena.add_pool()
    deadline = time.monotonic() + PATIENCE
    done = 0.0
    while time.monotonic() < deadline:
        with suppress(psycopg.OperationalError):
            if arena.read_state(job)[0] != "disabling":
                return
            [(count,)] = arena.query("SELECT count(*) FROM imports_disableduser")
            done = max(done, count / MISSING)
        if not timestamps or done < timestamps[0]:
            time.sleep(0.02)
            continue
        timestamps.pop(0)
        for fault in faults:
            getattr(arena, fault)()
            arena.happened[fault] += 1
    raise AssertionError(f"the disabling of job {job} is stuck: {arena.read_state(job)}, {done}")
