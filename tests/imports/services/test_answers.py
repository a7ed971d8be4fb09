"""Decisions that a dry run asks for: what waits for them, and what an answer makes of the run."""

from __future__ import annotations

import hashlib
from typing import Any

import bcrypt
import pytest
from django.contrib.auth.hashers import check_password

from accounts.models import User
from imports.core.errors import DecisionsOpen, ImporterError, MappingError
from imports.core.mapping import Mapping
from imports.models import ImportJob
from imports.record_filters import RecordFilter
from imports.services.corrections import corrections
from imports.services.dry_run.decisions import answer_decisions
from imports.services.mapping.mappings import read_options, save_mapping
from imports.services.mapping.templates import apply_template, save_template
from imports.services.runs import runs
from tests.imports.conftest import MakeJob, drain, list_statuses, to_csv

pytestmark = pytest.mark.django_db
KEY = "hash_as_password:password"
HASH = hashlib.sha256(b"Xy1Maple-river-4").hexdigest() + ":Xy1:1"
MAGENTO = "Magento 2"
UNKNOWN = "$xy$" + "q" * 43
MIXED = to_csv(
    ["id", "email", "password"],
    [
        ["1", "ada@example.com", "Blue-River-42"],
        ["2", "ben@example.com", "Green-River-43"],
        ["3", "cyd@example.com", HASH],
        ["4", "dee@example.com", UNKNOWN],
    ],
)


@pytest.fixture
def mixed_job(make_job: MakeJob) -> ImportJob:
    """A file in which passwords are plain, a bcrypt hash, and a hash of an unknown format."""
    return make_job(MIXED, name="mixed.csv")


def dry_run(job: ImportJob) -> dict[str, Any]:
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    report: dict[str, Any] = job.dry_run_report
    return report


def run(job: ImportJob, **options: Any) -> list[tuple[int, str, str]]:
    runs.start_run(job, actor=job.created_by, without_dry_run=True, **options)
    drain(job)
    return list_statuses(job)


def can_sign_in(email: str, password: str) -> bool:
    return check_password(password, User.objects.get(email=email).password)


def test_the_dry_run_counts_what_is_to_be_decided_and_holds_no_value(mixed_job: ImportJob) -> None:
    report = dry_run(mixed_job)

    (entry,) = report["decisions"]
    assert (entry["answer"], entry["count"], entry["open"]) == (KEY, 2, 2)
    assert {each["value"]: each["proposal"] for each in entry["values"]} == {
        MAGENTO: "hash",
        "$xy$ + 43 characters": "none",
    }
    assert report["statuses"]["created"] == 2
    assert HASH not in str(report)
    assert UNKNOWN[4:] not in str(report)


def test_hashes_that_can_be_nothing_else_are_imported_unasked(make_job: MakeJob) -> None:
    hashed = bcrypt.hashpw(b"Maple-river-4", bcrypt.gensalt(4)).decode()
    plain = [["1", "ada@example.com", "Blue-River-42"], ["2", "cyd@example.com", "Red-River-44"]]
    rows = [*plain, ["3", "ben@example.com", hashed]]
    job = make_job(to_csv(["id", "email", "password"], rows), name="mixed.csv")
    (decision,) = dry_run(job)["decisions"]
    (value,) = decision["values"]
    assert (decision["open"], value["choice"], value["settled"]) == (0, "hash", True)
    assert (value["choices"], decision["advice"]) == (["hash", "none"], "")

    runs.start_run(job, actor=job.created_by)
    drain(job)

    assert [status for _, status, _ in list_statuses(job)] == ["created"] * 3
    assert can_sign_in("ada@example.com", "Blue-River-42")
    assert can_sign_in("ben@example.com", "Maple-river-4")
    assert not can_sign_in("ben@example.com", hashed)


def test_the_run_waits_for_every_decision(mixed_job: ImportJob) -> None:
    dry_run(mixed_job)

    with pytest.raises(DecisionsOpen, match="waiting for 1 decision"):
        runs.start_run(mixed_job, actor=mixed_job.created_by)
    with pytest.raises(DecisionsOpen):
        runs.start_run(mixed_job, actor=mixed_job.created_by, pilot=True)


