"""The front page of the admin: what runs, what waits, who came back."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from imports.models import ImportJob, Notification, NotificationState
from imports.services.runs import runs
from imports.services.sources.progress import count_sources
from imports.states import JobState
from tests.imports.conftest import MakeJob
from tests.imports.views.conftest import SignIn

pytestmark = pytest.mark.django_db


def open_front_page(client: Client) -> str:
    return client.get(reverse("admin:index")).content.decode()


def test_front_page_without_jobs_says_what_to_do_first(admin: Client) -> None:
    page = open_front_page(admin)

    assert "No imports yet" in page
    assert reverse("imports:upload") in page


def test_front_page_shows_failed_records_and_where_to_mend_them(
    admin: Client, finished_job: ImportJob
) -> None:
    page = open_front_page(admin)

    assert "15 failed" in page
    assert f"{reverse('imports:results', args=[finished_job.pk])}?status=failed" in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (JobState.ERRORED, "see the error and resume"),
        (JobState.PAUSED, ": resume"),
        (JobState.DRY_RUN_DONE, "review and start the import"),
        (JobState.MAPPED, "start the dry run"),
        (JobState.DRAFT, "map its columns"),
    ],
)
def test_front_page_shows_what_waits_for_a_person(
    admin: Client, draft_job: ImportJob, state: JobState, words: str
) -> None:
    ImportJob.objects.update(state=state)

    assert words in open_front_page(admin)


def test_front_page_shows_a_running_job_with_its_progress(admin: Client, make_job: MakeJob) -> None:
    job = make_job([{"subject_id": "s1"}])
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    page = open_front_page(admin)

    assert "Running now" in page
    assert "<progress" in page


def test_front_page_forgets_what_nobody_touched_for_a_month(
    admin: Client, finished_job: ImportJob
) -> None:
    ImportJob.objects.update(updated_at=timezone.now() - timedelta(days=31))

    assert "15 failed" not in open_front_page(admin)


def test_front_page_tells_of_messages_that_were_given_up(
    admin: Client, finished_job: ImportJob
) -> None:
    Notification.objects.update(state=NotificationState.GIVEN_UP)

    assert "1 undelivered" in open_front_page(admin)


def test_front_page_counts_users_by_source_and_hashes_by_format(
    admin: Client, run_job: MakeJob
) -> None:
    digest = "$2b$04$" + "a" * 53
    run_job([{"subject_id": "s1", "authenticators": {"password": {"hash": digest}}}])
    counted = count_sources()
    page = open_front_page(admin)

    assert "0 of 1 signed in" in page
    assert f"Counted at {counted[0].counted_at:%H:%M} UTC on" in page
    assert "bcrypt" in page


def test_front_page_shows_nothing_of_imports_to_who_may_not_see_them(
    sign_in: SignIn, finished_job: ImportJob
) -> None:
    page = open_front_page(sign_in("accounts.view_user"))

    assert "Action required" not in page
    assert "Users" in page
