"""Error groups and their corrections by API, in one shape before the run and after it."""

from typing import Any

import pytest

from accounts.models import User
from imports.api.requests.access import ADD, RUN, VALUES, VIEW
from imports.models import ImportJob
from imports.services.runs import runs
from tests.imports.api.conftest import MakeProgram, Program
from tests.imports.conftest import MakeJob, drain, list_statuses, to_csv

pytestmark = pytest.mark.django_db

GOOD = [(f"g{number}", f"g{number}@example.com", f"+44163296000{number}") for number in range(6)]
BAD = [("b1", "b1@example.com", "12"), ("b2", "b2@example.com", "01632 960009")]
GROUP = {"code": "invalid_phone", "field": "profile.phone", "column": "phone"}


@pytest.fixture
def program(make_program: MakeProgram) -> Program:
    return make_program(
        VIEW, ADD, RUN, VALUES, "accounts.add_user", "accounts.change_user", "accounts.add_role"
    )


@pytest.fixture
def job(make_job: MakeJob) -> ImportJob:
    job = make_job(to_csv(["id", "email", "phone"], GOOD + BAD), name="people.csv")
    return dry_run(job)


def dry_run(job: ImportJob) -> ImportJob:
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    return job


def run(job: ImportJob) -> ImportJob:
    job.refresh_from_db()
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain(job)
    return job


def correct(program: Program, job: ImportJob, correction: str, **entered: Any) -> Any:
    body = {"group": GROUP, "correction": correction, **entered}
    answer = program.call("POST", f"/jobs/{job.pk}/corrections", body)
    assert answer.status == 202, answer.body
    return answer.body


@pytest.mark.parametrize("has_begun", [False, True])
def test_groups_say_what_corrects_them_and_what_that_asks_for(
    program: Program, job: ImportJob, *, has_begun: bool
) -> None:
    if has_begun:
        run(job)

    [group] = program.call("GET", f"/jobs/{job.pk}/error-groups").body["error_groups"]

    assert (group["count"], group["first_row"]) == (2, 7)
    assert group["group"] == {**GROUP, "params": {}}
    asked = {each["correction"]: each["asks"] for each in group["corrections"]}
    assert asked == {
        "trim": "nothing",
        "lower": "nothing",
        "set_country": "choice",
        "drop_field": "nothing",
        "replace": "values",
    }
    told = program.call("GET", f"/jobs/{job.pk}/error-groups/{group['error_group']}").body
    offers = {each["correction"]: each for each in told["offers"]}
    assert list(offers) == ["set_country", "drop_field", "replace"]
    assert offers["drop_field"]["trial"] == {
        "tried": 2, "corrected": 2, "imported": 2, "skipped": 0, "left": None
    }  # fmt: skip
    assert {"value": "GB", "label": "GB (+44)", "helps": 1} in offers["set_country"]["choices"]
    assert offers["replace"]["values"] == [
        {"value": "12", "count": 1}, {"value": "01632 960009", "count": 1}
    ]  # fmt: skip


def test_values_are_not_shown_without_the_permission(
    make_program: MakeProgram, program: Program, job: ImportJob
) -> None:
    [group] = program.call("GET", f"/jobs/{job.pk}/error-groups").body["error_groups"]

    told = make_program(VIEW, ADD).call(
        "GET", f"/jobs/{job.pk}/error-groups/{group['error_group']}"
    )

    assert "replace" not in [each["correction"] for each in told.body["offers"]]
    assert "01632 960009" not in str(told.body)


