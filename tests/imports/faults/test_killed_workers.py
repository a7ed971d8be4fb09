"""Statuses are those of the reference, whatever the files, and whichever workers are killed when.

One property: random files with collisions of every kind, imported alone or two at once, in chunks
of random size, by one to four real workers, some of which are killed on the way.
"""

from __future__ import annotations

import logging
import os
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from accounts.models import User
from imports.models import ImportJob, Status
from imports.selectors import get_totals
from imports.services.runs import recovery, runs
from imports.states import BUSY, JobState
from tests.imports.conftest import MakeJob, list_statuses
from tests.imports.engine.interleaving import Course, is_some_order
from tests.imports.engine.reference import (
    Import,
    Rules,
    Store,
    define_attributes,
    import_one_by_one,
    read_store,
)
from tests.imports.engine.strategies import MINGLED_RECORDS, PLACES, PLAIN_RULES, RULES
from tests.imports.faults.nursery import Nursery

logger = logging.getLogger(__name__)

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 300.0
# A worker dies before a statement to the database, or from outside after so many milliseconds.
DEATHS = st.lists(
    st.tuples(st.just("statements"), st.integers(1, 150))
    | st.tuples(st.just("milliseconds"), st.integers(0, 1500)),
    max_size=6,
)
FILE = st.tuples(MINGLED_RECORDS, RULES)
FILE_BESIDE = st.tuples(MINGLED_RECORDS, PLAIN_RULES)
EXAMPLES = given(
    earlier=MINGLED_RECORDS,
    files=st.tuples(FILE) | st.tuples(FILE_BESIDE, FILE_BESIDE),
    chunk_rows=st.integers(1, 20),
    processes=st.integers(1, 4),
    deaths=st.tuples(DEATHS, DEATHS),
)
# What fails is not tried again to make it smaller: real workers do nothing twice the same way.
ONCE = settings(
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
Files = tuple[tuple[list[dict[str, Any]], Rules], ...]
Deaths = list[tuple[str, int]]


class Trial:
    """Imports files with real workers, kills some of these, and looks at the result."""

    def __init__(self, make_job: MakeJob, nursery: Nursery) -> None:
        self.make_job, self.nursery = make_job, nursery
        self.examples = self.records = 0

    def expect_reference(
        self,
        earlier: list[dict[str, Any]],
        files: Files,
        chunk_rows: int,
        processes: int,
        deaths: tuple[Deaths, Deaths],
    ) -> None:
        """Import an earlier file, then others at once, and compare with the reference."""
        forget_all()
        self.examples += 1
        store: Store = {}
        given = ((earlier, Rules()),)
        expected = import_one_by_one(*given[0], store)
        assert self.run(given, chunk_rows, processes, deaths[0]) == [expected]
        assert read_store() == store

        found = self.run(files, chunk_rows, processes, deaths[1])
        if len(files) == 1:
            assert found == [import_one_by_one(*files[0], store)]
            assert read_store() == store
        else:
            course = Course(store, [Import(*each) for each in files], found, read_store())
            assert all(is_some_order(course.narrow(place)) for place in PLACES)

    def run(self, files: Files, chunk_rows: int, processes: int, deaths: Deaths) -> list[list[str]]:
        """Import files at once, and return the statuses of each."""
        self.nursery.provide(processes, [n for kind, n in deaths if kind == "statements"])
        jobs = []
        for records, rules in files:
            job = self.make_job(records, mode=rules.mode, chunk_rows=chunk_rows)
            rules.save(job)
            jobs.append(job)
            self.records += len(records)
        for job in jobs:
            runs.start_run(job, actor=job.created_by, without_dry_run=True)
        self.lead(jobs, processes, sorted(n / 1000 for kind, n in deaths if kind == "milliseconds"))
        return [read_statuses(job) for job in jobs]

    def lead(self, jobs: list[ImportJob], processes: int, timestamps: list[float]) -> None:
        """Return when all jobs are done; kill a worker at each of the moments until then."""
        started = time.monotonic()
        while [job for job in jobs if is_under_way(job)]:
            passed = time.monotonic() - started
            assert passed < PATIENCE, [(job.state, job.phase, get_totals(job)) for job in jobs]
            if timestamps and passed >= timestamps[0]:
                timestamps.pop(0)
                self.nursery.kill(random.choice(list(self.nursery.workers)))  # noqa: S311
            self.nursery.replace_dead(processes)
            recovery.sweep()
            time.sleep(0.02)


@pytest.fixture
def trial(make_job: MakeJob, settings: Settings) -> Iterator[Trial]:
    settings.IMPORT_IDLE_SECONDS = 0.3
    define_attributes()
    nursery = Nursery()
    trial = Trial(make_job, nursery)
    yield trial
    nursery.close()
    figures = (trial.examples, trial.records, nursery.killed)
    logger.info("%s examples, %s records, %s workers killed", *figures)


@EXAMPLES
@settings(ONCE, max_examples=6)
def test_statuses_are_those_of_the_reference_whichever_workers_are_killed(
    trial: Trial, **example: Any
) -> None:
    trial.expect_reference(**example)


@pytest.mark.long
@EXAMPLES
@settings(ONCE, max_examples=int(os.environ.get("KILL_EXAMPLES", "300")))
def test_statuses_of_many_examples_are_those_of_the_reference(trial: Trial, **example: Any) -> None:
    trial.expect_reference(**example)


def is_under_way(job: ImportJob) -> bool:
    job.refresh_from_db()
    if job.automatic_pause:
        runs.resume(job, actor=job.created_by)
    return job.state in BUSY


def read_statuses(job: ImportJob) -> list[str]:
    """Return the statuses of a completed job; there has to be one for every row."""
    rows = list_statuses(job)
    statuses = [status for _, status, _ in rows]
    totals = get_totals(job)
    assert job.state == JobState.COMPLETED, job.error
    assert [number for number, _, _ in rows] == list(range(1, totals["total"] + 1))
    assert {name: totals[name] for name in Status.values} == {
        name: statuses.count(name) for name in Status.values
    }
    assert job.events.filter(action="complete").count() == 1
    return statuses


def forget_all() -> None:
    ImportJob.objects.all().delete()
    User.objects.exclude(subject_id="operator").delete()
