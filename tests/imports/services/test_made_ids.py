"""Files in which only some rows have an id: found again, told, and never two people in one."""

import pytest

from accounts.models import User
from imports.core.planning.conflicts import Mode
from imports.services.runs import runs
from tests.imports.conftest import MakeJob, drain, list_statuses, to_csv

HEADER = ["Customer ID", "E-Mail", "Login", "First name"]
ROWS = [
    ["C-1", "ann@example.com", "ann", "Ann"],
    ["", "bob@example.com", "bob", "Bob"],
    [" ", "", "cleo", "Cleo"],
]


@pytest.mark.parametrize("chunk_rows", [1, 100])
def test_same_file_finds_its_users_again(run_job: MakeJob, chunk_rows: int) -> None:
    run_job(to_csv(HEADER, ROWS), name="a.csv", chunk_rows=chunk_rows)
    renamed = [[*row[:3], f"{row[3]} B."] for row in ROWS]

    job = run_job(to_csv(HEADER, renamed), name="b.csv", mode=Mode.UPDATE)

    assert [status for _, status, _ in list_statuses(job)] == ["updated"] * 3
    names = set(User.objects.exclude(given_name="").values_list("given_name", flat=True))
    assert names == {"Ann B.", "Bob B.", "Cleo B."}


def test_dry_run_says_how_many_have_none(make_job: MakeJob, operator: User) -> None:
    job = make_job(to_csv(HEADER, ROWS), name="a.csv")

    runs.start_dry_run(job, actor=operator)
    drain(job)

    found = {each["code"]: each["count"] for each in job.dry_run_report["problems"]}
    assert found == {"subject_id_made": 2}
    assert job.dry_run_report["statuses"]["created"] == 3


@pytest.mark.parametrize("mode", list(Mode))
def test_two_without_ids_and_with_one_address_are_not_taken_for_one(
    run_job: MakeJob, mode: Mode
) -> None:
    rows = [["", "us@example.com", "ann", "Ann"], ["", "Us@example.com", "bob", "Bob"]]

    job = run_job(to_csv(HEADER, [*rows, ["C-1", "c@example.com", "c", "C"]]), mode=mode, name="a")

    assert list_statuses(job)[:2] == [(1, "created", ""), (2, "failed", "duplicate_in_file")]


@pytest.mark.parametrize("first", ["", "C-2"])
def test_user_whose_id_comes_or_goes_is_told_and_not_doubled(run_job: MakeJob, first: str) -> None:
    second = "" if first else "C-2"
    run_job(to_csv(HEADER, [ROWS[0], [first, "bob@example.com", "bob", "Bob"]]), name="a.csv")

    job = run_job(
        to_csv(HEADER, [ROWS[0], [second, "bob@example.com", "bob", "Bob"]]),
        name="b.csv",
        mode=Mode.UPDATE,
    )

    assert list_statuses(job)[1] == (2, "failed", "value_taken")
    assert User.objects.filter(email="bob@example.com").count() == 1
