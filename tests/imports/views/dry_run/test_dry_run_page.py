"""The dry-run page: before, while and after the dry run."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import Group, Role, User
from imports.core.planning.conflicts import Mode
from imports.models import ImportJob
from imports.services.runs import runs
from tests.imports.conftest import MakeJob, drain
from tests.imports.views.conftest import SignIn

VIEW, ADD, RUN = "imports.view_importjob", "imports.add_importjob", "imports.run_importjob"

BCRYPT = "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr."


def show(client: Client, job: ImportJob) -> str:
    return client.get(reverse("imports:dry_run", args=[job.pk])).content.decode()


def test_before_the_dry_run_the_page_offers_to_start_it(admin: Client, make_job: MakeJob) -> None:
    job = make_job([{"subject_id": "1"}])

    assert "Start dry run" in show(admin, job)

    admin.post(reverse("imports:start_dry_run", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == "dry_running"


def test_while_it_runs_the_page_shows_how_far_it_is_with_and_without_scripts(
    admin: Client, make_job: MakeJob
) -> None:
    job = make_job([{"subject_id": "1"}])
    runs.start_dry_run(job, actor=job.created_by)

    page = show(admin, job)

    assert "Phase 1 of 3: reading the file" in page
    assert f'hx-get="{reverse("imports:dry_run_live", args=[job.pk])}"' in page
    assert '<noscript><meta http-equiv="refresh"' in page


def test_the_part_that_is_refreshed_has_the_whole_page_loaded_when_the_dry_run_is_done(
    admin: Client, make_job: MakeJob, dry_run_job: ImportJob
) -> None:
    job = make_job([{"subject_id": "1"}])
    runs.start_dry_run(job, actor=job.created_by)

    running = admin.get(reverse("imports:dry_run_live", args=[job.pk]))
    done = admin.get(reverse("imports:dry_run_live", args=[dry_run_job.pk]))

    assert "<html" not in running.content.decode()
    assert "HX-Refresh" not in running.headers
    assert done.headers["HX-Refresh"] == "true"


def test_a_dry_run_can_be_stopped(admin: Client, make_job: MakeJob) -> None:
    job = make_job([{"subject_id": "1"}])
    runs.start_dry_run(job, actor=job.created_by)

    admin.post(reverse("imports:stop_dry_run", args=[job.pk]))

    job.refresh_from_db()
    assert job.state == "mapped"


def test_the_report_groups_problems_by_error_group_with_rows_and_advice(
    admin: Client, dry_run_job: ImportJob
) -> None:
    page = show(admin, dry_run_job)

    assert "15 of 19 records will fail" in page
    assert "Role “wizards”" in page
    assert "Add + and the country code" in page
    assert "{" not in page.split("Findings")[1].split("<h2>Passwords")[0]


def test_the_report_counts_hash_formats(admin: Client, dry_run_job: ImportJob) -> None:
    assert "Bcrypt" in show(admin, dry_run_job)


def test_the_report_names_the_columns_that_are_not_carried(
    admin: Client, make_job: MakeJob
) -> None:
    job = make_job(b"id,email,shoe\n1,ada@example.com,38\n", name="people.csv")
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)

    assert "shoe" in show(admin, job).split("Not imported")[1]


def test_running_with_failures_is_offered(admin: Client, decided_job: ImportJob) -> None:
    page = show(admin, decided_job)

    assert "15 of 19 records will fail" in page
    assert "Import everything" in page


def test_a_long_file_can_be_begun_with_a_pilot(admin: Client, make_job: MakeJob) -> None:
    job = make_job([{"subject_id": str(number)} for number in range(25)])
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)

    assert "Run pilot (20)" in show(admin, job)


def test_a_missing_role_is_decided_on_and_created_since_is_said(
    admin: Client, dry_run_job: ImportJob
) -> None:
    assert "Decision for the role “wizards”" in show(admin, dry_run_job)

    response = admin.post(
        reverse("imports:create_role", args=[dry_run_job.pk]), {"key": "wizards"}, follow=True
    )

    page = response.content.decode()
    assert Role.objects.get(key="wizards").permissions.count() == 0
    assert "The role “wizards” was created" in page
    assert "Since the dry run, the role “wizards” was created. Repeat" in page
    assert "Decision for the role “wizards”" not in page


def test_a_missing_group_is_created_by_its_button(admin: Client, make_job: MakeJob) -> None:
    job = make_job([{"subject_id": "1", "memberships": {"groups": ["/staff"]}}])

    admin.post(reverse("imports:create_group", args=[job.pk]), {"key": "/staff"})

    assert Group.objects.filter(key="/staff").exists()
    assert job.events.filter(action="create group", detail={"key": "/staff"}).exists()


@pytest.mark.parametrize("key", ["", "x" * 201], ids=["empty", "too long"])
def test_a_key_that_no_role_can_have_is_refused(
    admin: Client, dry_run_job: ImportJob, key: str
) -> None:
    before = Role.objects.count()

    address = reverse("imports:create_role", args=[dry_run_job.pk])
    response = admin.post(address, {"key": key}, follow=True)

    assert "has 1 to 200 characters" in response.content.decode()
    assert Role.objects.count() == before


def test_who_may_not_create_roles_is_told_what_it_takes(
    sign_in: SignIn, dry_run_job: ImportJob
) -> None:
    page = show(sign_in(VIEW), dry_run_job)

    assert "Create it" not in page
    assert "accounts.add_role" in page


def test_who_may_not_run_is_told_what_it_takes(sign_in: SignIn, dry_run_job: ImportJob) -> None:
    page = show(sign_in(VIEW, ADD), dry_run_job)

    assert "Import everything" not in page
    assert RUN in page


def test_an_action_that_the_state_does_not_allow_is_a_message(
    admin: Client, draft_job: ImportJob
) -> None:
    address = reverse("imports:start_dry_run", args=[draft_job.pk])

    response = admin.post(address, follow=True)

    assert response.status_code == 200
    assert "cannot start a dry run now" in response.content.decode()


def test_an_error_is_shown_with_what_to_do(admin: Client, make_job: MakeJob) -> None:
    job = make_job([{"subject_id": "1"}])
    runs.start_dry_run(job, actor=job.created_by)
    runs.stop_with_error(job, "The file is gone. Upload it again.")

    page = show(admin, job)

    assert "The file is gone. Upload it again." in page
    assert "Start dry run" in page


def dry_run(client: Client, job: ImportJob) -> str:
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    return show(client, job).split("<h2>Passwords")[1]


def make_record(number: int, **password: object) -> dict[str, object]:
    return {"subject_id": str(number), "authenticators": {"password": password}}


def test_the_password_summary_says_format_cost_and_weakness_of_hashes(
    admin: Client, make_job: MakeJob
) -> None:
    md5 = make_record(2, hash="0" * 32, format="digest", params={"algorithm": "md5"})
    page = dry_run(admin, make_job([make_record(1, hash=BCRYPT), md5, {"subject_id": "3"}]))

    assert "cost 10" in page
    assert "algorithm md5, rounds 1" in page
    assert "Weak" in page
    assert "or a password reset" in page
    assert BCRYPT[-20:] not in page


def test_the_password_summary_says_why_hashes_cannot_be_used(
    admin: Client, make_job: MakeJob
) -> None:
    costly = BCRYPT.replace("$10$", "$31$")
    page = dry_run(admin, make_job([make_record(1, hash=costly), make_record(2, hash="nonsense!")]))

    assert "Hash that costs too much to verify" in page
    assert "2 s and 1,024 MiB" in page
    assert "Hash that cannot be read" in page
    assert "of a known format. Outline: 9 characters" in page


def test_the_password_summary_says_how_long_hashing_plain_passwords_takes(
    admin: Client, make_job: MakeJob
) -> None:
    page = dry_run(admin, make_job([make_record(1, plaintext="open sesame")]))

    assert "in about 1 s on this machine" in page
    assert "open sesame" not in page


def check_with_roles(make_job: MakeJob) -> ImportJob:
    roles = [["editor"], ["editor", "old"], []]
    job = make_job(
        [{"subject_id": str(n), "memberships": {"roles": keys}} for n, keys in enumerate(roles)]
    )
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    return job


def test_groups_and_roles_are_decided_on_in_one_form_which_starts_another_dry_run(
    admin: Client, make_job: MakeJob
) -> None:
    job = check_with_roles(make_job)
    assert "Missing groups and roles" in show(admin, job)
    posted = {
        "kind": ["role", "role"],
        "key": ["editor", "old"],
        "choice": ["create", ""],
        "name": ["", ""],
        "others": "ignore",
    }

    admin.post(reverse("imports:decide", args=[job.pk]), posted)
    job.refresh_from_db()
    assert job.state == "dry_running"
    drain(job)

    page = show(admin, job)
    assert job.dry_run_report["statuses"]["created"] == 3
    assert "Role old" in page.split("Not imported")[1]
    assert "Missing groups and roles" not in page


def test_a_wrong_decision_is_a_message_and_deciding_nothing_another(
    admin: Client, make_job: MakeJob
) -> None:
    job = check_with_roles(make_job)
    address = reverse("imports:decide", args=[job.pk])
    posted = {"kind": ["role"], "key": ["editor"], "choice": ["rename"], "name": ["nobody"]}

    wrong = admin.post(address, posted, follow=True)
    nothing = admin.post(address, {**posted, "choice": [""]}, follow=True)

    assert "The role “nobody” does not exist" in wrong.content.decode()
    assert "No decision selected" in nothing.content.decode()


def test_records_are_excluded_by_the_form_which_starts_another_dry_run(
    admin: Client, make_job: MakeJob
) -> None:
    job = make_job(
        [
            {"subject_id": "1", "profile": {"last_login": "2019-05-31", "active": True}},
            {"subject_id": "2", "profile": {"last_login": "2024-05-31", "active": False}},
            {"subject_id": "3", "profile": {"last_login": "2024-05-31", "active": True}},
        ]
    )
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    assert "Disabled accounts (1)" in show(admin, job)

    posted = {"before": "2020-01-01", "disabled": "on", "non_users": "on"}
    admin.post(reverse("imports:exclude", args=[job.pk]), posted)
    job.refresh_from_db()
    drain(job)

    page = show(admin, job)
    assert job.dry_run_report["statuses"]["skipped"] == 2
    assert "Last sign-in is before 2020-01-01" in page
    assert 'value="2020-01-01"' in page


@pytest.mark.parametrize(
    "posted",
    [
        {"before": "soon"},
        {"subject-0": "field:profile.created_at", "operator-0": "before", "value-0": "soon"},
    ],
)
def test_a_filter_that_cannot_be_used_is_a_message(
    admin: Client, make_job: MakeJob, posted: dict[str, str]
) -> None:
    job = make_job([{"subject_id": "1"}])

    response = admin.post(reverse("imports:exclude", args=[job.pk]), posted, follow=True)

    job.refresh_from_db()
    assert job.state == "mapped"
    assert "date" in response.content.decode()


def test_values_are_shown_only_to_who_may_see_them(sign_in: SignIn, dry_run_job: ImportJob) -> None:
    values = {
        example["value"]
        for problem in dry_run_job.dry_run_report["problems"]
        for example in problem["examples"]
        if "value" in example and problem["code"] == "invalid_phone"
    }
    assert values

    plain = show(sign_in(VIEW), dry_run_job)
    trusted = show(sign_in(VIEW, "imports.view_importrecord_values"), dry_run_job)

    assert not any(f"<code>{value}</code>" in plain for value in values)
    assert all(f"<code>{value}</code>" in trusted for value in values)


def test_what_updates_change_is_shown_field_by_field(admin: Client, make_job: MakeJob) -> None:
    User.objects.create_user(subject_id="1", email="ada@example.org", given_name="Ada")
    record = {"subject_id": "1", "profile": {"given_name": "Augusta"}}
    job = make_job([record], mode=Mode.UPDATE)
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)

    page = show(admin, job).split("Updates by field")[1]

    assert "<del>Ada</del> → <ins>Augusta</ins>" in page


def test_the_same_address_on_another_user_is_shown_with_both(
    admin: Client, make_job: MakeJob
) -> None:
    User.objects.create_user(subject_id="here", email="ada@example.org")
    job = make_job(
        [
            {"subject_id": "1", "profile": {"email": "ADA@example.org"}},
            {"subject_id": "2", "profile": {"email": "bo@example.org"}},
            {"subject_id": "3", "profile": {"email": "Bo@Example.org"}},
        ]
    )
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)

    page = show(admin, job)

    assert "row 1, ADA@example.org and the user here" in page
    assert "row 3, Bo@Example.org and row 2, bo@example.org" in page


def test_findings_in_columns_that_are_not_carried_need_no_decision(
    admin: Client, make_job: MakeJob
) -> None:
    job = make_job(b"id,email,shoe\n1,ada@example.com,1.23E+10\n", name="people.csv")
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)

    decisions, rest = show(admin, job).split("Not imported")

    assert "A spreadsheet cut long numbers short" not in decisions
    assert "A spreadsheet cut long numbers short" in rest


def test_a_role_that_may_not_be_given_is_decided_on_too_but_not_created(
    sign_in: SignIn, make_job: MakeJob
) -> None:
    client = sign_in(VIEW, ADD, RUN, "accounts.add_role", "accounts.add_user")
    boss = Role.objects.create(key="boss")
    boss.permissions.add(Permission.objects.get(codename="delete_user"))
    job = make_job([{"subject_id": "1", "memberships": {"roles": ["boss"]}}])
    client.post(reverse("imports:start_dry_run", args=[job.pk]))
    job.refresh_from_db()
    drain(job)

    page = show(client, job)

    assert "Decision for the role “boss”" in page
    assert "The role may not be granted." in page
    assert "Create it" not in page


def test_the_page_says_at_which_field_values_of_the_file_do_not_arrive(
    admin: Client, dry_run_job: ImportJob
) -> None:
    missing = {
        "code": "values_missing",
        "field": "authenticators.password.hash",
        "params": {"label": "Password hash", "stands": 1200, "arrives": 800},
        "count": 400,
        "examples": [{"row": 17, "who": "ada@example.com"}],
    }
    dry_run_job.dry_run_report["columns"].append(missing)
    dry_run_job.save()

    page = show(admin, dry_run_job)
    assert (
        "“Password hash”: the file has a value in 1200 records, but only 800 of them get one."
        in page
    )
    assert "Do not import the file yet." in page
    assert "row 17, ada@example.com" in page
