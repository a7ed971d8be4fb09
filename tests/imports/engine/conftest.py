"""A job of many small chunks, and how to wait for what real workers make of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from accounts.models import User
from imports.models import ImportJob, ImportRecord
from imports.selectors import get_totals
from imports.services.runs import recovery
from imports.states import BUSY, JobState
from tests.imports.conftest import MakeJob

ROWS = 600
# Whom each row is about: the last ones repeat the first.
PEOPLE = [number % (ROWS - 20) for number in range(ROWS)]
CHUNK_ROWS = 10
# Only what is stuck takes as long: a busy machine may take minutes for what else takes seconds.
PATIENCE = 400.0
# Any number that nothing else takes an advisory lock of.
GATE = 4711


@pytest.fixture
def _quick_sweeps(settings: Settings) -> None:
    settings.IMPORT_IDLE_SECONDS = 1


@pytest.fixture
def job(make_job: MakeJob) -> ImportJob:
    """A job of many small chunks, some of whose records fail or repeat others."""
    records = [
        {
            "subject_id": f"s{person}",
            "profile": {"email": f"user{person}@example.com" if person % 7 else "no address"},
        }
        for person in PEOPLE
    ]
    return make_job(records, chunk_rows=CHUNK_ROWS)


def expect_exact_statuses(job: ImportJob) -> None:
    """Every row has one status, every created one its user, and the counts agree."""
    totals = get_totals(job)
    counted = Counter(ImportRecord.objects.filter(job=job).values_list("status", flat=True))
    assert (job.state, totals["total"], totals["pending"]) == (JobState.COMPLETED, ROWS, 0)
    assert {name: totals[name] for name in counted} == counted
    assert User.objects.exclude(subject_id="operator").count() == totals["created"]
    invalid = len([person for person in PEOPLE if person % 7 == 0])
    assert totals["failed"] == invalid


def wait_for(job: ImportJob, is_reached: Callable[[], bool], *, sweeps: bool = True) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_reached():
        assert time.monotonic() < deadline, f"job is {job.state}, {job.phase}: {get_totals(job)}"
        if sweeps:
            recovery.sweep()
        time.sleep(0.1)
        job.refresh_from_db()


def is_finished(job: ImportJob) -> Callable[[], bool]:
    return lambda: job.state not in BUSY


def count_written(job: ImportJob) -> int:
    return ImportRecord.objects.filter(job=job).count()


def is_well_begun(job: ImportJob) -> Callable[[], bool]:
    return lambda: count_written(job) >= ROWS // 5


@contextmanager
def doing_on_insert(table: str, body: str) -> Iterator[None]:
    """Have the database itself do something for every row of a table, in PL/pgSQL, for the block.

    So that a fault happens where it is to happen, however fast or slow the machine is.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE FUNCTION do_on_insert() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {body}; RETURN NEW; END $$;"
            f" CREATE TRIGGER on_insert BEFORE INSERT ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION do_on_insert()"
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER on_insert ON {table}; DROP FUNCTION do_on_insert()")


@contextmanager
def holding_up(condition: str) -> Iterator[None]:
    """Have whoever is to write such a status wait in the middle of a chunk, for the block."""
    body = f"IF {condition} THEN PERFORM pg_advisory_xact_lock_shared({GATE}); END IF"
    with doing_on_insert("imports_importrecord", body), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [GATE])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [GATE])
