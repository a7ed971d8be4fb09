"""Who arrives disabled: as stored by a run, as the dry run says it, and as an update changes it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from imports.core.dry_run import describe_disabled
from imports.core.planning.conflicts import Mode
from imports.models import ImportJob
from imports.services.dry_run import decisions
from imports.services.runs import runs
from tests.imports.conftest import MakeJob, drain, to_csv

COLUMNS = ["id", "email", "status", "deleted_at"]
ROWS = [
    ["1", "ada@example.com", "Active", ""],
    ["2", "ben@example.com", "Suspended", ""],
    ["3", "eva@example.com", "Active", "2024-05-01"],
    ["4", "otto@example.com", "Suspended", "2024-05-01"],
]


def dry_run(job: ImportJob) -> ImportJob:
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    return job


def list_active() -> dict[str, bool]:
    return dict(User.objects.filter(is_superuser=False).values_list("subject_id", "is_active"))


def test_any_column_that_says_no_disables(run_job: MakeJob) -> None:
    run_job(to_csv(COLUMNS, ROWS), name="users.csv")

    found = list_active()
    assert {key: found[key] for key in "1234"} == {"1": True, "2": False, "3": False, "4": False}


def test_dry_run_says_how_many_arrive_disabled_and_why(make_job: MakeJob) -> None:
    job = dry_run(make_job(to_csv(COLUMNS, ROWS), name="users.csv"))

    assert describe_disabled(job.dry_run_report) == (
        "3 of 4 arrive disabled: status = Suspended (2), deleted_at = a date in the past (2)."
    )


def test_who_is_skipped_or_fails_does_not_arrive(make_job: MakeJob, run_job: MakeJob) -> None:
    run_job(to_csv(COLUMNS, ROWS[:2]), name="users.csv")
    repeated = ["5", "otto@example.com", "Suspended", ""]

    job = dry_run(make_job(to_csv(COLUMNS, [*ROWS, repeated]), name="users.csv"))

    assert describe_disabled(job.dry_run_report) == (
        "2 of 2 arrive disabled: deleted_at = a date in the past (2), status = Suspended (1)."
    )


def test_dry_run_page_says_it_at_its_top(make_job: MakeJob, operator: User) -> None:
    job = dry_run(make_job(to_csv(COLUMNS, ROWS), name="users.csv"))
    client = Client()
    client.force_login(operator)

    page = client.get(reverse("imports:dry_run", args=[job.pk])).content.decode()

    assert "3 of 4 arrive disabled: status = Suspended (2)" in page


def test_nothing_is_said_where_nobody_arrives_disabled(make_job: MakeJob) -> None:
    job = dry_run(make_job(to_csv(["id", "is_active"], [["1", "1"]]), name="users.csv"))

    assert describe_disabled(job.dry_run_report) == ""


@pytest.mark.parametrize(
    ("choice", "expected"), [("active", True), ("disabled", False), ("ignore", True)]
)
def test_word_that_is_not_clear_waits_for_its_decision(
    make_job: MakeJob, choice: str, expected: bool
) -> None:
    rows = [["1", "Active"], ["2", "Pending"]]
    job = dry_run(make_job(to_csv(["id", "status"], rows), name="users.csv"))
    (asked,) = job.dry_run_report["decisions"]
    assert (asked["answer"], asked["open"]) == ("state_unclear:status", 1)
    assert asked["values"][0]["proposal"] == "disabled"

    chosen = {asked["answer"]: {"Pending": choice}}
    decisions.answer_decisions(job, chosen, actor=job.created_by)
    dry_run(job)
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain(job)

    assert list_active()["2"] is expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"deleted_at": ""}, False),
        ({"is_active": ""}, False),
        ({"locked_until": "2020-01-01"}, False),
        ({"status": "Active"}, True),
        ({"is_active": "1"}, True),
        ({"disabled": "0"}, True),
    ],
)
def test_update_reactivates_by_an_explicit_yes_alone(
    run_job: MakeJob, row: dict[str, str], expected: bool
) -> None:
    run_job(to_csv(["id", "is_active"], [["1", "0"]]), name="first.csv")
    assert list_active()["1"] is False

    columns = ["id", "given_name", *row]
    content = to_csv(columns, [["1", "Ada", *row.values()], ["2", "Ben", *row.values()]])
    run_job(content, name="second.csv", mode=Mode.UPDATE)

    assert list_active()["1"] is expected


def test_update_disables(run_job: MakeJob) -> None:
    run_job(to_csv(["id", "is_active"], [["1", "1"]]), name="first.csv")

    run_job(to_csv(["id", "is_active"], [["1", "0"]]), name="second.csv", mode=Mode.UPDATE)

    assert list_active()["1"] is False
