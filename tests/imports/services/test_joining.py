"""Records of one file that are one person's: asked about, joined by decision, undone."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount

from accounts.models import AttributeDefinition, User
from imports.core.planning.conflicts import Mode
from imports.core.planning.undo import UndoOptions
from imports.engine.other_ids import find_user
from imports.models import ImportJob, JoinedRow, OtherSubjectId, Tombstone
from imports.selectors import get_totals
from imports.services.dry_run.decisions import answer_decisions
from imports.services.runs import runs
from imports.services.undo import undoing
from imports.services.undo.previews import EVERYTHING
from tests.imports.conftest import MakeJob, drain, list_statuses

pytestmark = pytest.mark.django_db
KEY = "same_person:profile.email"
PROVEN = "verified in both rows"
VOUCHED = "not marked as verified in both rows, but from Google or Apple"
JOIN = {KEY: {PROVEN: "join", VOUCHED: "join"}}


def native(number: int, **profile: Any) -> dict[str, Any]:
    email = f"u{number}@example.com"
    return {
        "subject_id": f"n{number}",
        "profile": {"email": email, "email_verified": True, **profile},
        "authenticators": {"password": {"plaintext": "Blue-River-42"}},
    }


def social(number: int, provider: str = "google", **profile: Any) -> dict[str, Any]:
    email = f"u{number}@example.com"
    return {
        "subject_id": f"g{number}",
        "profile": {"email": email, "email_verified": True, **profile},
        "authenticators": {"external_logins": [{"provider": provider, "subject": f"88{number}"}]},
    }


def check(job: ImportJob) -> dict[str, Any]:
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    report: dict[str, Any] = job.dry_run_report
    return report


def run(job: ImportJob, answers: dict[str, dict[str, str]] | None = None) -> list[Any]:
    answer_decisions(job, JOIN if answers is None else answers, actor=job.created_by)
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain(job)
    return list_statuses(job)


def list_logins() -> list[tuple[str, str]]:
    return list(SocialAccount.objects.order_by("uid").values_list("user__subject_id", "uid"))


def test_the_dry_run_asks_and_proposes_to_join_what_is_verified_in_both(make_job: MakeJob) -> None:
    report = check(make_job([native(1), social(1), native(2), social(2, email_verified=False)]))

    (decision,) = report["decisions"]
    assert (decision["answer"], decision["open"]) == (KEY, 2)
    assert {each["value"]: each["proposal"] for each in decision["values"]} == {
        PROVEN: "join",
        VOUCHED: "apart",
    }
    assert report["statuses"]["failed"] == 2


@pytest.mark.parametrize(
    ("first", "later"),
    [
        (native(1), social(1, "facebook", email_verified=False)),
        (native(1, email_verified=False), social(1)),
        (native(1, email_verified=False), social(1, email_verified=False)),
    ],
    ids=["other provider", "native unverified", "neither"],
)
def test_an_address_that_nobody_vouches_for_is_never_joined(
    make_job: MakeJob, first: dict[str, Any], later: dict[str, Any]
) -> None:
    job = make_job([first, later])
    assert check(job)["decisions"] == []

    statuses = run(job)

    assert [status for _, status, _ in statuses] == ["created", "failed"]


def test_without_an_answer_or_kept_apart_the_later_row_fails(make_job: MakeJob) -> None:
    for answers in ({}, {KEY: {PROVEN: "apart"}}):
        User.objects.filter(is_superuser=False, subject_id="n1").delete()
        statuses = run(make_job([native(1), social(1)]), answers)
        assert [each[1:] for each in statuses] == [("created", ""), ("failed", "duplicate_in_file")]
    assert list_logins() == []


def test_joined_rows_become_one_user_as_the_dry_run_said(make_job: MakeJob) -> None:
    job = make_job([native(1), native(2), social(1, given_name="Ulla", locale="sv")])
    answer_decisions(job, JOIN, actor=job.created_by)
    report = check(job)
    (decision,) = report["decisions"]
    assert (decision["open"], decision["count"]) == (0, 1)

    statuses = run(job)

    assert [each[1:] for each in statuses] == [
        ("created", ""),
        ("created", ""),
        ("skipped", "joined_in_file"),
    ]
    assert get_totals(job) == {**report["statuses"], "pending": 0, "total": 3}
    user = User.objects.get(subject_id="n1")
    assert (user.given_name, user.locale) == ("Ulla", "sv")
    assert user.check_password("Blue-River-42")
    assert list_logins() == [("n1", "881")]
    assert OtherSubjectId.objects.get().subject_id == "g1"
    assert not JoinedRow.objects.exists()


def test_values_of_a_joined_row_that_are_dropped_are_named(make_job: MakeJob) -> None:
    AttributeDefinition.objects.create(name="floor")
    first = native(1, given_name="Ulla", locale="sv", attributes={"floor": "2"})
    later = social(1, username="ulla2", given_name="Ulrika", locale="sv")
    later["profile"]["attributes"] = {"floor": "3"}
    last = {**social(1, "apple", username="ulla3"), "subject_id": "a1"}
    job = make_job([first, later, last])
    answer_decisions(job, JOIN, actor=job.created_by)

    report = check(job)

    told = [each for each in report["problems"] if each["code"] == "joined_values_dropped"]
    run(job)
    named = [
        problem["params"]["fields"]
        for record in job.records.order_by("row_number")
        for problem in record.problems
        if problem["code"] == "joined_values_dropped"
    ]
    assert named == ["Given name, floor", "User name"]
    assert [each["count"] for each in told] == [1, 1]
    assert User.objects.get(subject_id="n1").username == "ulla2"


def test_a_disabled_row_disables_the_user_it_is_joined_into(make_job: MakeJob) -> None:
    run(make_job([native(1, active=True), social(1, active=False)]))

    assert not User.objects.get(subject_id="n1").is_active


def test_a_joined_row_whose_login_is_somebody_elses_fails_and_the_first_goes_in(
    make_job: MakeJob, run_job: MakeJob
) -> None:
    run_job([{**social(9), "authenticators": social(1)["authenticators"]}])

    statuses = run(make_job([native(1), social(1)]))

    assert [each[1:] for each in statuses] == [("created", ""), ("failed", "login_taken")]


def test_a_row_that_repeats_a_value_of_a_third_row_is_not_joined(make_job: MakeJob) -> None:
    rows = [native(1), native(2, username="ulla"), social(1, username="ulla")]

    statuses = run(make_job(rows))

    assert statuses[2][1:] == ("failed", "duplicate_in_file")
    assert list_logins() == []


@pytest.mark.parametrize("chunk_rows", [1, 2, 50])
def test_the_result_depends_neither_on_chunks_nor_on_their_order(
    make_job: MakeJob, chunk_rows: int
) -> None:
    rows = [native(1), native(2), social(1), native(3), social(3), social(2), social(1, "apple")]
    rows[-1]["subject_id"] = "a1"
    rows[-1]["authenticators"]["external_logins"][0]["subject"] = "77"
    job = make_job(rows)
    ImportJob.objects.filter(pk=job.pk).update(chunk_rows=chunk_rows)
    job.refresh_from_db()

    statuses = run(job)

    assert [status for _, status, _ in statuses] == [
        "created",
        "created",
        "skipped",
        "created",
        "skipped",
        "skipped",
        "skipped",
    ]
    assert sorted(list_logins()) == [("n1", "77"), ("n1", "881"), ("n2", "882"), ("n3", "883")]
    totals = get_totals(job)
    assert (totals["pending"], totals["total"]) == (0, len(rows))


def test_an_undo_takes_all_of_a_joined_user_back(make_job: MakeJob) -> None:
    job = make_job([native(1), social(1)])
    run(job)

    undo(job)

    assert not User.objects.filter(subject_id="n1").exists()
    assert not OtherSubjectId.objects.exists()
    assert list_logins() == []


def test_an_undo_takes_from_an_existing_user_what_joining_added(
    make_job: MakeJob, run_job: MakeJob
) -> None:
    run_job([native(1)])
    job = make_job([native(1), social(1)], mode=Mode.UPDATE)
    statuses = run(job)
    assert [each[1:] for each in statuses] == [("updated", ""), ("skipped", "joined_in_file")]
    assert list_logins() == [("n1", "881")]

    undo(job)

    assert User.objects.filter(subject_id="n1").exists()
    assert (list_logins(), OtherSubjectId.objects.count()) == ([], 0)


def undo(job: ImportJob) -> None:
    job.refresh_from_db()
    begun = undoing.start_undo(job, UndoOptions(), actor=job.created_by, chosen=EVERYTHING)
    undoing.work_on_undo(begun.pk)


def test_a_later_file_finds_the_user_by_the_other_id(make_job: MakeJob) -> None:
    run(make_job([native(1), social(1)]))
    again = make_job([social(1, given_name="Ulla")], mode=Mode.UPDATE)

    statuses = run(again, {})

    assert [each[1] for each in statuses] == ["updated"]
    user = User.objects.get(subject_id="n1")
    assert user.given_name == "Ulla"
    assert not User.objects.filter(subject_id="g1").exists()


def test_the_same_file_again_changes_nothing(make_job: MakeJob) -> None:
    rows = [native(1), social(1)]
    del rows[0]["authenticators"]
    run(make_job(rows))

    statuses = run(make_job(rows, mode=Mode.UPDATE))

    assert [each[1:] for each in statuses] == [
        ("skipped", "unchanged"),
        ("skipped", "joined_in_file"),
    ]


@pytest.mark.parametrize(
    ("mode", "reason"), [(Mode.SKIP, "profile_exists"), (Mode.UPDATE, "unchanged")]
)
@pytest.mark.parametrize("order", [1, -1], ids=["own id first", "other id first"])
def test_the_same_file_again_needs_no_answer(
    make_job: MakeJob, mode: Mode, reason: str, order: int
) -> None:
    rows = [native(1), social(1)]
    del rows[0]["authenticators"]
    run(make_job(rows))
    again = make_job(rows[::order], mode=mode)

    report = check(again)
    statuses = run(again, {})

    assert report["decisions"] == []
    assert [each[1:] for each in statuses] == [("skipped", reason), ("skipped", "joined_in_file")]
    assert get_totals(again) == {**report["statuses"], "pending": 0, "total": 2}


def test_what_a_later_file_adds_to_either_row_reaches_the_user(make_job: MakeJob) -> None:
    run(make_job([native(1), social(1)]))
    rows = [native(1, given_name="Ulla"), social(1, email="new@example.com", locale="sv")]

    statuses = run(make_job(rows, mode=Mode.UPDATE), {})

    assert [each[1:] for each in statuses] == [
        ("updated", ""),
        ("skipped", "joined_values_dropped"),
    ]
    user = User.objects.get(subject_id="n1")
    assert (user.given_name, user.locale, user.email) == ("Ulla", "sv", "u1@example.com")


def test_a_row_of_the_user_that_repeats_a_value_of_a_third_row_is_not_joined(
    make_job: MakeJob,
) -> None:
    run(make_job([native(1), social(1)]))
    rows = [native(1), native(2), social(1, email="u2@example.com")]

    statuses = run(make_job(rows, mode=Mode.UPDATE), {})

    assert statuses[2][1:] == ("failed", "duplicate_in_file")


@pytest.mark.parametrize("chunk_rows", [1, 50])
@pytest.mark.parametrize("order", [1, -1], ids=["own id first", "other id first"])
def test_rows_of_both_ids_never_update_one_user_twice(
    make_job: MakeJob, chunk_rows: int, order: int
) -> None:
    run(make_job([native(1), social(1)]))
    rows = [native(1, given_name="Ulla"), social(1, email="new@example.com", given_name="Ursula")]
    again = make_job(rows[::order], mode=Mode.UPDATE)
    ImportJob.objects.filter(pk=again.pk).update(chunk_rows=chunk_rows)
    again.refresh_from_db()

    statuses = run(again)

    assert [status for _, status, _ in statuses] == ["updated", "skipped"]
    assert User.objects.get(subject_id="n1").given_name == rows[::order][0]["profile"]["given_name"]


def test_ids_remembered_after_the_dry_run_count_in_the_run(make_job: MakeJob) -> None:
    rows = [native(1, given_name="Ulla"), social(1, email="new@example.com", given_name="Ursula")]
    job = make_job(rows, mode=Mode.UPDATE)
    check(job)
    run(make_job([native(1), social(1)]))

    runs.start_run(job, actor=job.created_by)
    drain(job)

    assert [status for _, status, _ in list_statuses(job)] == ["updated", "skipped"]


def test_a_deleted_user_is_remembered_by_all_subject_ids(make_job: MakeJob) -> None:
    run(make_job([native(1), social(1)]))

    User.objects.get(subject_id="n1").delete()

    found = Tombstone.objects.order_by("subject_id").values_list("subject_id", flat=True)
    assert list(found) == ["g1", "n1"]


def test_the_user_is_found_by_either_id(make_job: MakeJob) -> None:
    run(make_job([native(1), social(1)]))
    users = User.objects.select_for_update(no_key=True)

    found = [find_user(each, users) for each in ("n1", "g1", "x1")]

    assert [user and user.subject_id for user in found] == ["n1", "n1", None]
