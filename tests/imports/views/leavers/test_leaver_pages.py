"""The pages of users who are missing from a file: told, listed, downloaded, disabled."""

from __future__ import annotations

import csv
import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from imports.models import Disabling, ImportJob
from imports.services.leavers import disabling, surveys
from imports.states import JobState
from imports.views.leavers import leavers
from tests.imports.exports import dry_run_export, import_export, import_exports, make_record
from tests.imports.views.conftest import SignIn
from tests.imports.views.posting import read_form

pytestmark = pytest.mark.django_db
VIEW, RUN, VIEW_USER = "imports.view_importjob", "imports.run_importjob", "accounts.view_user"


@pytest.fixture
def job(operator: User) -> ImportJob:
    """The second export of a source: of ten users, nine are in the file."""
    people = [make_record(number) for number in range(10)]
    return import_exports(people, people[1:], actor=operator)


def open_page(client: Client, name: str, job: ImportJob, query: str = "") -> str:
    return client.get(reverse(f"imports:{name}", args=[job.pk]) + query).content.decode()


def press(client: Client, job: ImportJob, query: str = "", **more: str) -> str:
    """Press the button of the decision as the page shows it, and return the next page."""
    address = reverse("imports:start_disabling", args=[job.pk])
    form = read_form(open_page(client, "disable", job, query), address)
    return client.post(address, {**form, **more}, follow=True).content.decode()


def work() -> None:
    disabling.work_on_disabling(Disabling.objects.get().pk)


def list_inactive() -> list[str]:
    users = User.objects.filter(is_active=False).order_by("subject_id")
    return list(users.values_list("subject_id", flat=True))


def test_dry_run_and_results_tell_how_many_are_missing_and_lead_to_the_list(
    admin: Client, operator: User, job: ImportJob
) -> None:
    dry_run = dry_run_export([make_record(number) for number in range(8)], actor=operator)
    link = reverse("imports:leavers", args=[dry_run.pk])

    page = open_page(admin, "dry_run", dry_run)
    assert "2 of the 10 active users of shop are missing from the file." in page
    assert "The import leaves them as they are." in page
    assert link in page
    page = open_page(admin, "results", job)
    assert "1 of the 10 active users of shop is missing from the file." in page


def test_page_says_nothing_where_nobody_is_missing(admin: Client, operator: User) -> None:
    job = import_export([make_record(1)], actor=operator)

    assert "missing" not in open_page(admin, "results", job)
    assert "All 1 active users of shop are in" in open_page(admin, "leavers", job)


def test_list_names_them_and_says_whom_it_is_about(admin: Client, job: ImportJob) -> None:
    page = open_page(admin, "leavers", job)

    assert "1 of the 10 active users of shop is missing from people.ndjson." in page
    assert "s0@example.com" in page
    assert "s1@example.com" not in page
    assert "whom an import with the source name “shop” created" in page
    assert "give each part a source name of its own" in page


def test_list_before_the_run_offers_no_decision(admin: Client, operator: User) -> None:
    import_export([make_record(1), make_record(2)], actor=operator)
    job = dry_run_export([make_record(1)], actor=operator)

    page = open_page(admin, "leavers", job)

    assert "s2@example.com" in page
    assert "You can disable them afterwards." in page
    assert "Disable all missing" not in page
    assert "once the import is completed" in open_page(admin, "disable", job)


def test_list_is_paged_by_id_and_searched(
    admin: Client, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leavers, "PAGE_SIZE", 2)
    people = [make_record(number) for number in range(1, 7)]
    job = import_exports(people, people[5:], actor=operator)

    first = open_page(admin, "leavers", job)
    assert list_shown(first) == ["s1", "s2"]
    assert 'rel="prev"' not in first
    second = open_page(admin, "leavers", job, find_link(first, "next"))
    assert list_shown(second) == ["s3", "s4"]
    third = open_page(admin, "leavers", job, find_link(second, "next"))
    assert list_shown(third) == ["s5"]
    assert 'rel="next"' not in third
    assert list_shown(open_page(admin, "leavers", job, find_link(third, "prev"))) == ["s3", "s4"]
    assert list_shown(open_page(admin, "leavers", job, "?q=s4")) == ["s4"]
    assert "No matching users" in open_page(admin, "leavers", job, "?q=nobody")