def test_corrections_before_the_run_are_foreseen_and_made(program: Program, job: ImportJob) -> None:
    added = correct(program, job, "set_country", value="GB")
    correct(program, job, "replace", values={"12": ""})

    assert (added["retried"], added["job"]["state"]) == (0, "dry_run_done")
    refused = program.call("POST", f"/jobs/{job.pk}/run")
    assert refused.body["code"] == "dry_run_missing"
    dry_run(job)
    first, second = program.call("GET", f"/jobs/{job.pk}/corrections").body["corrections"]
    assert first["group"] == {**GROUP, "params": {}}
    assert (first["sentence"], first["statuses"], first["attempt"]) == (
        "Phone: numbers without a country code are of GB (+44)", {"created": 2}, 1
    )  # fmt: skip
    assert (second["sentence"], second["statuses"]) == ("Phone: “12” is dropped", {"created": 1})
    run(job)
    assert [status for _, status, _ in list_statuses(job)] == ["created"] * 8
    assert User.objects.get(subject_id="b2").phone == "+441632960009"


def test_correction_after_the_run_retries_the_group(program: Program, job: ImportJob) -> None:
    run(job)

    corrected = correct(program, job, "drop_field")

    assert corrected["retried"] == 2
    drain(job)
    assert [status for _, status, _ in list_statuses(job)] == ["created"] * 8
    [made] = program.call("GET", f"/jobs/{job.pk}/corrections").body["corrections"]
    assert (made["group"], made["attempt"], made["statuses"]) == (None, 2, {"created": 2})


def test_correction_is_removed_by_its_number(program: Program, job: ImportJob) -> None:
    correct(program, job, "drop_field")

    answer = program.call("DELETE", f"/jobs/{job.pk}/corrections/1")

    assert answer.status == 204
    [removed] = program.call("GET", f"/jobs/{job.pk}/corrections").body["corrections"]
    assert removed["is_undone"] is True
    assert program.call("DELETE", f"/jobs/{job.pk}/corrections/2").status == 404
    run(dry_run(job))
    assert [row for row, status, _ in list_statuses(job) if status == "failed"] == [7, 8]


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ({"correction": "odd"}, "There is no correction “odd”"),
        ({"correction": "set_format", "value": "bcrypt"}, "is not a correction for"),
        ({"correction": "set_country", "value": "XX"}, "is not one of the choices"),
        ({"correction": "set_country", "value": "FR"}, "helps none of the first records"),
        ({"correction": "replace"}, "needs a new value"),
    ],
)
def test_what_is_no_correction_is_refused(
    program: Program, job: ImportJob, entered: dict[str, str], said: str
) -> None:
    answer = program.call("POST", f"/jobs/{job.pk}/corrections", {"group": GROUP, **entered})

    assert (answer.status, answer.body["code"]) == (422, "correction_invalid")
    assert said in answer.body["detail"]


@pytest.mark.parametrize("group", [{}, {"code": "odd"}, {**GROUP, "row": 7}])
def test_group_that_is_none_is_refused(
    program: Program, job: ImportJob, group: dict[str, object]
) -> None:
    body = {"group": group, "correction": "drop_field"}

    answer = program.call("POST", f"/jobs/{job.pk}/corrections", body)

    assert (answer.status, answer.body["code"]) == (422, "request_invalid")


def test_correction_that_was_decided_on_another_dry_run_is_refused(
    program: Program, job: ImportJob
) -> None:
    shown = program.call("GET", f"/jobs/{job.pk}").body["digest"]
    correct(program, job, "drop_field")
    body = {"group": GROUP, "correction": "drop_field"}

    answer = program.call("POST", f"/jobs/{job.pk}/corrections", body, If_Match=shown)

    assert (answer.status, answer.body["changed"]) == (412, ["corrections"])


def test_before_the_run_correcting_takes_the_permission_to_map_and_then_that_to_run(
    make_program: MakeProgram, job: ImportJob
) -> None:
    mapper, runner = make_program(VIEW, ADD), make_program(VIEW, RUN)
    body = {"group": GROUP, "correction": "drop_field"}

    refused = runner.call("POST", f"/jobs/{job.pk}/corrections", body)
    assert ADD in refused.body["detail"]
    run(job)
    refused = mapper.call("POST", f"/jobs/{job.pk}/corrections", body)
    assert RUN in refused.body["detail"]
