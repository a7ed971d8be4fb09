"""A record whose name leads to another user already fails: in the dry run, and in the run."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import SignInName, User
from imports.core.planning.conflicts import Mode
from imports.models import ImportRecord
from imports.services.runs import runs
from tests.imports.conftest import MakeJob, drain, list_statuses
from tests.imports.services.undo.test_undoing import undo

OPERATOR = "operator@example.com"
PHONE = "+441632960001"


def make_record(subject_id: str, **profile: Any) -> dict[str, Any]:
    return {"subject_id": subject_id, "profile": profile}


def read_problem(job: Any, row_number: int) -> dict[str, Any]:
    found: dict[str, Any] = ImportRecord.objects.get(job=job, row_number=row_number).problems[0]
    return found


@pytest.mark.parametrize("mode", list(Mode))
def test_user_name_that_is_an_administrators_address_fails_in_dry_run_and_run(
    make_job: MakeJob, operator: User, mode: Mode
) -> None:
    job = make_job([make_record("u1", username="Operator@Example.com")], mode=mode)

    runs.start_dry_run(job, actor=operator)
    drain(job)
    assert job.dry_run_report["statuses"] == {"created": 0, "updated": 0, "skipped": 0, "failed": 1}
    assert [each["code"] for each in job.dry_run_report["problems"]] == ["sign_in_name_taken"]

    runs.start_run(job, actor=operator)
    drain(job)
    assert list_statuses(job) == [(1, "failed", "sign_in_name_taken")]
    assert read_problem(job, 1)["params"] == {
        "what": "The user name",
        "holder": "e-mail address",
        "owner": "operator",
    }
    assert not User.objects.filter(subject_id="u1").exists()


@pytest.mark.parametrize(
    ("first", "second", "holder"),
    [
        ({"username": "ann@example.com"}, {"email": "Ann@example.com"}, "user name"),
        ({"username": "+44 1632 960001"}, {"phone": PHONE}, "user name"),
        ({"phone": PHONE}, {"username": "+44 (1632) 960001"}, "phone number"),
        (
            {"emails": [{"email": "ann@example.com"}]},
            {"username": "ann@example.com"},
            "e-mail address",
        ),
        (
            {"username": "ann@example.com"},
            {"emails": [{"email": "ann@example.com"}]},
            "user name",
        ),
    ],
)
def test_name_of_another_import_fails_whatever_it_is_to_either(
    run_job: MakeJob, first: dict[str, Any], second: dict[str, Any], holder: str
) -> None:
    run_job([make_record("u1", **first)])

    job = run_job([make_record("u2", **second)])

    assert list_statuses(job) == [(1, "failed", "sign_in_name_taken")]
    assert read_problem(job, 1)["params"]["holder"] == holder


@pytest.mark.parametrize("chunk_rows", [1, 10])
def test_later_of_two_records_with_one_name_fails_and_names_the_earlier(
    run_job: MakeJob, chunk_rows: int
) -> None:
    job = run_job(
        [
            make_record("u1", username="Ann@example.com"),
            make_record("u2", email="ann@example.com"),
            make_record("u3", phone=PHONE),
            make_record("u4", username="+44 1632 960001"),
        ],
        chunk_rows=chunk_rows,
    )

    assert list_statuses(job) == [
        (1, "created", ""),
        (2, "failed", "duplicate_in_file"),
        (3, "created", ""),
        (4, "failed", "duplicate_in_file"),
    ]
    assert [read_problem(job, row)["params"] for row in (2, 4)] == [
        {"row": 1, "what": "e-mail address"},
        {"row": 3, "what": "name to sign in with"},
    ]


def test_own_address_as_user_name_is_no_conflict(run_job: MakeJob) -> None:
    record = make_record("u1", username="Ann@Example.com", email="ann@example.com", phone=PHONE)

    assert list_statuses(run_job([record])) == [(1, "created", "")]
    again = run_job([{**record, "profile": {**record["profile"], "given_name": "Ann"}}],
                    mode=Mode.UPDATE)  # fmt: skip
    assert list_statuses(again) == [(1, "updated", "")]


def test_name_that_an_update_sets_free_is_not_given_away_in_the_same_run(run_job: MakeJob) -> None:
    run_job([make_record("u1", username="ann@example.com")])

    job = run_job(
        [make_record("u1", username="ann"), make_record("u2", email="ann@example.com")],
        mode=Mode.UPDATE,
        chunk_rows=1,
    )
    assert [status for _, status, _ in list_statuses(job)] == ["updated", "failed"]

    later = run_job([make_record("u2", email="ann@example.com")])
    assert list_statuses(later) == [(1, "created", "")]


def test_undo_sets_names_free_and_gives_old_ones_back(run_job: MakeJob) -> None:
    run_job([make_record("u1", username="ann@example.com")])
    job = run_job(
        [
            make_record("u1", username="bea@example.com"),
            make_record("u2", email="cleo@example.com", phone=PHONE),
        ],
        mode=Mode.UPDATE,
    )

    undo(job)

    names = set(SignInName.objects.values_list("key", flat=True))
    assert names == {"operator@example.com", "ann@example.com"}


@pytest.mark.django_db(transaction=True)
def test_name_taken_by_somebody_at_the_same_timestamp_fails_the_record(
    make_job: MakeJob, operator: User
) -> None:
    job = make_job([make_record("u1", username="ann@example.com"), make_record("u2")])
    runs.start_run(job, actor=operator, without_dry_run=True)

    def work() -> None:
        try:
            drain(job)
        finally:
            connection.close()

    with transaction.atomic():
        User.objects.create_user(email="ann@example.com", subject_id="other")
        worker = threading.Thread(target=work)
        worker.start()
        # It has planned its chunk without the other user, and waits to write it.
        worker.join(2)
        assert worker.is_alive()
    worker.join()

    assert list_statuses(job) == [(1, "failed", "sign_in_name_taken"), (2, "created", "")]
