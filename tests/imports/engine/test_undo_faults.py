"""Workers and messages that an undo loses: it ends as an undisturbed one, and nothing twice.

The long form of these faults is in `tests/imports/faults/test_undo_fault_suite.py`.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from importer_site.celery import app
from imports.core.planning.conflicts import Mode
from imports.core.planning.undo import UndoOptions
from imports.models import ImportJob, ImportRecord, Undo, UndoneRecord, UndoState
from imports.services.undo import undoing
from imports.states import JobState
from tests.imports.conftest import MakeJob
from tests.imports.engine.conftest import PATIENCE, doing_on_insert
from tests.imports.undone_watch import READ, UNWATCH, WATCH
from tests.workers import Pool, running_worker

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, SIGNED_IN = 200, 7


@pytest.fixture(autouse=True)
def watched(settings: Settings) -> Iterator[None]:
    settings.IMPORT_IDLE_SECONDS = 1
    with connection.cursor() as cursor:
        cursor.execute(WATCH)
    yield
    with connection.cursor() as cursor:
        cursor.execute(UNWATCH)


@pytest.fixture
def job(run_job: MakeJob) -> ImportJob:
    """A job of many small batches that updated half of its users and created the others."""
    run_job([make_record(number, "A") for number in range(0, PEOPLE, 2)], chunk_rows=200)
    done = run_job(
        [make_record(number, "B") for number in range(PEOPLE)], mode=Mode.UPDATE, chunk_rows=5
    )
    now = timezone.now()
    User.objects.filter(subject_id__in=[f"s{n}" for n in range(SIGNED_IN)]).update(last_login=now)
    return done


def make_record(number: int, name: str) -> dict[str, object]:
    profile = {"email": f"u{number}@example.com", "given_name": name}
    logins = [{"provider": "google", "subject": f"g{number}{name}"}]
    return {
        "subject_id": f"s{number}",
        "profile": profile,
        "authenticators": {"external_logins": logins},
    }


def start(job: ImportJob) -> Undo:
    job.refresh_from_db()
    return undoing.start_undo(job, UndoOptions(), actor=job.created_by)


def wait_for(undo: Undo, is_reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_reached():
        assert time.monotonic() < deadline, f"{undo.state}: {undo.done} of {undo.total}"
        undoing.sweep_undos()
        time.sleep(0.02)
        undo.refresh_from_db()


def finish(undo: Undo) -> None:
    wait_for(undo, lambda: undo.state != UndoState.RUNNING)


def reach(undo: Undo, part: float) -> None:
    wait_for(undo, lambda: undo.done >= part * PEOPLE or undo.state != UndoState.RUNNING)


@contextmanager
def slowly() -> Iterator[None]:
    """Have the database take its time for each record that is undone, for the block.

    On a busy machine it might be all over before it could be disturbed.
    """
    with doing_on_insert("imports_undonerecord", "PERFORM pg_sleep(0.02)"):
        yield


def kill_processes(pool: Pool) -> None:
    """Kill every process of a pool but the one above them, which makes new ones."""
    for child in Path(f"/proc/{pool.pid}/task/{pool.pid}/children").read_text().split():
        with suppress(ProcessLookupError):
            os.kill(int(child), signal.SIGKILL)


def expect_exact_statuses(job: ImportJob) -> None:
    """Who signed in is left, everybody else is as before the job; each was undone once."""
    job.refresh_from_db()
    left = {f"s{number}" for number in range(SIGNED_IN)}
    expected = {f"s{number}": "A" for number in range(0, PEOPLE, 2)} | dict.fromkeys(left, "B")
    users = User.objects.exclude(subject_id="operator")
    assert job.state == JobState.UNDONE
    assert dict(users.values_list("subject_id", "given_name")) == expected
    with connection.cursor() as cursor:
        cursor.execute(READ, [job.pk])
        undone = [row for (row,) in cursor.fetchall()]
    assert undone == list(range(SIGNED_IN + 1, PEOPLE + 1))
    marked = ImportRecord.objects.filter(job=job, undone_at__isnull=False)
    assert list(marked.order_by("row_number").values_list("row_number", flat=True)) == undone


def expect_exact_counts(undo: Undo) -> None:
    """Every record has a status, and the counts are those of the statuses."""
    created = PEOPLE // 2 - SIGNED_IN // 2
    assert undo.counts == {
        "removed": created,
        "restored": PEOPLE - created - SIGNED_IN,
        "left:signed_in": SIGNED_IN,
    }
    statuses = UndoneRecord.objects.filter(undo=undo).values_list("status", flat=True)
    assert Counter(statuses) == {
        "removed": created,
        "restored": PEOPLE - created - SIGNED_IN,
        "left": SIGNED_IN,
    }
    assert undo.total == PEOPLE


def test_workers_killed_at_random_timestamps_undo_everything_once(job: ImportJob) -> None:
    chance = random.Random()  # noqa: S311
    undo = start(job)
    with running_worker(processes=2) as pool:
        for part in sorted(chance.uniform(0, 0.9) for _ in range(3)):
            reach(undo, part)
            kill_processes(pool)
        finish(undo)

    expect_exact_statuses(job)
    expect_exact_counts(undo)


def test_pool_and_queue_lost_in_the_middle_are_replaced(job: ImportJob) -> None:
    with slowly(), running_worker(processes=2):
        undo = start(job)
        reach(undo, 0.3)
    app.control.purge()
    assert undo.state == UndoState.RUNNING
    with running_worker(processes=2):
        finish(undo)

    expect_exact_statuses(job)
    expect_exact_counts(undo)


def test_undo_stopped_in_the_middle_and_begun_again_ends_as_an_undisturbed_one(
    job: ImportJob,
) -> None:
    with running_worker(processes=2):
        with slowly():
            first = start(job)
            reach(first, 0.3)
            undoing.stop_undo(job, actor=job.created_by)
        second = start(job)
        finish(second)

    first.refresh_from_db()
    expect_exact_statuses(job)
    undone = Counter(first.counts) + Counter(second.counts)
    assert first.counts
    assert undone["removed"] + undone["restored"] == PEOPLE - SIGNED_IN
    assert second.counts["left:signed_in"] <= SIGNED_IN
