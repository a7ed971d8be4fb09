"""`manage.py import_users` as a process of its own, with the workers that it starts and ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from accounts.models import User
from imports.models import ImportJob
from tests.imports.commands.calling import PATIENCE, SAMPLES, run_process, start_process
from tests.imports.conftest import to_ndjson

ROWS = 300
# So many records a second that the job is not done before it is interrupted, on any machine.
SLOWLY = 20


@pytest.fixture(autouse=True)
def administrator(transactional_db: None) -> User:
    return User.objects.create_superuser(email="admin@example.com")


@pytest.fixture
def large_file(tmp_path: Path) -> Path:
    path = tmp_path / "large.ndjson"
    path.write_bytes(to_ndjson({"subject_id": f"user {number}"} for number in range(ROWS)))
    return path


def list_descendants(ancestor: int) -> set[int]:
    """Return the process ids of everything that a process started, directly or not."""
    listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, check=True)  # noqa: S607
    parents = {int(pid): int(ppid) for pid, ppid in map(bytes.split, listing.stdout.splitlines())}
    found: set[int] = set()
    while more := {pid for pid, ppid in parents.items() if ppid in {ancestor, *found}} - found:
        found |= more
    return found


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until_writing() -> ImportJob:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        job = ImportJob.objects.filter(state="running", phase="writing").first()
        if job and job.chunks.filter(state="done").exists():
            return job
        time.sleep(0.1)
    raise AssertionError("the import never began to write")


def test_process_prints_nothing_but_one_object_with_json_and_leaves_what_failed() -> None:
    status, output, messages = run_process(SAMPLES / "mistakes.csv", "--json")

    told = json.loads(output)
    assert (status, told["state"], told["created"], told["failed"]) == (3, "completed", 3, 16)
    assert ImportJob.objects.get().pk == told["job"]
    assert "Traceback" not in messages


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(signal.SIGINT, id="Ctrl-C"),
        pytest.param(signal.SIGTERM, id="SIGTERM", marks=pytest.mark.long),
    ],
)
def test_interrupted_run_is_paused_leaves_no_worker_and_can_be_resumed(
    large_file: Path, number: signal.Signals
) -> None:
    process = start_process(large_file, "--json", "--chunk-size", 10, "--throttle", SLOWLY)
    job = wait_until_writing()
    workers = list_descendants(process.pid)
    process.send_signal(number)
    output, messages = process.communicate(timeout=PATIENCE)

    assert process.returncode == 130
    assert json.loads(output)["state"] == "paused"
    assert f"--resume {job.pk}" in messages
    assert workers
    assert not any(is_alive(worker) for worker in workers)

    status, output, _ = run_process("--resume", job.pk, "--json", "--throttle", 0)
    assert status == 0
    assert json.loads(output)["created"] == ROWS
