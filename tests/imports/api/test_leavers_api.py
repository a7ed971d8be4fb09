"""Users who are missing from a file, by API: counted, listed, disabled, enabled again."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from imports.api.requests.access import RUN, UNDO, VIEW, VIEW_USER
from imports.models import Disabling, ImportJob
from imports.services.leavers import disabling, surveys
from imports.services.undo import undoing
from tests.imports.api.conftest import MakeProgram, Program
from tests.imports.exports import dry_run_export, import_export, import_exports, make_record

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(operator: User) -> ImportJob:
    """The second export of a source: of ten users, eight are in the file."""
    people = [make_record(number) for number in range(10)]
    return import_exports(people, people[2:], actor=operator)


def preview(program: Program, job: ImportJob, query: str = "") -> dict[str, Any]:
    answer = program.call("GET", f"/jobs/{job.pk}/missing-users{query}")
    assert answer.status == 200
    body: dict[str, Any] = answer.body
    return body


def list_inactive() -> list[str]:
    users = User.objects.filter(is_active=False).order_by("subject_id")
    return list(users.values_list("subject_id", flat=True))


def test_preview_tells_what_the_page_tells(program: Program, job: ImportJob) -> None:
    User.objects.filter(subject_id="s0").update(is_staff=True)

    told = preview(program, job)

    assert (told["source"], told["users"], told["found"]) == ("shop", 10, 8)
    assert (told["disabled"], told["inactive"], told["kept"]) == (1, 0, {"protected": 1})
    assert (told["doubts"], told["latest"]) == ([], None)


def test_missing_users_are_listed_page_by_page(program: Program, job: ImportJob) -> None:
    address = f"/jobs/{job.pk}/missing-users/list?limit=1"
    User.objects.filter(subject_id="s1").update(is_superuser=True)

    first = program.call("GET", address).body
    second = program.call("GET", f"{address}&after={first['next']}").body

    assert [(each["subject_id"], each["kept"]) for each in first["users"]] == [("s0", None)]
    assert [(each["subject_id"], each["kept"]) for each in second["users"]] == [("s1", "protected")]
    assert second["next"] is None
    found = program.call("GET", f"/jobs/{job.pk}/missing-users/list?search=s1@").body
    assert [each["email"] for each in found["users"]] == ["s1@example.com"]


def test_users_are_disabled_as_shown_and_enabled_again(program: Program, job: ImportJob) -> None:
    shown = preview(program, job)
    address = f"/jobs/{job.pk}/missing-users/disable"

    answer = program.call("POST", address, If_Match=shown["digest"])
    assert (answer.status, answer.body["state"]) == (202, "disabling")
    assert answer.body["progress"]["unit"] == "users"
    disabling.work_on_disabling(Disabling.objects.get().pk)

    assert list_inactive() == ["s0", "s1"]
    latest = preview(program, job)["latest"]
    assert (latest["state"], latest["counts"]) == ("finished", {"disabled": 2})

    undo = f"/jobs/{job.pk}/undo"
    assert program.call("GET", f"{undo}?only_disabled=true").body["enabled"] == 2
    assert program.call("POST", undo, {"only_disabled": True}).status == 202
    undoing.work_on_undo(job.undos.get().pk)
    assert list_inactive() == []


def test_digest_that_does_not_hold_any_more_is_refused(program: Program, job: ImportJob) -> None:
    shown = preview(program, job)
    User.objects.filter(subject_id="s0").update(is_active=False)
    surveys.find_list(job, again=True)

    answer = program.call("POST", f"/jobs/{job.pk}/missing-users/disable", If_Match=shown["digest"])

    assert (answer.status, answer.body["code"]) == (412, "changed_meanwhile")
    assert answer.body["changed"] == ["leavers"]


def test_chosen_users_alone_are_disabled(program: Program, job: ImportJob) -> None:
    chosen = User.objects.get(subject_id="s1").pk

    program.call("POST", f"/jobs/{job.pk}/missing-users/disable", {"users": [chosen]})
    disabling.work_on_disabling(Disabling.objects.get().pk)

    assert list_inactive() == ["s1"]


def test_doubts_have_to_be_confirmed(program: Program, operator: User) -> None:
    people = [make_record(number) for number in range(10)]
    job = import_exports(people, people[5:], actor=operator)
    address = f"/jobs/{job.pk}/missing-users/disable"

    told = preview(program, job)
    refused = program.call("POST", address)

    assert told["doubts"] == ["many_missing"]
    assert told["explanations"] == [
        "5 of the 10 active users of shop are missing from the file, which is more than 20%."
    ]
    assert (refused.status, refused.body["code"]) == (409, "confirmation_missing")
    assert program.call("POST", address, {"confirm": True}).status == 202


def test_dry_run_lists_and_disables_nobody(program: Program, operator: User) -> None:
    import_export([make_record(1), make_record(2)], actor=operator)
    job = dry_run_export([make_record(1)], actor=operator)

    assert preview(program, job)["disabled"] == 1
    report = program.call("GET", f"/jobs/{job.pk}/report").body
    [notice] = [each for each in report["notices"] if each["code"] == "users_missing"]
    assert notice["text"].startswith("1 of the 2 active users of shop is missing from the file.")
    answer = program.call("POST", f"/jobs/{job.pk}/missing-users/disable", {"confirm": True})
    assert (answer.status, answer.body["code"]) == (409, "wrong_state")


def test_where_imports_are_approved_it_takes_a_second_person(
    program: Program, job: ImportJob, settings: Settings, make_program: MakeProgram
) -> None:
    settings.IMPORT_APPROVAL = "required"
    first = make_program(VIEW, RUN, "accounts.change_user")
    second = make_program(VIEW, RUN, "accounts.change_user", "imports.approve_importjob")
    address = f"/jobs/{job.pk}/missing-users/disable"

    refused = first.call("POST", address)
    assert (refused.status, refused.body["code"]) == (409, "approval_missing")
    assert second.call("POST", address).status == 202


def test_disabling_is_stopped(program: Program, job: ImportJob) -> None:
    address = f"/jobs/{job.pk}/missing-users/disable"
    program.call("POST", address)

    assert program.call("DELETE", address).body["state"] == "completed"
    assert preview(program, job)["latest"]["state"] == "errored"


def test_long_list_is_asked_for_again(
    program: Program, job: ImportJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surveys, "AT_ONCE", 1)

    told = preview(program, job)
    assert (told["listed_at"], told["disabled"], told["digest"]) == (None, 0, "")
    assert program.call("GET", f"/jobs/{job.pk}/missing-users/list").body["users"] == []
    surveys.work_on_list(job.leaver_survey.pk)

    assert preview(program, job)["disabled"] == 2


def test_job_that_compared_nobody_is_not_found(program: Program, make_job: Any) -> None:
    job = make_job([{"subject_id": "1"}])

    assert program.call("GET", f"/jobs/{job.pk}/missing-users").status == 404


def test_names_take_the_permission_to_see_users(job: ImportJob, make_program: MakeProgram) -> None:
    program = make_program(VIEW, RUN, UNDO)

    assert preview(program, job)["users"] == 10
    refused = program.call("GET", f"/jobs/{job.pk}/missing-users/list")
    assert (refused.status, refused.body["code"]) == (403, "permission_missing")
    assert VIEW_USER in refused.body["detail"]
