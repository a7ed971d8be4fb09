"""Workers, queue and messages that are lost: the statuses are those of an undisturbed run."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.models import AttributeDefinition, User
from importer_site.celery import app
from imports.core.planning.conflicts import Mode
from imports.models import ImportChunk, ImportJob
from imports.services.jobs.locks import Work
from imports.services.runs import phases, recovery, runs
from imports.services.runs import worker as work
from imports.states import JobPhase, JobState
from tests.imports.conftest import MakeJob, drain, list_statuses
from tests.imports.engine.conftest import (
    ROWS,
    doing_on_insert,
    expect_exact_statuses,
    holding_up,
    is_finished,
    is_well_begun,
    wait_for,
)
from tests.workers import running_worker, start_worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_quick_sweeps")]


def test_run_with_two_workers_gives_every_row_one_status(job: ImportJob) -> None:
    with running_worker(processes=2):
        runs.start_run(job, actor=job.created_by, without_dry_run=True)
        wait_for(job, is_finished(job), sweeps=False)

    expect_exact_statuses(job)


def test_pool_killed_in_the_middle_loses_and_repeats_nothing(job: ImportJob) -> None:
    worker = start_worker(processes=2)
    try:
        runs.start_run(job, actor=job.created_by, without_dry_run=True)
        wait_for(job, is_well_begun(job))
    finally:
        worker.kill()

    with running_worker(processes=2):
        wait_for(job, is_finished(job))

    expect_exact_statuses(job)


def test_queue_lost_while_running_is_sent_again(job: ImportJob) -> None:
    with running_worker(processes=2):
        runs.start_run(job, actor=job.created_by, without_dry_run=True)
        wait_for(job, is_well_begun(job))
        app.control.purge()
        wait_for(job, is_finished(job))

    expect_exact_statuses(job)


def test_connections_cut_by_the_database_are_made_again(job: ImportJob) -> None:
    with running_worker(processes=2):
        runs.start_run(job, actor=job.created_by, without_dry_run=True)
        wait_for(job, is_well_begun(job))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        wait_for(job, is_finished(job))

    expect_exact_statuses(job)


def test_connection_lost_in_the_middle_of_a_copy_is_made_again(job: ImportJob) -> None:
    with connection.cursor() as cursor:
        # A sequence keeps its numbers when the transaction is lost.
        cursor.execute("CREATE SEQUENCE copied")
    cut = "IF nextval('copied') IN (15, 95) THEN PERFORM pg_terminate_backend(pg_backend_pid())"
    try:
        with doing_on_insert("imports_importrecord", f"{cut}; END IF"), running_worker(processes=2):
            runs.start_run(job, actor=job.created_by, without_dry_run=True)
            wait_for(job, is_finished(job))
            assert read_copied() > ROWS
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP SEQUENCE copied")

    expect_exact_statuses(job)


def read_copied() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM copied")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("table", ["imports_importchunk", "accounts_user"])
def test_disk_that_is_full_stops_the_job_and_it_goes_on_with_room(
    job: ImportJob, table: str
) -> None:
    operator = job.created_by
    with (
        doing_on_insert(table, "RAISE EXCEPTION USING ERRCODE = 'disk_full'"),
        running_worker(processes=2),
    ):
        runs.start_run(job, actor=operator, without_dry_run=True)
        wait_for(job, is_finished(job))
    assert (job.state, job.error[:32]) == (JobState.ERRORED, "The disk of the database is full")

    runs.start_run(job, actor=operator, without_dry_run=True)
    drain(job)

    expect_exact_statuses(job)


def test_two_sweepers_at_once_neither_repeat_work_nor_hinder_each_other(job: ImportJob) -> None:
    def sweep(_: int) -> None:
        try:
            recovery.sweep()
        finally:
            connections.close_all()

    def sweep_twice() -> bool:
        list(sweepers.map(sweep, range(2)))
        return job.state == JobState.COMPLETED

    worker = start_worker(processes=2)
    try:
        with ThreadPoolExecutor(2) as sweepers:
            runs.start_run(job, actor=job.created_by, without_dry_run=True)
            wait_for(job, is_well_begun(job))
            worker.kill()
            worker = start_worker(processes=2)
            wait_for(job, sweep_twice, sweeps=False)
    finally:
        worker.kill()

    expect_exact_statuses(job)


def test_messages_delivered_twice_write_nothing_twice(job: ImportJob) -> None:
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    work.work_on_staging(job.pk)
    job.refresh_from_db()
    with running_worker(processes=2):
        for pk in phases.list_workable(job).values_list("pk", flat=True):
            app.send_task("imports.tasks.work", args=[pk])
        wait_for(job, is_finished(job))

    expect_exact_statuses(job)


def test_chunk_begun_too_often_is_halved_until_its_guilty_row_is_alone(job: ImportJob) -> None:
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain_to_writing(job)
    guilty = phases.list_workable(job).order_by("number").last()
    row = guilty.last_row

    while not (chunk := find_chunk(job, row)).is_poison:
        chunk.claims, chunk.claimed_at = work.MAX_CLAIMS, timezone.now() - timedelta(minutes=1)
        chunk.save()
        work.work_on_chunk(chunk.pk)
    drain(job)

    assert chunk.rows == 1
    statuses = {number: (status, reason) for number, status, reason in list_statuses(job)}
    assert len(statuses) == ROWS
    assert statuses[row] == ("failed", "crashes_workers")
    assert [reason for _, reason in statuses.values()].count("crashes_workers") == 1


def test_row_begun_by_a_worker_that_may_live_is_not_taken_for_what_kills_workers(
    make_job: MakeJob,
) -> None:
    job = make_job([{"subject_id": "s1"}])
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain_to_writing(job)
    job.chunks.update(claims=work.MAX_CLAIMS, claimed_at=timezone.now())

    work.work_on_chunk(job.chunks.get().pk)

    assert not job.chunks.get().is_poison
    job.chunks.update(claims=work.MAX_CLAIMS - 1)
    drain(job)
    assert list_statuses(job) == [(1, "created", "")]


def drain_to_writing(job: ImportJob) -> None:
    job.refresh_from_db()
    while job.phase != JobPhase.WRITING:
        if job.phase == JobPhase.STAGING:
            work.work_on_staging(job.pk)
        for pk in list(phases.list_workable(job).values_list("pk", flat=True)):
            work.work_on_chunk(pk)
        job.refresh_from_db()


def find_chunk(job: ImportJob, row: int) -> ImportChunk:
    return job.chunks.get(first_row__lte=row, last_row__gte=row)


def test_two_jobs_over_the_same_people_lose_no_update_and_do_not_lock_each_other_out(
    make_job: MakeJob,
) -> None:
    """One job sets given names, the other family names, each in an order of its own."""
    numbers = list(range(200))
    first = make_job(
        [make_update(number, "given_name", "Ann") for number in numbers],
        mode=Mode.UPDATE,
        chunk_rows=20,
    )
    second = make_job(
        [make_update(number, "family_name", "Lee") for number in reversed(numbers)],
        mode=Mode.UPDATE,
        chunk_rows=20,
    )

    with running_worker(processes=3):
        runs.start_run(first, actor=first.created_by, without_dry_run=True)
        runs.start_run(second, actor=second.created_by, without_dry_run=True)
        wait_for(first, is_finished(first))
        wait_for(second, is_finished(second))

    assert (first.state, second.state) == (JobState.COMPLETED, JobState.COMPLETED)
    users = User.objects.exclude(subject_id="operator")
    assert list(users.values_list("given_name", "family_name").distinct()) == [("Ann", "Lee")]
    assert users.count() == 200
    statuses = [status for job in (first, second) for _, status, _ in list_statuses(job)]
    assert Counter(statuses) == {"created": 200, "updated": 200}


def make_update(number: int, name: str, value: str) -> dict[str, object]:
    profile = {"email": f"u{number}@example.com", name: value}
    return {"subject_id": f"s{number}", "profile": profile}


def test_two_jobs_that_meet_in_one_user_lose_neither_update(
    make_job: MakeJob, run_job: MakeJob
) -> None:
    """All attributes of a user are written as one: the later job has to see the earlier's."""
    names = ("badge", "team")
    for name in names:
        AttributeDefinition.objects.create(name=name)
    run_job([{"subject_id": "s1"}])
    jobs = [
        make_job([{"subject_id": "s1", "profile": {"attributes": {name: "7"}}}], mode=Mode.UPDATE)
        for name in names
    ]

    with running_worker(processes=2):
        with holding_up("TRUE"):
            for each in jobs:
                runs.start_run(each, actor=each.created_by, without_dry_run=True)
            # One at the status, and the other for the one.
            wait_for(jobs[0], lambda: count_waiting() == 2)
        for each in jobs:
            wait_for(each, is_finished(each))

    assert [list_statuses(each) for each in jobs] == [[(1, "updated", "")]] * 2
    assert User.objects.get(subject_id="s1").attributes == {"badge": "7", "team": "7"}


