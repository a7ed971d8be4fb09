"""Rows of one file with one subject id and unlike people: asked about, never quietly skipped."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from imports.core.corrections import Change
from imports.core.planning.conflicts import Mode
from imports.models import ImportJob
from imports.record_filters import RecordFilter
from imports.selectors import get_totals, list_decisions
from imports.services.corrections.corrections import correct_and_retry, make_answers
from imports.services.dry_run.decisions import answer_decisions
from imports.services.jobs.policies import save_policies
from imports.services.runs import runs
from tests.imports.conftest import MakeJob, drain, list_statuses

pytestmark = pytest.mark.django_db
CODE, KEY = "unlike_people", "unlike_people:subject_id"
OTHER_VALUES = "no e-mail address, user name or other unique value is the same"
OTHER_NAME = "the names differ, and there is nothing else to compare"
ONE_SIDED = "only one of the two has a unique value to compare"
FAILED = RecordFilter(status="failed")


def person(subject_id: str, name: str, **authenticators: Any) -> dict[str, Any]:
    profile = {"email": f"{name}@example.com", "given_name": name.title()}
    return {"subject_id": subject_id, "profile": profile, "authenticators": authenticators}


def row(**profile: str) -> dict[str, Any]:
    return {"subject_id": "7", "profile": profile}


ADA, BOB = person("7", "ada"), person("7", "bob")
LOGIN = {"external_logins": [{"provider": "google", "subject": "88"}]}


def check(job: ImportJob) -> dict[str, Any]:
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    report: dict[str, Any] = job.dry_run_report
    return report


def run(job: ImportJob, answers: dict[str, Any] | None = None) -> list[Any]:
    if answers:
        answer_decisions(job, answers, actor=job.created_by)
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain(job)
    return [each[1:] for each in list_statuses(job)]


def test_the_dry_run_asks_and_shows_rows_in_pairs(make_job: MakeJob) -> None:
    report = check(make_job([ADA, person("8", "eve"), BOB, person("8", "eve")]))

    (decision,) = report["decisions"]
    assert (decision["answer"], decision["open"]) == (KEY, 1)
    (value,) = decision["values"]
    assert (value["value"], value["proposal"]) == (OTHER_VALUES, "fail")
    assert report["statuses"] == {"created": 2, "updated": 0, "skipped": 1, "failed": 1}
    [problem] = [each for each in report["problems"] if each["code"] == CODE]
    [example] = problem["examples"]
    assert (example["row"], example["params"]["row"]) == (3, 1)
    assert "ada@example.com" in example["other"]


@pytest.mark.parametrize("mode", [Mode.SKIP, Mode.UPDATE])
def test_without_an_answer_the_later_row_fails_and_changes_nobody(
    make_job: MakeJob, mode: Mode
) -> None:
    job = make_job([ADA, BOB, person("8", "eve")], mode=mode)

    assert run(job) == [("created", ""), ("failed", CODE), ("created", "")]

    assert User.objects.get(subject_id="7").given_name == "Ada"
    (decision,) = list_decisions(job)
    assert (decision["answer"], decision["open"]) == (KEY, 1)


@pytest.mark.parametrize(
    ("choice", "status", "reason"),
    [("skip", "skipped", "repeated_in_file"), ("fail", "failed", "duplicate_in_file")],
)
def test_an_answer_for_the_file_says_what_becomes_of_the_later_rows(
    make_job: MakeJob, choice: str, status: str, reason: str
) -> None:
    job = make_job([ADA, BOB, person("7", "eve")])
    answer_decisions(job, {KEY: {"*": choice}}, actor=job.created_by)
    report = check(job)
    (decision,) = report["decisions"]
    assert (decision["open"], decision["count"]) == (0, 2)

    assert run(job) == [("created", ""), (status, reason), (status, reason)]
    assert get_totals(job) == {**report["statuses"], "pending": 0, "total": 3}


@pytest.mark.parametrize(
    ("first", "later"),
    [
        (ADA, row(email="ADA@example.com", given_name="Adelaide")),
        (row(email="ada@example.com", username="ada"), row(email="a@example.org", username="Ada")),
        (person("7", "ada", **LOGIN), person("7", "countess", **LOGIN)),
        (row(email="ada@example.com"), row(username="ada@example.com")),
        (row(given_name="Ada", family_name="King"), row(given_name="ADA", family_name="KING")),
        (ADA, row(locale="en")),
        (row(locale="en"), row(locale="sv")),
    ],
    ids=["address", "user name", "login", "name is the address", "name", "nothing", "neither"],
)
def test_rows_of_one_person_are_skipped_unasked(
    make_job: MakeJob, first: dict[str, Any], later: dict[str, Any]
) -> None:
    job = make_job([first, later])
    assert check(job)["decisions"] == []

    assert run(job) == [("created", ""), ("skipped", "repeated_in_file")]


@pytest.mark.parametrize(
    ("first", "later", "value"),
    [
        (ADA, row(username="bob"), OTHER_VALUES),
        (ADA, {**row(), "authenticators": LOGIN}, OTHER_VALUES),
        (row(given_name="Ada"), row(given_name="Bob"), OTHER_NAME),
        (row(display_name="Ada King"), row(display_name="Bob King"), OTHER_NAME),
        (ADA, row(given_name="Bob"), ONE_SIDED),
        (row(given_name="Bob"), ADA, ONE_SIDED),
    ],
)
def test_rows_that_look_like_different_people_are_told_apart_by_what_they_have(
    make_job: MakeJob, first: dict[str, Any], later: dict[str, Any], value: str
) -> None:
    (decision,) = check(make_job([first, later]))["decisions"]

    assert [each["value"] for each in decision["values"]] == [value]


def test_a_name_that_others_of_the_file_have_tells_nobody_apart(make_job: MakeJob) -> None:
    namesakes = [{**row(given_name="Ada"), "subject_id": each} for each in ("1", "7", "7")]

    assert run(make_job(namesakes)) == [
        ("created", ""),
        ("created", ""),
        ("skipped", "repeated_in_file"),
    ]


@pytest.mark.parametrize("chunk_rows", [1, 2, 50])
def test_the_result_depends_on_no_chunks(make_job: MakeJob, chunk_rows: int) -> None:
    others = [person(str(number), f"user{number}") for number in range(20, 24)]
    job = make_job([ADA, others[0], BOB, ADA, *others[1:], BOB], chunk_rows=chunk_rows)

    statuses = run(job)

    # The last row is like the third, which holds nothing.
    assert [statuses[place] for place in (2, 3, 7)] == [
        ("failed", CODE),
        ("skipped", "repeated_in_file"),
        ("failed", CODE),
    ]


def test_where_a_known_id_fails_anyway_nobody_is_asked(make_job: MakeJob) -> None:
    job = make_job([ADA, BOB])
    save_policies(
        job, conflicts={"profile_exists": "fail"}, field_policies={}, actor=job.created_by
    )
    job.refresh_from_db()
    assert check(job)["decisions"] == []

    assert run(job) == [("created", ""), ("failed", "duplicate_in_file")]


@pytest.mark.parametrize("mode", [Mode.SKIP, Mode.UPDATE])
def test_a_retry_without_an_answer_fails_again(make_job: MakeJob, mode: Mode) -> None:
    job = make_job([ADA, BOB], mode=mode)
    run(job)

    runs.retry(job, actor=job.created_by, chosen=FAILED)
    drain(job)

    assert list_statuses(job)[1][1:] == ("failed", CODE)
    assert User.objects.get(subject_id="7").given_name == "Ada"


@pytest.mark.parametrize("mode", [Mode.SKIP, Mode.UPDATE])
def test_an_answer_with_the_retry_skips_the_records(make_job: MakeJob, mode: Mode) -> None:
    job = make_job([ADA, BOB, row(given_name="Eve")], mode=mode)
    run(job)

    correct_and_retry(job, make_answers({KEY: "skip"}), chosen=FAILED, actor=job.created_by)
    drain(job)

    assert [each[1:] for each in list_statuses(job)[1:]] == [("skipped", "repeated_in_file")] * 2
    assert User.objects.get(subject_id="7").given_name == "Ada"


def test_a_row_corrected_later_is_compared_with_the_user_of_its_id(make_job: MakeJob) -> None:
    broken = {"email": "no address", "username": "ada"}
    job = make_job([row(**broken, given_name="Ada"), row(email="bob@example.com")])
    assert [each[0] for each in run(job)] == ["failed", "created"]

    change = [Change("drop_field", "profile.email")]
    correct_and_retry(job, change, chosen=FAILED, actor=job.created_by)
    drain(job)

    assert list_statuses(job)[0][1:] == ("failed", CODE)


def test_a_row_corrected_later_that_is_like_the_user_of_its_id_is_skipped(
    make_job: MakeJob,
) -> None:
    broken = {"email": "no address", "username": "ada"}
    job = make_job([row(**broken), row(username="ADA")])
    run(job)

    change = [Change("drop_field", "profile.email")]
    correct_and_retry(job, change, chosen=FAILED, actor=job.created_by)
    drain(job)

    assert list_statuses(job)[0][1:] == ("skipped", "repeated_in_file")
