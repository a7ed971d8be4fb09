"""Work that takes too long is stopped, says so, and goes on later; a search stops when asked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection
from pytest_django.fixtures import Settings

from importer_site.celery import app
from imports.core.planning.undo import UndoOptions
from imports.engine import duplicates
from imports.models import ImportJob, Notification, Undo, UndoState
from imports.notifications import delivery
from imports.services.jobs import notifications
from imports.services.runs import phases, runs, worker
from imports.services.undo import previews, undoing
from imports.states import JobPhase, JobState
from tests.imports.conftest import MakeJob, drain

RECORDS = [{"subject_id": f"s{number}"} for number in range(30)]
REPEATED = [*RECORDS, *RECORDS[:5]]


def exceed(*args: object, **options: object) -> None:
    raise SoftTimeLimitExceeded


def test_every_task_has_a_time_limit() -> None:
    app.loader.import_default_modules()
    tasks = [task for name, task in app.tasks.items() if name.startswith("imports.")]

    assert len(tasks) > 10
    assert [task.name for task in tasks if not task.time_limit] == []
    told = [task.name for task in tasks if not task.soft_time_limit]
    assert told == ["imports.tasks.work"]


@pytest.mark.django_db(transaction=True)
def test_staging_that_takes_too_long_stops_the_job_which_can_be_run_again(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job(RECORDS)
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    with monkeypatch.context() as patch:
        patch.setattr(worker, "stage_file", exceed)
        worker.work_on_staging(job.pk)

    job.refresh_from_db()
    assert job.state == JobState.ERRORED
    assert "IMPORT_STAGING_SECONDS" in job.error
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain(job)
    job.refresh_from_db()
    assert job.state == JobState.COMPLETED


@pytest.mark.django_db(transaction=True)
def test_search_for_duplicates_that_takes_too_long_stops_the_job(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begin_search(make_job)
    with monkeypatch.context() as patch:
        patch.setattr(phases, "resolve_duplicates", exceed)
        worker.work_on_duplicates(job.pk)

    job.refresh_from_db()
    assert job.state == JobState.ERRORED
    assert "search for duplicates" in job.error


@pytest.mark.django_db(transaction=True)
def test_undo_whose_batch_takes_too_long_stops_and_goes_on_later(
    run_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = run_job(RECORDS)
    undo = undoing.start_undo(job, UndoOptions(), actor=job.created_by)
    with monkeypatch.context() as patch:
        patch.setattr(undoing, "undo_next", exceed)
        undoing.work_on_undo(undo.pk)

    undo.refresh_from_db()
    assert undo.state == UndoState.ERRORED
    assert "IMPORT_TASK_SECONDS" in undo.error
    job.refresh_from_db()
    undoing.start_undo(job, UndoOptions(), actor=job.created_by)
    undoing.work_on_undo(Undo.objects.latest("pk").pk)
    assert Undo.objects.latest("pk").counts == {"removed": 30}


@pytest.mark.django_db(transaction=True)
def test_long_undo_is_done_in_turns(
    run_job: MakeJob, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = run_job(RECORDS)
    undo = undoing.start_undo(job, UndoOptions(), actor=job.created_by)
    sent: list[int] = []
    monkeypatch.setattr(undoing, "enqueue_undo", sent.append)
    settings.IMPORT_TASK_SECONDS = -1

    turns = 0
    while turns == 0 or sent:
        sent.clear()
        undoing.work_on_undo(undo.pk)
        turns += 1

    undo.refresh_from_db()
    assert turns > 1
    assert undo.counts == {"removed": 30}


@pytest.mark.django_db(transaction=True)
def test_long_survey_is_done_in_turns(
    run_job: MakeJob, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = run_job(RECORDS)
    survey = previews.begin_survey(job)
    sent: list[int] = []
    monkeypatch.setattr(previews, "enqueue_survey", sent.append)
    settings.IMPORT_TASK_SECONDS = -1

    previews.work_on_survey(survey.pk)
    assert sent == [survey.pk]
    previews.work_on_survey(survey.pk)

    survey.refresh_from_db()
    assert survey.finished_at is not None


@pytest.mark.django_db(transaction=True)
def test_notification_that_takes_too_long_is_tried_again_later(
    run_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_job(RECORDS[:1])
    notification = Notification.objects.latest("pk")
    notifications.send_again(notification)
    monkeypatch.setattr(delivery, "_send", exceed)

    delivery.deliver(notification.pk)

    notification.refresh_from_db()
    assert (notification.state, notification.attempts) == ("waiting", 1)
    assert "did not finish" in notification.answer


def begin_search(make_job: MakeJob) -> ImportJob:
    """Return a running job whose chunks are indexed, and whose duplicates nobody has found yet."""
    job = make_job(REPEATED)
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    worker.work_on_staging(job.pk)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(phases, "find_duplicates", lambda job_id: None)
        for chunk in phases.list_workable(job):
            worker.work_on_chunk(chunk.pk)
    job.refresh_from_db()
    assert (job.state, job.phase) == (JobState.RUNNING, JobPhase.INDEXING)
    return job


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stop", [runs.pause, runs.cancel])
def test_search_for_duplicates_stops_when_asked_and_is_done_when_the_job_goes_on(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch, stop: object
) -> None:
    job = begin_search(make_job)
    take_heads = duplicates.take_heads

    def stop_elsewhere() -> None:
        stop(ImportJob.objects.get(pk=job.pk), actor=job.created_by)  # type: ignore[operator]
        connection.close()

    asked: list[bool] = []

    def be_asked(keys: bytes) -> object:
        if not asked:
            asked.append(True)
            with ThreadPoolExecutor() as pool:
                # It would wait for ever if the search held the job.
                pool.submit(stop_elsewhere).result(timeout=400)
        return take_heads(keys)

    with monkeypatch.context() as patch:
        patch.setattr(duplicates, "take_heads", be_asked)
        phases.find_duplicates(job.pk)

    job.refresh_from_db()
    assert job.state in {JobState.PAUSED, JobState.CANCELLED}
    assert (job.phase, job.indexed_options) == (JobPhase.INDEXING, {})
    assert not job.events.filter(action="index").exists()

    runs.resume(job, actor=job.created_by)
    worker.work_on_duplicates(job.pk)
    drain(job)
    job.refresh_from_db()
    assert job.state == JobState.COMPLETED
    assert job.events.get(action="index").detail == {"repeated": 5}
