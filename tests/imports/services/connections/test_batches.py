"""Batches: the statuses of records that a program sends, and that nothing is done twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection as database
from django.utils import timezone

from accounts.models import Role, User
from imports.core.mapping import Mapping
from imports.core.planning.undo import UndoOptions
from imports.models import Connection, ImportChunk, ImportJob, ImportRecord, Status
from imports.record_filters import RecordFilter
from imports.selectors import get_totals
from imports.services.connections import batches, day_jobs
from imports.services.connections.batches import plan_batch, write_batch
from imports.services.connections.connections import save_connection
from imports.services.jobs.request_keys import KeyReused
from imports.services.runs import runs
from imports.services.undo.previews import preview_undo
from imports.services.undo.undoing import start_undo, work_on_undo
from imports.states import JobState
from tests.imports.conftest import drain
from tests.imports.connecting import (
    create_connection,
    list_statuses_of,
    name_person,
    read,
    send,
)


@pytest.fixture
def connection(operator: User) -> Connection:
    return create_connection(operator)


def test_each_record_is_created_updated_unchanged_or_fails(connection: Connection) -> None:
    send(connection, name_person(1), name_person(2))

    batch = send(
        connection,
        name_person(1),
        name_person(2, given_name="Bea"),
        name_person(3),
        {"profile": {"email": "nobody"}},
    )

    assert list_statuses_of(batch) == [
        ("skipped", "unchanged"),
        ("updated", ""),
        ("created", ""),
        ("failed", "missing_required"),
    ]
    assert batch.outcomes[1].changes == [("profile.given_name", "Ann 2", "Bea")]
    assert User.objects.get(subject_id="p2").given_name == "Bea"
    assert batch.count() == {
        "created": 1,
        "updated": 1,
        "skipped": 1,
        "failed": 1,
        "unchanged": 1,
    }


def test_batches_are_chunks_of_the_job_of_the_day(connection: Connection) -> None:
    first, second = send(connection, name_person(1), name_person(2)), send(connection, {})

    job = ImportJob.objects.get(pk=first.job_id)
    assert (job.state, job.connection, job.day) == (
        JobState.RECEIVING,
        connection,
        timezone.now().date(),
    )
    assert [(chunk.number, chunk.first_row, chunk.last_row) for chunk in job.chunks.all()] == [
        (1, 1, 2),
        (2, 3, 3),
    ]
    assert get_totals(job) == {
        "created": 2,
        "updated": 0,
        "skipped": 0,
        "failed": 1,
        "pending": 0,
        "total": 3,
    }
    in_second = RecordFilter(chunk=str(second.number)).select(job.pk)
    assert [record.row_number for record in in_second] == [3]


def test_the_next_day_opens_another_job_and_closes_the_last(connection: Connection) -> None:
    first = send(connection, name_person(1))
    yesterday = timezone.now().date() - timedelta(days=1)
    ImportJob.objects.filter(pk=first.job_id).update(day=yesterday)

    second = send(connection, name_person(2))

    assert second.job_id != first.job_id
    assert ImportJob.objects.get(pk=first.job_id).state == JobState.COMPLETED


def test_days_that_are_over_are_closed_without_another_batch(connection: Connection) -> None:
    batch = send(connection, name_person(1))
    yesterday = timezone.now().date() - timedelta(days=1)
    ImportJob.objects.filter(pk=batch.job_id).update(day=yesterday)

    day_jobs.close_past_days()

    assert ImportJob.objects.get(pk=batch.job_id).state == JobState.COMPLETED


def test_a_changed_connection_sends_to_another_job(connection: Connection, operator: User) -> None:
    first = send(connection, name_person(1))
    connection.mode = "fail"
    save_connection(connection, Mapping.model_validate(connection.mapping), actor=operator)

    second = send(connection, name_person(1))

    assert second.job_id != first.job_id
    assert list_statuses_of(second) == [("failed", "profile_exists_failed")]
    assert ImportJob.objects.get(pk=second.job_id).name.endswith("(2)")


def test_a_record_that_repeats_an_earlier_one_of_the_batch_names_it(connection: Connection) -> None:
    batch = send(
        connection, name_person(1), {**name_person(2), "profile": {"email": "p1@example.com"}}
    )

    assert [outcome.status for outcome in batch.outcomes] == [Status.CREATED, Status.FAILED]
    [problem] = batch.outcomes[1].problems
    assert problem["params"]["row"] == batch.outcomes[0].row


def test_a_later_batch_updates_who_an_earlier_one_created(connection: Connection) -> None:
    send(connection, name_person(1))

    batch = send(connection, name_person(1, given_name="Bea"))

    assert list_statuses_of(batch) == [("updated", "")]


def test_a_dry_run_predicts_the_statuses_and_writes_nothing(
    connection: Connection,
) -> None:
    send(connection, name_person(1))
    before = (ImportRecord.objects.count(), ImportChunk.objects.count(), ImportJob.objects.count())

    batch = plan_batch(connection, read([name_person(1, given_name="B"), name_person(2), {}]))

    assert [outcome.status.value for outcome in batch.outcomes] == ["updated", "created", "failed"]
    assert batch.job_id is None
    assert not User.objects.filter(subject_id="p2").exists()
    assert User.objects.get(subject_id="p1").given_name == "Ann 1"
    assert before == (
        ImportRecord.objects.count(),
        ImportChunk.objects.count(),
        ImportJob.objects.count(),
    )


def test_a_repeated_request_is_written_once_and_answered_alike(connection: Connection) -> None:
    first = send(connection, name_person(1), {}, key="k", digest="d")
    again = send(connection, name_person(1), {}, key="k", digest="d")

    assert again == first
    assert ImportRecord.objects.count() == 2


def test_a_key_with_another_request_is_refused(connection: Connection) -> None:
    send(connection, name_person(1), key="k", digest="d")

    with pytest.raises(KeyReused):
        send(connection, name_person(2), key="k", digest="other")


def test_keys_of_two_connections_are_their_own(connection: Connection, operator: User) -> None:
    send(connection, name_person(1), key="k", digest="d")
    other = create_connection(operator, name="Shop")

    assert list_statuses_of(send(other, name_person(2), key="k", digest="e")) == [("created", "")]


def test_nothing_is_kept_of_a_batch_that_breaks(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(batches, "keep_key", break_down)

    with pytest.raises(RuntimeError):
        send(connection, name_person(1), key="k", digest="d")

    assert not User.objects.filter(subject_id="p1").exists()
    assert not ImportRecord.objects.exists()
    monkeypatch.undo()
    assert list_statuses_of(send(connection, name_person(1), key="k", digest="d")) == [
        ("created", "")
    ]


def test_administrators_are_out_of_reach_of_a_superusers_connection(
    connection: Connection, operator: User
) -> None:
    batch = send(
        connection, {"subject_id": operator.subject_id, "profile": {"given_name": "Mallory"}}
    )

    assert [outcome.status for outcome in batch.outcomes] == [Status.FAILED]
    operator.refresh_from_db()
    assert operator.given_name != "Mallory"


def test_a_role_beyond_its_maker_is_not_granted(make_clerk: Callable[..., User]) -> None:
    clerk = make_clerk(
        "imports.add_importjob",
        "imports.run_importjob",
        "accounts.add_user",
        "accounts.change_user",
    )
    connection = create_connection(clerk)
    role = Role.objects.create(key="powerful")
    role.permissions.add(*Role.objects.get(key=f"role of {clerk.subject_id}").permissions.all())
    role.permissions.add(Permission.objects.get(codename="delete_user"))

    batch = send(connection, {**name_person(1), "memberships": {"roles": ["powerful"]}})

    assert [outcome.status for outcome in batch.outcomes] == [Status.FAILED]
    assert "clerk" in str(batch.outcomes[0].problems)


def test_a_maker_who_lost_the_right_to_add_users_adds_none(
    make_clerk: Callable[..., User],
) -> None:
    clerk = make_clerk("imports.add_importjob", "imports.run_importjob", "accounts.change_user")
    connection = create_connection(clerk)

    batch = send(connection, name_person(1))

    assert [outcome.status for outcome in batch.outcomes] == [Status.FAILED]
    assert not User.objects.filter(subject_id="p1").exists()


def test_failed_records_are_retried_while_further_batches_open_another_job(
    connection: Connection, operator: User
) -> None:
    batch = send(connection, name_person(1), {**name_person(2), "memberships": {"roles": ["r"]}})
    assert list_statuses_of(batch)[1] == ("failed", "role_missing")
    Role.objects.create(key="r")
    job = ImportJob.objects.get(pk=batch.job_id)

    runs.retry(job, actor=operator)
    other = send(connection, name_person(3))
    drain(job)

    job.refresh_from_db()
    assert job.state == JobState.COMPLETED
    assert other.job_id != job.pk
    assert get_totals(job)["created"] == 2
    assert User.objects.get(subject_id="p2").roles.get().key == "r"


def test_an_older_failure_does_not_overwrite_what_came_later(
    connection: Connection, operator: User
) -> None:
    send(connection, {**name_person(1), "memberships": {"roles": ["r"]}})
    batch = send(connection, name_person(1, given_name="Newer"))
    Role.objects.create(key="r")
    job = ImportJob.objects.get(pk=batch.job_id)

    runs.retry(job, actor=operator)
    drain(job)

    assert User.objects.get(subject_id="p1").given_name == "Newer"


@pytest.mark.django_db(transaction=True)
def test_parallel_batches_of_the_same_people_create_each_once(operator: User) -> None:
    connection = create_connection(operator)
    people = [name_person(number) for number in range(20)]
    batches_written: list[batches.Batch] = []

    def send_all(records: list[dict[str, object]]) -> None:
        try:
            batches_written.append(write_batch(connection, read(records)))
        finally:
            database.close()

    threads = [
        threading.Thread(target=send_all, args=[people if number % 2 else people[::-1]])
        for number in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    statuses = [outcome.status for batch in batches_written for outcome in batch.outcomes]
    assert statuses.count(Status.CREATED) == 20
    assert statuses.count(Status.SKIPPED) == 100
    assert len({batch.job_id for batch in batches_written}) == 1
    assert get_totals(ImportJob.objects.get())["total"] == 120


def test_who_was_written_several_times_in_a_day_is_undone_from_the_last(
    connection: Connection, operator: User
) -> None:
    for name in ("Ann", "Bea", "Cleo"):
        batch = send(connection, name_person(1, given_name=name))
    job = ImportJob.objects.get(pk=batch.job_id)

    undo = start_undo(job, UndoOptions(), actor=operator, chosen=RecordFilter(rows=(3,)))
    work_on_undo(undo.pk)
    assert User.objects.get(subject_id="p1").given_name == "Bea"
    preview = preview_undo(job, UndoOptions(), actor=operator)
    assert preview is not None
    assert (preview.removed, preview.restored, sum(preview.left.values())) == (1, 1, 0)
    undo = start_undo(job, UndoOptions(), actor=operator)
    work_on_undo(undo.pk)

    assert not User.objects.filter(subject_id="p1").exists()
    assert not ImportRecord.objects.filter(undone_at=None).exists()
