"""The page that undoes an import: what would happen, then what became of it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from imports.models import ImportJob, Undo
from imports.services import undoing
from imports.states import JobState
from tests.imports.conftest import MakeJob
from tests.imports.views.conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(run_job: MakeJob) -> ImportJob:
    """Three users, of whom one has signed in since."""
    done = run_job([{"subject_id": f"s{number}"} for number in range(3)])
    User.objects.filter(subject_id="s0").update(last_login=timezone.now())
    return done


def open_page(client: Client, job: ImportJob, query: str = "") -> str:
    return client.get(reverse("imports:undo", args=[job.pk]) + query).content.decode()


def test_preview_says_who_would_go_and_who_is_left(admin: Client, job: ImportJob) -> None:
    page = open_page(admin, job)

    assert "Undo 2 records" in page
    assert "Undo the 1 signed in since too" in page


def test_preview_with_a_choice_counts_them_in(admin: Client, job: ImportJob) -> None:
    page = open_page(admin, job, "?signed_in=on")

    assert "Undo 3 records" in page
    assert 'type="hidden" name="signed_in"' in page


def test_looking_undoes_nothing(admin: Client, job: ImportJob) -> None:
    open_page(admin, job, "?signed_in=on")

    assert User.objects.filter(subject_id__startswith="s").count() == 3
    assert not Undo.objects.exists()


def test_started_undo_shows_its_progress_and_then_what_it_came_to(
    admin: Client, job: ImportJob
) -> None:
    admin.post(reverse("imports:start_undo", args=[job.pk]))
    assert "The import is being undone" in open_page(admin, job)

    undoing.work_on_undo(Undo.objects.get().pk)
    page = open_page(admin, job)

    assert "What the last undo came to" in page
    assert "Signed in since" in page
    assert reverse("imports:record", args=[job.pk, 1]) in page


def test_undone_job_offers_to_import_its_file_again(admin: Client, job: ImportJob) -> None:
    admin.post(reverse("imports:start_undo", args=[job.pk]))
    undoing.work_on_undo(Undo.objects.get().pk)
    assert "Import this file again" in open_page(admin, job)

    response = admin.post(reverse("imports:import_again", args=[job.pk]))

    copied = ImportJob.objects.latest("pk")
    assert response["Location"] == reverse("imports:check", args=[copied.pk])


def test_ticked_records_lead_to_their_own_preview(admin: Client, job: ImportJob) -> None:
    response = admin.post(
        reverse("imports:choose_undo", args=[job.pk]), {"row": ["2", "3"]}, follow=True
    )

    assert "2 chosen records" in response.content.decode()


def test_nothing_ticked_leads_back_with_a_word(admin: Client, job: ImportJob) -> None:
    response = admin.post(reverse("imports:choose_undo", args=[job.pk]), follow=True)

    assert "Tick the records to undo first" in response.content.decode()


def test_refused_undo_says_why(admin: Client, job: ImportJob) -> None:
    User.objects.filter(subject_id__startswith="s").update(last_login=timezone.now())
    response = admin.post(reverse("imports:start_undo", args=[job.pk]), follow=True)

    assert "There is nothing to undo" in response.content.decode()


def test_running_job_says_that_it_cannot_be_undone_now(admin: Client, job: ImportJob) -> None:
    ImportJob.objects.update(state=JobState.RUNNING)

    assert "This job cannot be undone now" in open_page(admin, job)


def test_who_may_only_look_sees_no_button(sign_in: SignIn, job: ImportJob) -> None:
    page = open_page(sign_in("imports.view_importjob"), job)

    assert "Undo 2 records" not in page
    assert "imports.undo_importjob" in page
