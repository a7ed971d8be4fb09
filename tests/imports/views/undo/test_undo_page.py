"""The page that undoes an import: what would happen, then what happened."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from imports.core.corrections.stored import Correction
from imports.models import ImportJob, Undo, UndoSurvey
from imports.services.undo import previews, undoing
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


def test_preview_speaks_of_a_choice_only_where_there_is_one(admin: Client, job: ImportJob) -> None:
    assert "unless selected above" in open_page(admin, job)

    User.objects.filter(subject_id="s0").update(last_login=None)
    page = open_page(admin, job)

    assert "unless selected above" not in page
    assert 'id="options"' not in page


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
    assert "Undo in progress" in open_page(admin, job)

    undoing.work_on_undo(Undo.objects.get().pk)
    page = open_page(admin, job)

    assert "Last undo" in page
    assert "Signed in since" in page
    assert reverse("imports:record", args=[job.pk, 1]) in page


def test_undone_job_whose_file_was_deleted_asks_for_it_again(admin: Client, job: ImportJob) -> None:
    admin.post(reverse("imports:start_undo", args=[job.pk]))
    undoing.work_on_undo(Undo.objects.get().pk)

    page = open_page(admin, job)

    assert "The file was deleted when the import finished" in page
    assert "Import again" not in page


@pytest.mark.usefixtures("keep_uploads")
def test_undone_job_offers_to_import_its_file_again(admin: Client, job: ImportJob) -> None:
    admin.post(reverse("imports:start_undo", args=[job.pk]))
    undoing.work_on_undo(Undo.objects.get().pk)
    assert "Import again" in open_page(admin, job)

    response = admin.post(reverse("imports:import_again", args=[job.pk]))

    copied = ImportJob.objects.latest("pk")
    assert response["Location"] == reverse("imports:dry_run", args=[copied.pk])


DROPPED = Correction("drop_field", "phone", number=1, attempt=2).to_json()


@pytest.mark.usefixtures("keep_uploads")
def test_what_was_corrected_is_said_not_to_be_in_the_file_that_is_imported_again(
    admin: Client, job: ImportJob
) -> None:
    ImportJob.objects.filter(pk=job.pk).update(corrections=[DROPPED])
    admin.post(reverse("imports:start_undo", args=[job.pk]))
    undoing.work_on_undo(Undo.objects.get().pk)
    assert "Make them again" in open_page(admin, job)

    address = reverse("imports:import_again", args=[job.pk])
    page = admin.post(address, follow=True).content.decode()

    assert f"the original mapping of job {job.pk}, without the edits and corrections" in page


def test_ticked_records_lead_to_their_own_preview(admin: Client, job: ImportJob) -> None:
    response = admin.post(
        reverse("imports:choose_undo", args=[job.pk]), {"row": ["2", "3"]}, follow=True
    )

    assert "2 chosen records" in response.content.decode()


def test_nothing_ticked_leads_back_with_a_word(admin: Client, job: ImportJob) -> None:
    address = reverse("imports:choose_undo", args=[job.pk])
    response = admin.post(address, {"status": "created"}, follow=True)

    assert "Select the records to undo first" in response.content.decode()
    assert response.request["QUERY_STRING"] == "status=created"


def test_refused_undo_says_why(admin: Client, job: ImportJob) -> None:
    User.objects.filter(subject_id__startswith="s").update(last_login=timezone.now())
    response = admin.post(reverse("imports:start_undo", args=[job.pk]), follow=True)

    assert "There is nothing to undo" in response.content.decode()


def test_job_with_only_administrators_left_offers_no_undo(admin: Client, job: ImportJob) -> None:
    User.objects.filter(subject_id__startswith="s").update(is_staff=True)
    page = open_page(admin, job)

    assert "Now administrators" in page
    assert "can be undone yet" in page
    assert "Undo 0 records" not in page


def test_running_job_says_that_it_cannot_be_undone_now(admin: Client, job: ImportJob) -> None:
    ImportJob.objects.update(state=JobState.RUNNING)

    assert "Undo not available" in open_page(admin, job)


def test_who_may_only_look_sees_no_button(sign_in: SignIn, job: ImportJob) -> None:
    page = open_page(sign_in("imports.view_importjob"), job)

    assert "Undo 2 records" not in page
    assert "imports.undo_importjob" in page


@pytest.fixture
def large_job(job: ImportJob, monkeypatch: pytest.MonkeyPatch) -> ImportJob:
    """A job of more records than are counted while somebody waits."""
    monkeypatch.setattr(previews, "AT_ONCE", 2)
    return job


def count(client: Client, job: ImportJob, query: str = "") -> UndoSurvey:
    """Look at the page, and do what the worker does then."""
    open_page(client, job, query)
    survey = UndoSurvey.objects.latest("pk")
    previews.work_on_survey(survey.pk)
    survey.refresh_from_db()
    return survey


def test_large_job_is_counted_in_the_background_and_says_how_far_it_is(
    admin: Client, large_job: ImportJob
) -> None:
    page = open_page(admin, large_job)
    survey = UndoSurvey.objects.get()
    previews._count_next(survey.pk)
    live = admin.get(reverse("imports:survey_live", args=[large_job.pk, survey.pk]))

    assert "Undo preview in progress" in page
    assert "2 of 3 records" in live.content.decode()
    assert not any(each in page for each in ("Undo 2 records", "Undo 0 records"))


def test_counted_preview_is_that_of_a_small_job_and_says_of_when(
    admin: Client, large_job: ImportJob
) -> None:
    survey = count(admin, large_job)
    page = open_page(admin, large_job)
    live = admin.get(reverse("imports:survey_live", args=[large_job.pk, survey.pk]))

    assert "Undo 2 records" in page
    assert "Undo the 1 signed in since too" in page
    assert "Counted " in page
    assert live.headers["HX-Refresh"] == "true"
    assert "Undo 3 records" in open_page(admin, large_job, "?signed_in=on")
    assert UndoSurvey.objects.count() == 1


def test_chosen_records_of_a_large_job_have_a_preview_of_their_own(
    admin: Client, large_job: ImportJob
) -> None:
    count(admin, large_job)
    ticked = open_page(admin, large_job, "?row=2&row=3")
    count(admin, large_job, "?matching=1&status=created")

    assert "2 chosen records" in ticked
    assert "Counted " not in ticked
    assert "3 chosen records" in open_page(admin, large_job, "?matching=1&status=created")
    assert UndoSurvey.objects.count() == 2


def test_counting_again_shows_who_signed_in_meanwhile(admin: Client, large_job: ImportJob) -> None:
    survey = count(admin, large_job)
    User.objects.filter(subject_id="s1").update(last_login=timezone.now())
    stale = open_page(admin, large_job, "?signed_in=on")
    response = admin.post(
        reverse("imports:count_undo", args=[large_job.pk]), {"signed_in": "on"}, follow=True
    )
    previews.work_on_survey(survey.pk)
    page = open_page(admin, large_job, "?signed_in=on")

    assert "Undo the 1 signed in since too" in stale
    assert "signed_in=on" in response.redirect_chain[0][0]
    assert "Undo preview in progress" in response.content.decode()
    assert "Undo the 2 signed in since too" in page
    assert "Undo 3 records" in page


def test_preview_of_before_an_undo_is_not_shown_after_it(
    admin: Client, large_job: ImportJob
) -> None:
    survey = count(admin, large_job)
    admin.post(reverse("imports:start_undo", args=[large_job.pk]))
    undoing.work_on_undo(Undo.objects.get().pk)
    assert "Undo preview in progress" in open_page(admin, large_job)

    previews.work_on_survey(survey.pk)

    assert "Undo the 1 signed in since too" in open_page(admin, large_job)


def test_large_job_is_undone_without_waiting_for_the_count(
    admin: Client, large_job: ImportJob
) -> None:
    admin.post(reverse("imports:start_undo", args=[large_job.pk]))
    undo = Undo.objects.get()
    undoing.work_on_undo(undo.pk)

    undo.refresh_from_db()
    assert (undo.total, undo.done) == (3, 3)
    assert undo.counts == {"removed": 2, "left:signed_in": 1}


def test_completely_undone_job_has_nothing_to_preview(admin: Client, large_job: ImportJob) -> None:
    admin.post(reverse("imports:start_undo", args=[large_job.pk]), {"signed_in": "on"})
    undoing.work_on_undo(Undo.objects.get().pk)
    page = open_page(admin, large_job)

    assert "Last undo" in page
    assert "Counting" not in page
    assert "cannot be undone" not in page
