"""What a person or a threshold says to a running job takes effect within a chunk of each worker."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from imports.models import ImportJob
from imports.services.jobs import rate_limits
from imports.services.runs import runs
from imports.states import JobState
from tests.imports.engine.conftest import (
    CHUNK_ROWS,
    ROWS,
    count_written,
    expect_exact_statuses,
    holding_up,
    is_finished,
    wait_for,
)
from tests.workers import running_worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_quick_sweeps")]

PROCESSES = 2
BEGUN = ROWS // 5
# What the workers are writing when they are told.
UNDER_WAY = PROCESSES * CHUNK_ROWS
# Seconds in which workers that do not listen write a lot more.
WHILE = 3.0


@contextmanager
def held(job: ImportJob) -> Iterator[None]:
    """Run a job, and have its workers wait in the middle of their chunks for the block.

    On a busy machine it might be all over before they could be told anything.
    """
    with holding_up(f"NEW.row_number > {BEGUN}"):
        runs.start_run(job, actor=job.created_by, without_dry_run=True)
        wait_for(job, lambda: count_written(job) == BEGUN)
        yield


def limit(job: ImportJob, **limits: int | None) -> None:
    rate_limits.set_limits(job, **{**rate_limits.read_limits(job), **limits}, actor=job.created_by)


@pytest.mark.parametrize("action", [runs.pause, runs.cancel])
def test_stopped_job_writes_no_further_chunk_until_it_goes_on(
    job: ImportJob, action: Callable[..., None]
) -> None:
    with running_worker(processes=PROCESSES):
        with held(job):
            action(job, actor=job.created_by)
        time.sleep(WHILE)
        assert count_written(job) <= BEGUN + UNDER_WAY

        runs.resume(job, actor=job.created_by)
        wait_for(job, is_finished(job))

    expect_exact_statuses(job)


def test_rate_limit_that_is_set_and_lifted_in_the_middle_counts_at_once(job: ImportJob) -> None:
    with running_worker(processes=PROCESSES):
        with held(job):
            started = time.monotonic()
            limit(job, rate_limit=1)
        time.sleep(WHILE)
        written = count_written(job)
        # One chunk need not wait for its turn.
        due = CHUNK_ROWS + rate_limits.CREDIT_SECONDS + time.monotonic() - started
        assert written <= BEGUN + UNDER_WAY + due

        limit(job, rate_limit=None)
        wait_for(job, is_finished(job))

    expect_exact_statuses(job)


def test_job_of_which_too_many_fail_pauses_within_a_chunk_of_each_worker(job: ImportJob) -> None:
    limit(job, failure_threshold=10, failure_sample=BEGUN)
    with running_worker(processes=PROCESSES):
        runs.start_run(job, actor=job.created_by, without_dry_run=True)
        wait_for(job, is_finished(job))
        time.sleep(WHILE)

        assert job.state == JobState.PAUSED
        assert job.automatic_pause["percent"] == 10
        assert BEGUN <= count_written(job) <= BEGUN + UNDER_WAY
        limit(job, failure_threshold=None)
        runs.resume(job, actor=job.created_by)
        wait_for(job, is_finished(job))

    expect_exact_statuses(job)
