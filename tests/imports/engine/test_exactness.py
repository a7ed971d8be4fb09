"""The status of every record is a function of file, mode and starting state, and of nothing else.

Random files with collisions of every kind are imported in chunks of random size, worked on in
random order, and compared with a reference that goes through the file once, record by record.
With real workers, which are killed: `tests/imports/faults/test_killed_workers.py`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from imports.core.planning.conflicts import Mode
from imports.models import ImportJob
from imports.services.runs import phases, runs, worker
from imports.states import BUSY, JobPhase
from tests.imports.conftest import MakeJob, list_statuses
from tests.imports.engine.reference import (
    Rules,
    Store,
    define_attributes,
    import_one_by_one,
    read_store,
)
from tests.imports.engine.strategies import RECORDS, RULES, make_record

Order = Callable[[list[int]], list[int]]
# Two records that the dry run asks about: one address, and a sign-in with Google in each.
SAME_PERSON = [
    make_record(f"s0{number}", None, "a0@example.com", None, None, [f"g0{number}"], [], {})
    for number in range(2)
]


def work_through(job: ImportJob, order: Order) -> None:
    """Do the job's work with its chunks in the order given, whatever their numbers."""
    job.refresh_from_db()
    while job.state in BUSY or job.automatic_pause:
        if job.automatic_pause:
            runs.resume(job, actor=job.created_by)
        elif job.phase == JobPhase.STAGING:
            worker.work_on_staging(job.pk)
        else:
            chunks = phases.list_workable(job).order_by("number").values_list("pk", flat=True)
            for pk in order(list(chunks)):
                worker.work_on_chunk(pk)
        job.refresh_from_db()


def sort_backwards(chunks: list[int]) -> list[int]:
    return chunks[::-1]


class RollBack(Exception):
    """Ends an example and takes back what it wrote."""


@pytest.mark.django_db
@given(
    earlier=RECORDS,
    records=RECORDS,
    rules=RULES,
    chunk_rows=st.integers(1, 12),
    seed=st.integers(0, 1000),
)
@example(earlier=SAME_PERSON, records=SAME_PERSON, rules=Rules(), chunk_rows=1, seed=0)
@settings(
    max_examples=settings.default.max_examples // 3,
    suppress_health_check=[
        *settings.default.suppress_health_check,
        HealthCheck.function_scoped_fixture,
    ],
)
def test_statuses_are_those_of_the_reference_whatever_the_chunks_and_their_order(
    make_job: MakeJob,
    earlier: list[dict[str, Any]],
    records: list[dict[str, Any]],
    rules: Rules,
    chunk_rows: int,
    seed: int,
) -> None:
    chance = random.Random(seed)  # noqa: S311

    def shuffle(chunks: list[int]) -> list[int]:
        return chance.sample(chunks, len(chunks))

    store: Store = {}
    try:
        with transaction.atomic():
            define_attributes()
            for content, chosen in ((earlier, Rules()), (records, rules)):
                expected = import_one_by_one(content, chosen, store)
                job = make_job(content, mode=chosen.mode, chunk_rows=chunk_rows)
                chosen.save(job)
                runs.start_dry_run(job, actor=job.created_by)
                work_through(job, shuffle)
                predicted = job.dry_run_report["statuses"]
                start(job)
                work_through(job, shuffle)

                assert [status for _, status, _ in list_statuses(job)] == expected
                assert predicted == {name: expected.count(name) for name in predicted}
                assert read_store() == store
            raise RollBack
    except RollBack:
        pass


@pytest.mark.django_db
@pytest.mark.parametrize(
    "order", [pytest.param(list, id="first first"), pytest.param(sort_backwards, id="last first")]
)
@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("username", "ann", "bob"), ("phone", "+441632960001", "+441632960002")],
)
def test_value_set_free_by_an_update_stays_taken_until_the_job_ends(
    make_job: MakeJob, name: str, old: str, new: str, order: Order
) -> None:
    work_through(start(make_job([{"subject_id": "a", "profile": {name: old}}])), list)
    records = [
        {"subject_id": "a", "profile": {name: new}},
        {"subject_id": "b", "profile": {name: old}},
    ]
    job = start(make_job(records, mode=Mode.UPDATE, chunk_rows=1))

    work_through(job, order)

    assert list_statuses(job) == [(1, "updated", ""), (2, "failed", "value_taken")]
    runs.retry(job, actor=job.created_by)
    work_through(job, list)
    assert list_statuses(job) == [(1, "updated", ""), (2, "created", "")]


def start(job: ImportJob) -> ImportJob:
    """Start the job with its decisions open: what nobody decided fails, as in the reference."""
    runs.start_run(job, actor=job.created_by, fails_undecided=True, without_dry_run=True)
    return job
