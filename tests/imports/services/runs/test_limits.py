"""The rate limit and the failure threshold of a job: what counts, when, and how to resume."""

from typing import Any

import pytest
from django.db import connection

from imports.models import ImportJob
from imports.selectors import get_totals
from imports.services.jobs import rate_limits
from imports.services.runs import phases, runs, worker
from imports.states import JobPhase, JobState
from tests.imports.conftest import MakeJob, drain, list_statuses

pytestmark = pytest.mark.django_db


def make_records(count: int, invalid: set[int] = frozenset()) -> list[dict[str, Any]]:
    return [
        {"subject_id": f"s{n}", "profile": {"email": "bad" if n in invalid else f"{n}@example.com"}}
        for n in range(1, count + 1)
    ]


def limit(job: ImportJob, **limits: Any) -> None:
    given = {**rate_limits.read_limits(job), **limits}
    rate_limits.set_limits(job, **given, actor=job.created_by)


def start_writing(job: ImportJob) -> list[int]:
    """Bring a job to its last phase and return its chunks."""
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    while job.phase != JobPhase.WRITING:
        if job.phase == JobPhase.STAGING:
            worker.work_on_staging(job.pk)
        for pk in list(phases.list_workable(job).values_list("pk", flat=True)):
            worker.work_on_chunk(pk)
        job.refresh_from_db()
    return list(phases.list_workable(job).order_by("number").values_list("pk", flat=True))


def turn_clock(job: ImportJob, seconds: float) -> None:
    """Have the last chunk begin so many seconds earlier than it did."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE imports_importjob"
            " SET rate_window_at = rate_window_at - %s * interval '1 second' WHERE id = %s",
            [seconds, job.pk],
        )


def count_written(job: ImportJob) -> int:
    return get_totals(job)["created"]


def test_job_with_a_rate_limit_writes_a_chunk_only_when_its_turn_has_come(
    make_job: MakeJob,
) -> None:
    job = make_job(make_records(30))
    limit(job, rate_limit=1)
    first, second, third = start_writing(job)

    worker.work_on_chunk(first)
    worker.work_on_chunk(second)
    assert count_written(job) == 10
    turn_clock(job, 11)
    worker.work_on_chunk(second)
    worker.work_on_chunk(third)

    assert count_written(job) == 20


def test_rate_limit_that_is_lifted_counts_at_once(make_job: MakeJob) -> None:
    job = make_job(make_records(30))
    limit(job, rate_limit=1)
    chunks = start_writing(job)
    worker.work_on_chunk(chunks[0])

    limit(job, rate_limit=None)
    drain(job)

    assert job.state == JobState.COMPLETED


def test_rate_limit_set_while_running_holds_messages_that_were_sent_before(
    make_job: MakeJob,
) -> None:
    job = make_job(make_records(30))
    first, second, _ = start_writing(job)

    limit(job, rate_limit=1)
    worker.work_on_chunk(first)
    worker.work_on_chunk(second)

    assert count_written(job) == 10


def test_clock_that_was_set_back_does_not_hold_a_job_with_a_rate_limit(make_job: MakeJob) -> None:
    job = make_job(make_records(30))
    limit(job, rate_limit=1)
    first, second, _ = start_writing(job)
    worker.work_on_chunk(first)

    turn_clock(job, -3600)
    worker.work_on_chunk(second)

    assert count_written(job) == 20


def test_time_that_was_missed_is_made_good_for_two_seconds_at_most(make_job: MakeJob) -> None:
    job = make_job(make_records(60))
    limit(job, rate_limit=10)
    chunks = start_writing(job)
    worker.work_on_chunk(chunks[0])
    turn_clock(job, 3600)

    for pk in chunks[1:]:
        worker.work_on_chunk(pk)

    assert count_written(job) in {40, 50}


def test_job_pauses_when_more_fail_than_chosen_and_says_why(make_job: MakeJob) -> None:
    job = make_job(make_records(50, invalid={1, 2, 11, 12}))
    limit(job, failure_threshold=15, failure_sample=20)
    runs.start_run(job, actor=job.created_by, without_dry_run=True)

    drain(job)

    assert job.state == JobState.PAUSED
    assert job.automatic_pause == {"records": 20, "failed": 4, "percent": 15}
    assert job.events.last().action == "pause automatically"
    assert len(list_statuses(job)) == 20


def test_job_does_not_pause_before_the_sample_nor_at_the_threshold(make_job: MakeJob) -> None:
    job = make_job(make_records(50, invalid={1, 2, 3}))
    limit(job, failure_threshold=15, failure_sample=20)
    runs.start_run(job, actor=job.created_by, without_dry_run=True)

    drain(job)

    assert job.state == JobState.COMPLETED


def test_automatic_pause_job_goes_on_and_counts_anew(make_job: MakeJob) -> None:
    job = make_job(make_records(60, invalid={1, 2, 11, 12}))
    limit(job, failure_threshold=15, failure_sample=20)
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain(job)

    runs.resume(job, actor=job.created_by)
    drain(job)

    assert (job.state, job.automatic_pause) == (JobState.COMPLETED, {})
    assert get_totals(job)["failed"] == 4


def test_conflict_that_stops_the_job_fails_its_record_and_pauses_after_its_chunk(
    make_job: MakeJob, run_job: MakeJob
) -> None:
    run_job([{"subject_id": "s5"}])
    job = make_job(make_records(30))
    ImportJob.objects.filter(pk=job.pk).update(conflicts={"profile_exists": "stop"})
    runs.start_run(job, actor=job.created_by, without_dry_run=True)

    drain(job)

    assert job.state == JobState.PAUSED
    assert job.automatic_pause == {"row": 5, "code": "profile_exists_failed"}
    assert len(list_statuses(job)) == 10
    runs.resume(job, actor=job.created_by)
    drain(job)
    assert job.state == JobState.COMPLETED
    assert [row for row, status, _ in list_statuses(job) if status == "failed"] == [5]
