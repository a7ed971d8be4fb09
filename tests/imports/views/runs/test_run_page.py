"""The run page: progress, pausing, the pilot, errors, and the activity log."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from imports.models import ImportJob
from imports.services.runs import runs
from tests.imports.conftest import MakeJob, drain

PEOPLE = [{"subject_id": str(number)} for number in range(25)]


def show(client: Client, job: ImportJob) -> str:
    return client.get(reverse("imports:run", args=[job.pk])).content.decode()


def press(client: Client, button: str, job: ImportJob) -> str:
    response = client.post(reverse(f"imports:{button}", args=[job.pk]), follow=True)
    job.refresh_from_db()
    return response.content.decode()


def test_a_running_job_shows_how_far_it_is_with_and_without_scripts(
    admin: Client, make_job: MakeJob
) -> None:
    job = make_job(PEOPLE)

    page = press(admin, "start_without_dry_run", job)

    assert job.state == "running"
    assert "Phase 1 of 3: reading the file" in page
    assert f'hx-get="{reverse("imports:run_live", args=[job.pk])}"' in page
    assert '<noscript><meta http-equiv="refresh"' in page


def test_a_job_is_paused_resumed_and_cancelled(admin: Client, make_job: MakeJob) -> None:
    job = make_job(PEOPLE)
    press(admin, "start_without_dry_run", job)

    assert "Resume" in press(admin, "pause", job)
    assert job.state == "paused"
    assert "Pause" in press(admin, "resume", job)
    assert job.state == "running"
    assert "The import was cancelled" in press(admin, "cancel", job)
    assert job.state == "cancelled"


def test_after_the_pilot_the_page_asks_to_look_and_then_go_on(
    admin: Client, make_job: MakeJob
) -> None:
    job = make_job(PEOPLE, chunk_rows=20)
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    press(admin, "start_pilot", job)
    drain(job)

    page = show(admin, job)

    assert "The pilot has finished" in page
    assert "of 25" in page
    assert "Import the rest" in page


def test_the_part_that_is_refreshed_has_the_whole_page_loaded_when_the_run_is_done(
    admin: Client, make_job: MakeJob, finished_job: ImportJob
) -> None:
    job = make_job(PEOPLE)
    runs.start_run(job, actor=job.created_by, without_dry_run=True)

    running = admin.get(reverse("imports:run_live", args=[job.pk]))
    done = admin.get(reverse("imports:run_live", args=[finished_job.pk]))

    assert "<html" not in running.content.decode()
    assert done.headers["HX-Refresh"] == "true"


def test_a_finished_job_says_how_many_failed_and_leads_to_the_results(
    admin: Client, finished_job: ImportJob
) -> None:
    page = show(admin, finished_job)

    assert "The import has finished. 15 records failed." in page
    assert reverse("imports:results", args=[finished_job.pk]) in page
    assert "hx-get" not in page


def test_an_error_is_shown_with_a_button_to_go_on(admin: Client, make_job: MakeJob) -> None:
    job = make_job(PEOPLE)
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    runs.stop_with_error(job, "The disk is full. Make room, then go on.")

    page = show(admin, job)

    assert "The disk is full. Make room, then go on." in page
    assert "Resume import" in page


def test_the_activity_log_says_who_did_what(admin: Client, finished_job: ImportJob) -> None:
    page = show(admin, finished_job)

    assert "<strong>operator@example.com</strong> started the import" in page
    assert "uploaded the file: mistakes.csv" in page
    assert "The import finished" in page


@pytest.mark.parametrize("button", ["pause", "resume", "cancel", "start_run", "start_pilot"])
def test_a_button_pressed_too_late_is_answered_with_a_message(
    admin: Client, finished_job: ImportJob, button: str
) -> None:
    assert "This job is completed: it cannot" in press(admin, button, finished_job)


def test_a_job_that_has_not_run_leads_back_to_the_dry_run(
    admin: Client, draft_job: ImportJob
) -> None:
    assert reverse("imports:dry_run", args=[draft_job.pk]) in show(admin, draft_job)


def test_a_run_that_did_what_the_dry_run_predicted_says_so(
    admin: Client, make_job: MakeJob
) -> None:
    job = make_job([{"subject_id": "1"}])
    for start in (runs.start_dry_run, runs.start_run):
        start(job, actor=job.created_by)
        drain(job)

    page = admin.get(reverse("imports:run", args=[job.pk])).content.decode()

    assert "The result matches the dry run." in page


def test_a_run_that_came_to_other_counts_says_which_and_why_here_and_on_the_results(
    admin: Client, make_job: MakeJob
) -> None:
    job = make_job([{"subject_id": "1"}])
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    User.objects.create_user(subject_id="1", email="ada@example.org")
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain(job)

    for name in ("run", "results"):
        page = admin.get(reverse(f"imports:{name}", args=[job.pk])).content.decode()
        assert "The result differs from the dry run" in page
        assert "0 created instead of 1, 1 skipped instead of 0." in page
        assert "1 user was added or changed" in page