def count_waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("hours", [-3, 3])
def test_clock_that_jumps_neither_holds_up_a_job_nor_repeats_its_work(
    job: ImportJob, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain_to_writing(job)
    done = list(phases.list_workable(job).order_by("number").values_list("pk", flat=True))[:5]
    for pk in done:
        work.work_on_chunk(pk)
    app.control.purge()
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + timedelta(hours=hours))

    recovery.sweep()
    for pk in done:
        work.work_on_chunk(pk)
    with running_worker(processes=1):
        wait_for(job, is_finished(job), sweeps=False)

    expect_exact_statuses(job)


def test_file_whose_reading_kills_every_worker_stops_the_job(job: ImportJob) -> None:
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    for _ in range(work.MAX_STAGINGS):
        work._may_stage(job)

    work.work_on_staging(job.pk)

    job.refresh_from_db()
    assert job.state == JobState.ERRORED
    assert "The reading of the file was started" in job.error


def test_messages_that_find_the_file_being_read_do_not_count_as_beginnings(job: ImportJob) -> None:
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    lock = [Work.STAGING.value, job.pk]
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", lock)
        for _ in range(work.MAX_STAGINGS + 1):
            work.work_on_staging(job.pk)
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", lock)

    drain(job)

    expect_exact_statuses(job)