def list_shown(page: str) -> list[str]:
    return re.findall(r"<span class=\"uf-muted uf-small uf-nowrap\">(s\d+)<", page)


def find_link(page: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_download_has_the_list_and_why_somebody_is_kept(admin: Client, operator: User) -> None:
    people = [make_record(1, given_name="=cmd"), make_record(2), make_record(3)]
    job = import_exports(people, people[2:], actor=operator)
    User.objects.filter(subject_id="s2").update(is_staff=True)
    surveys.find_list(job, again=True)

    response = admin.get(reverse("imports:export_leavers", args=[job.pk]))

    rows = list(csv.DictReader(response.getvalue().decode().splitlines()))
    found = [(row["subject_id"], row["email"], row["source"], row["kept"]) for row in rows]
    assert found == [
        ("s1", "s1@example.com", "shop", ""),
        ("s2", "s2@example.com", "shop", "administrator"),
    ]
    assert response["Content-Disposition"].endswith(f'"job-{job.pk}-missing-active.csv"')


def test_list_takes_the_permission_to_see_users(job: ImportJob, sign_in: SignIn) -> None:
    client = sign_in(VIEW, RUN)

    assert client.get(reverse("imports:leavers", args=[job.pk])).status_code == 403
    page = open_page(client, "disable", job)
    assert "To be disabled" in page
    assert "s0@example.com" not in page
    link = f'href="{reverse("imports:leavers", args=[job.pk])}"'
    assert link not in open_page(client, "results", job)


def test_button_disables_them_and_the_page_says_what_came_of_it(
    admin: Client, job: ImportJob
) -> None:
    assert "Disable 1 user<" in open_page(admin, "disable", job)

    page = press(admin, job)
    assert "Disabling in progress" in page
    assert "Missing users are being disabled" in open_page(admin, "leavers", job)
    assert "See progress" in open_page(admin, "run", job)
    work()

    page = open_page(admin, "disable", job)
    assert list_inactive() == ["s0"]
    assert "Last decision" in page
    assert "Enable them again…" in page
    log = open_page(admin, "activity_log", job)
    assert "started to disable users who are missing from the file" in log
    assert "1 disabled" in log
    assert "missing from the file" not in open_page(admin, "results", job)
    assert "Users missing from the file" in open_page(admin, "report", job)


def test_running_page_is_loaded_anew_when_it_is_over(admin: Client, job: ImportJob) -> None:
    address = reverse("imports:disable_live", args=[job.pk])
    press(admin, job)

    assert "Disabling in progress" in admin.get(address).content.decode()
    work()
    assert admin.get(address)["HX-Refresh"] == "true"


def test_decision_can_be_stopped(admin: Client, job: ImportJob) -> None:
    press(admin, job)

    page = admin.post(reverse("imports:stop_disabling", args=[job.pk]), follow=True)

    assert "The disabling ended early." in page.content.decode()
    job.refresh_from_db()
    assert job.state == JobState.COMPLETED
    assert list_inactive() == []


def test_selected_ones_alone_are_disabled(admin: Client, operator: User) -> None:
    people = [make_record(number) for number in range(10)]
    job = import_exports(people, people[2:], actor=operator)
    chosen = User.objects.get(subject_id="s1").pk
    assert f'name="user" value="{chosen}"' in open_page(admin, "leavers", job)

    page = open_page(admin, "disable", job, f"?selected=1&user={chosen}")
    assert "1 chosen user: preview" in page
    press(admin, job, f"?selected=1&user={chosen}")
    work()

    assert list_inactive() == ["s1"]


def test_nobody_selected_leads_back_to_the_list(admin: Client, job: ImportJob) -> None:
    address = reverse("imports:disable", args=[job.pk])

    response = admin.get(f"{address}?selected=1&kind=active", follow=True)

    assert "No users selected." in response.content.decode()
    assert response.redirect_chain[0][0].startswith(reverse("imports:leavers", args=[job.pk]))


def test_doubt_has_to_be_confirmed(admin: Client, operator: User) -> None:
    people = [make_record(number) for number in range(10)]
    job = import_exports(people, people[5:], actor=operator)

    page = open_page(admin, "disable", job)
    assert (
        "5 of the 10 active users of shop are missing from the file, which is more than 20%."
        in page
    )
    assert 'name="confirmed" required' in page
    refused = press(admin, job)
    assert "Confirm that the file has all users of its source system." in refused
    press(admin, job, confirmed="on")
    work()

    assert len(list_inactive()) == 5
    assert "They confirmed that the file has all users" in open_page(admin, "disable", job)


def test_page_explains_who_is_kept(admin: Client, operator: User) -> None:
    people = [make_record(number) for number in range(10)]
    job = import_exports(people, people[2:], actor=operator)
    User.objects.filter(subject_id="s0").update(is_superuser=True)

    page = open_page(admin, "disable", job)

    assert "Administrators" in page
    assert "Imports never change administrators." in page
    assert "Disable 1 user<" in page


def test_page_without_the_right_to_run_says_which_it_takes(job: ImportJob, sign_in: SignIn) -> None:
    page = open_page(sign_in(VIEW, VIEW_USER), "disable", job)

    assert "imports.run_importjob" in page
    assert "<button" not in page.partition("To be disabled")[2].partition("</main>")[0]


def test_page_asks_for_a_second_person_where_imports_are_approved(
    admin: Client, job: ImportJob, settings: Settings
) -> None:
    settings.IMPORT_APPROVAL = "required"

    page = open_page(admin, "disable", job)

    assert "Only somebody who can approve this import and did not prepare it" in page
    assert "Disable 1 user<" not in page


def test_disabled_users_are_enabled_again_on_the_page_of_undo(
    admin: Client, job: ImportJob
) -> None:
    from imports.services.undo import undoing

    press(admin, job)
    work()

    address = reverse("imports:start_undo", args=[job.pk])
    page = open_page(admin, "undo", job, "?disabled=1")
    assert "1 disabled user: undo preview." in page
    assert "Enable 1 user<" in page
    admin.post(address, read_form(page, address))
    undoing.work_on_undo(job.undos.get().pk)

    assert list_inactive() == []
    page = open_page(admin, "undo", job)
    assert "Users enabled again" in page
    assert "for the users whom this job disabled" in page
    assert "Enabled again since" in open_page(admin, "disable", job)


def test_long_list_is_waited_for(
    admin: Client, job: ImportJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surveys, "AT_ONCE", 1)
    live = reverse("imports:leavers_live", args=[job.pk])

    assert "Comparison in progress" in open_page(admin, "leavers", job)
    assert "Comparison in progress" in open_page(admin, "disable", job)
    assert admin.get(live).status_code == 204
    surveys.work_on_list(job.leaver_survey.pk)

    assert admin.get(live)["HX-Refresh"] == "true"
    assert "s0@example.com" in open_page(admin, "leavers", job)


def test_comparing_again_finds_who_changed_since(admin: Client, job: ImportJob) -> None:
    open_page(admin, "leavers", job)
    User.objects.filter(subject_id="s0").update(is_active=False)

    page = admin.post(reverse("imports:compare_leavers", args=[job.pk]), follow=True)

    assert "All 9 active users of shop are in" in page.content.decode()
    assert "s0@example.com" in open_page(admin, "leavers", job, "?kind=inactive")
