"""The check page: before, while and after the dry run."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Group, Role
from imports.models import ImportJob
from imports.services import runs
from tests.imports.conftest import MakeJob, drain
from tests.imports.views.conftest import SignIn

VIEW, ADD, RUN = "imports.view_importjob", "imports.add_importjob", "imports.run_importjob"

BCRYPT = "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr."


def show(client: Client, job: ImportJob) -> str:
    return client.get(reverse("imports:check", args=[job.pk])).content.decode()


def test_before_the_check_the_page_offers_to_start_it(admin: Client, make_job: MakeJob) -> None:
    job = make_job([{"subject_id": "1"}])

    assert "Check the file" in show(admin, job)

    admin.post(reverse("imports:start_check", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == "checking"


def test_while_it_runs_the_page_shows_how_far_it_is_with_and_without_scripts(
    admin: Client, make_job: MakeJob
) -> None:
    job = make_job([{"subject_id": "1"}])
    runs.start_check(job, actor=job.created_by)

    page = show(admin, job)

    assert "Step 1 of 3: reading the file" in page
    assert f'hx-get="{reverse("imports:check_live", args=[job.pk])}"' in page
    assert '<noscript><meta http-equiv="refresh"' in page


def test_the_part_that_is_refreshed_has_the_whole_page_loaded_when_the_check_is_done(
    admin: Client, make_job: MakeJob, checked_job: ImportJob
) -> None:
    job = make_job([{"subject_id": "1"}])
    runs.start_check(job, actor=job.created_by)

    running = admin.get(reverse("imports:check_live", args=[job.pk]))
    done = admin.get(reverse("imports:check_live", args=[checked_job.pk]))

    assert "<html" not in running.content.decode()
    assert "HX-Refresh" not in running.headers
    assert done.headers["HX-Refresh"] == "true"


def test_a_check_can_be_stopped(admin: Client, make_job: MakeJob) -> None:
    job = make_job([{"subject_id": "1"}])
    runs.start_check(job, actor=job.created_by)

    admin.post(reverse("imports:stop_check", args=[job.pk]))

    job.refresh_from_db()
    assert job.state == "mapped"


def test_the_report_groups_problems_by_cause_with_rows_and_advice(
    admin: Client, checked_job: ImportJob
) -> None:
    page = show(admin, checked_job)

    assert "15 of 19 records will fail" in page
    assert "Role “wizards”" in page
    assert "Write it with + and the country code" in page
    assert "{" not in page.split("What needs a decision")[1].split("<h2>Passwords")[0]


def test_the_report_counts_hash_formats(admin: Client, checked_job: ImportJob) -> None:
    assert "Bcrypt" in show(admin, checked_job)


def test_the_report_names_the_columns_that_are_not_carried(
    admin: Client, make_job: MakeJob
) -> None:
    job = make_job(b"id,email,shoe\n1,ada@example.com,38\n", name="people.csv")
    runs.start_check(job, actor=job.created_by)
    drain(job)

    assert "shoe" in show(admin, job).split("Not carried over")[1]


def test_running_with_failures_is_offered(admin: Client, checked_job: ImportJob) -> None:
    assert "Import everything" in show(admin, checked_job)


def test_a_long_file_can_be_begun_with_a_first_slice(admin: Client, make_job: MakeJob) -> None:
    job = make_job([{"subject_id": str(number)} for number in range(25)])
    runs.start_check(job, actor=job.created_by)
    drain(job)

    assert "Import the first 20, then look" in show(admin, job)


def test_a_missing_role_is_decided_on_and_created_since_is_said(
    admin: Client, checked_job: ImportJob
) -> None:
    assert "What becomes of the role “wizards”" in show(admin, checked_job)

    response = admin.post(
        reverse("imports:create_role", args=[checked_job.pk]), {"key": "wizards"}, follow=True
    )

    page = response.content.decode()
    assert Role.objects.get(key="wizards").permissions.count() == 0
    assert "The role “wizards” was created" in page
    assert "Since the check, the role “wizards” was created. Check again" in page
    assert "What becomes of the role “wizards”" not in page


def test_a_missing_group_is_created_by_its_button(admin: Client, make_job: MakeJob) -> None:
    job = make_job([{"subject_id": "1", "memberships": {"groups": ["/staff"]}}])

    admin.post(reverse("imports:create_group", args=[job.pk]), {"key": "/staff"})

    assert Group.objects.filter(key="/staff").exists()
    assert job.events.filter(action="create group", detail={"key": "/staff"}).exists()


@pytest.mark.parametrize("key", ["", "x" * 201], ids=["empty", "too long"])
def test_a_key_that_no_role_can_have_is_refused(
    admin: Client, checked_job: ImportJob, key: str
) -> None:
    before = Role.objects.count()

    address = reverse("imports:create_role", args=[checked_job.pk])
    response = admin.post(address, {"key": key}, follow=True)

    assert "has 1 to 200 characters" in response.content.decode()
    assert Role.objects.count() == before


def test_who_may_not_create_roles_is_told_what_it_takes(
    sign_in: SignIn, checked_job: ImportJob
) -> None:
    page = show(sign_in(VIEW), checked_job)

    assert "Create it" not in page
    assert "accounts.add_role" in page


def test_who_may_not_run_is_told_what_it_takes(sign_in: SignIn, checked_job: ImportJob) -> None:
    page = show(sign_in(VIEW, ADD), checked_job)

    assert "Import everything" not in page
    assert RUN in page


def test_an_action_that_the_state_does_not_allow_is_a_message(
    admin: Client, draft_job: ImportJob
) -> None:
    address = reverse("imports:start_check", args=[draft_job.pk])

    response = admin.post(address, follow=True)

    assert response.status_code == 200
    assert "cannot check now" in response.content.decode()


def test_an_error_is_shown_with_what_to_do(admin: Client, make_job: MakeJob) -> None:
    job = make_job([{"subject_id": "1"}])
    runs.start_check(job, actor=job.created_by)
    runs.stop_with_error(job, "The file is gone. Upload it again.")

    page = show(admin, job)

    assert "The file is gone. Upload it again." in page
    assert "Check the file" in page


def check(client: Client, job: ImportJob) -> str:
    runs.start_check(job, actor=job.created_by)
    drain(job)
    return show(client, job).split("<h2>Passwords")[1]


def make_record(number: int, **password: object) -> dict[str, object]:
    return {"subject_id": str(number), "authenticators": {"password": password}}


def test_the_census_says_format_cost_and_weakness_of_hashes(
    admin: Client, make_job: MakeJob
) -> None:
    md5 = make_record(2, hash="0" * 32, format="digest", params={"algorithm": "md5"})
    page = check(admin, make_job([make_record(1, hash=BCRYPT), md5, {"subject_id": "3"}]))

    assert "cost 10" in page
    assert "algorithm md5, rounds 1" in page
    assert "Weak" in page
    assert "choose a password by a reset" in page
    assert BCRYPT[-20:] not in page


def test_the_census_says_why_hashes_cannot_be_used(admin: Client, make_job: MakeJob) -> None:
    costly = BCRYPT.replace("$10$", "$31$")
    page = check(admin, make_job([make_record(1, hash=costly), make_record(2, hash="nonsense!")]))

    assert "Hash outside the cost limits" in page
    assert "Hash that cannot be read" in page


def test_the_census_says_how_long_hashing_plain_passwords_takes(
    admin: Client, make_job: MakeJob
) -> None:
    page = check(admin, make_job([make_record(1, plaintext="open sesame")]))

    assert "that takes about 1 s on this machine" in page
    assert "open sesame" not in page