def test_one_decision_splits_a_mixed_column(mixed_job: ImportJob) -> None:
    dry_run(mixed_job)
    chosen = {KEY: {MAGENTO: "hash", "$xy$ + 43 characters": "none"}}
    assert answer_decisions(mixed_job, chosen, actor=mixed_job.created_by) == 2
    report = dry_run(mixed_job)
    assert report["decisions"][0]["open"] == 0

    statuses = run(mixed_job)

    assert [status for _, status, _ in statuses] == ["created"] * 4
    assert can_sign_in("ada@example.com", "Blue-River-42")
    assert can_sign_in("cyd@example.com", "Maple-river-4")
    assert not can_sign_in("cyd@example.com", HASH)
    assert not User.objects.get(email="dee@example.com").has_usable_password()


def test_without_a_dry_run_only_the_records_concerned_fail(mixed_job: ImportJob) -> None:
    statuses = run(mixed_job)

    assert [(status, reason) for _, status, reason in statuses] == [
        ("created", ""),
        ("created", ""),
        ("failed", "hash_as_password"),
        ("failed", "hash_as_password"),
    ]


def test_after_a_dry_run_they_may_be_left_to_fail(mixed_job: ImportJob) -> None:
    dry_run(mixed_job)

    statuses = run(mixed_job, fails_undecided=True)

    assert [reason for _, _, reason in statuses] == ["", "", *["hash_as_password"] * 2]


def test_one_answer_corrects_all_failed_records_of_its_kind(mixed_job: ImportJob) -> None:
    run(mixed_job)
    changes = corrections.make_answers({KEY: {MAGENTO: "hash", "*": "none"}})

    count = corrections.correct_and_retry(
        mixed_job, changes, chosen=RecordFilter(), actor=mixed_job.created_by
    )
    drain(mixed_job)

    assert count == 2
    assert [status for _, status, _ in list_statuses(mixed_job)] == ["created"] * 4
    assert can_sign_in("cyd@example.com", "Maple-river-4")


def test_an_answer_that_is_no_choice_is_refused(mixed_job: ImportJob) -> None:
    with pytest.raises(MappingError, match="“maybe” is not a choice"):
        answer_decisions(mixed_job, {KEY: {MAGENTO: "maybe"}}, actor=mixed_job.created_by)
    with pytest.raises(MappingError, match="no decision “nonsense”"):
        answer_decisions(mixed_job, {"nonsense:a": {"*": "x"}}, actor=mixed_job.created_by)


def test_a_decision_cannot_be_taken_once_the_run_began(mixed_job: ImportJob) -> None:
    run(mixed_job)

    with pytest.raises(ImporterError):
        answer_decisions(mixed_job, {KEY: {MAGENTO: "hash"}}, actor=mixed_job.created_by)


def test_answers_are_kept_with_a_template(mixed_job: ImportJob, make_job: MakeJob) -> None:
    answer_decisions(mixed_job, {KEY: {MAGENTO: "hash"}}, actor=mixed_job.created_by)
    version = save_template(mixed_job, "Mixed", actor=mixed_job.created_by)
    again = make_job(MIXED, name="again.csv")

    fitted = apply_template(again, version, actor=again.created_by)
    save_mapping(again, fitted.mapping, read_options(again), actor=again.created_by)

    again.refresh_from_db()
    assert Mapping.model_validate(again.mapping).answers == {KEY: {MAGENTO: "hash"}}


def test_both_records_of_the_record_format_with_plaintext_are_asked_about(
    make_job: MakeJob,
) -> None:
    records = [
        {"subject_id": "1", "authenticators": {"password": {"plaintext": HASH}}},
        {"subject_id": "2", "authenticators": {"password": {"plaintext": "Blue-River-42"}}},
    ]

    statuses = run(make_job(records))

    assert [status for _, status, _ in statuses] == ["failed", "created"]
