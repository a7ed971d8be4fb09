"""Users of another source who have a record's subject id, and look like different people."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from imports.core.planning.conflicts import Mode
from imports.models import ImportJob
from imports.record_filters import RecordFilter
from imports.selectors import get_totals, list_decisions
from imports.services.corrections.corrections import correct_and_retry, make_answers
from imports.services.dry_run.decisions import answer_decisions
from imports.services.runs import runs
from tests.imports.conftest import MakeJob, drain, list_statuses

pytestmark = pytest.mark.django_db
CODE, KEY = "unlike_user", "unlike_user:subject_id"
OTHER_VALUES = "no e-mail address, user name or other unique value is the same"


def person(subject_id: str, name: str, **profile: Any) -> dict[str, Any]:
    profile = {"email": f"{name}@example.com", "given_name": name.title(), **profile}
    return {"subject_id": subject_id, "profile": profile}


@pytest.fixture
def ada() -> User:
    """Somebody whom another source brought under the number 7."""
    return User.objects.create_user(
        subject_id="7", email="ada@example.com", given_name="Ada", source="moodle"
    )


def check(job: ImportJob) -> dict[str, Any]:
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    report: dict[str, Any] = job.dry_run_report
    return report


def run(job: ImportJob) -> list[Any]:
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain(job)
    return [each[1:] for each in list_statuses(job)]


@pytest.mark.parametrize("mode", [Mode.SKIP, Mode.UPDATE])
def test_the_dry_run_asks_and_proposes_that_they_fail(
    make_job: MakeJob, ada: User, mode: Mode
) -> None:
    report = check(make_job([person("7", "bob"), person("8", "eve")], mode=mode))

    (decision,) = report["decisions"]
    assert (decision["answer"], decision["open"]) == (KEY, 1)
    (value,) = decision["values"]
    assert (value["value"], value["proposal"]) == (OTHER_VALUES, "fail")
    assert report["statuses"] == {"created": 1, "updated": 0, "skipped": 0, "failed": 1}


@pytest.mark.parametrize("mode", [Mode.SKIP, Mode.UPDATE])
def test_without_an_answer_the_record_fails_and_changes_nobody(
    make_job: MakeJob, ada: User, mode: Mode
) -> None:
    job = make_job([person("7", "bob"), person("8", "eve")], mode=mode)

    assert run(job) == [("failed", CODE), ("created", "")]
    ada.refresh_from_db()
    assert (ada.given_name, ada.email) == ("Ada", "ada@example.com")
    (decision,) = list_decisions(job)
    assert (decision["answer"], decision["open"]) == (KEY, 1)


@pytest.mark.parametrize(("mode", "status"), [(Mode.SKIP, "skipped"), (Mode.UPDATE, "updated")])
def test_people_who_are_the_same_are_matched_by_decision(
    make_job: MakeJob, ada: User, mode: Mode, status: str
) -> None:
    job = make_job([person("7", "countess")], mode=mode)
    answer_decisions(job, {KEY: {"*": "same"}}, actor=job.created_by)
    report = check(job)
    (decision,) = report["decisions"]
    assert (decision["open"], decision["count"]) == (0, 1)

    [(became, _)] = run(job)

    assert became == status
    assert get_totals(job) == {**report["statuses"], "pending": 0, "total": 1}


@pytest.mark.parametrize("mode", [Mode.SKIP, Mode.UPDATE])
@pytest.mark.parametrize(
    "record",
    [person("7", "ADA"), person("7", "countess", email="ada@example.com"), {"subject_id": "7"}],
    ids=["address", "address alone", "nothing to compare"],
)
def test_people_who_look_alike_are_matched_unasked(
    make_job: MakeJob, ada: User, mode: Mode, record: dict[str, Any]
) -> None:
    job = make_job([record], mode=mode)

    assert check(job)["decisions"] == []
    [(status, _)] = run(job)
    assert status in {"skipped", "updated"}


@pytest.mark.parametrize("source", ["", "native"])
def test_a_user_of_the_same_source_or_made_here_is_whom_the_id_means(
    make_job: MakeJob, ada: User, source: str
) -> None:
    User.objects.filter(pk=ada.pk).update(source=source)
    job = make_job([person("7", "countess")], mode=Mode.UPDATE)
    assert job.source == "native"

    assert check(job)["decisions"] == []
    assert run(job) == [("updated", "")]


def test_the_decision_can_be_made_after_the_run(make_job: MakeJob, ada: User) -> None:
    job = make_job([person("7", "countess")], mode=Mode.UPDATE)
    run(job)
    chosen = RecordFilter(status="failed")

    correct_and_retry(job, make_answers({KEY: "same"}), chosen=chosen, actor=job.created_by)
    drain(job)

    assert [each[1] for each in list_statuses(job)] == ["updated"]
    ada.refresh_from_db()
    assert ada.given_name == "Countess"
