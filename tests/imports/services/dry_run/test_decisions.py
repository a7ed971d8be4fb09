"""What is decided after a dry run changes the mapping; the next dry run and the run go by it."""

from pathlib import Path
from typing import Any

import pytest

from accounts.models import Group, Role, User
from imports.core.errors import ImporterError, MappingError
from imports.core.mapping import Condition, Filter, Mapping, Operator
from imports.core.planning.conflicts import Mode
from imports.models import ImportJob, ImportRecord
from imports.services.dry_run.decisions import Choice, Decision, choose_excluded, decide_memberships
from imports.services.jobs.retention import purge
from imports.services.runs import runs
from tests.imports.conftest import MakeJob, drain, list_statuses

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"

pytestmark = pytest.mark.django_db


def make_record(number: int, **profile: Any) -> dict[str, Any]:
    return {"subject_id": str(number), "profile": profile}


def dry_run(job: ImportJob) -> dict[str, int]:
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    statuses: dict[str, int] = job.dry_run_report["statuses"]
    return statuses


def run(job: ImportJob) -> None:
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain(job)


def list_differences(job: ImportJob) -> list[dict[str, Any]]:
    return [event.detail for event in job.events.filter(action="differ")]


def test_missing_groups_and_roles_are_created_renamed_or_left_behind(make_job: MakeJob) -> None:
    Role.objects.create(key="writer")
    roles = {"roles": ["editor", "old"], "groups": ["staff"]}
    job = make_job([{"subject_id": "1", "memberships": roles}])
    assert dry_run(job)["failed"] == 1

    decisions = [
        Decision("role", "editor", Choice.RENAME, "writer"),
        Decision("role", "old", Choice.IGNORE),
        Decision("group", "staff", Choice.CREATE),
    ]
    assert decide_memberships(job, decisions, actor=job.created_by) == 3
    assert dry_run(job)["created"] == 1
    run(job)

    user = User.objects.get(subject_id="1")
    assert [role.key for role in user.roles.all()] == ["writer"]
    assert [group.key for group in user.groups.all()] == ["staff"]
    [record] = ImportRecord.objects.filter(job=job)
    assert [problem["code"] for problem in record.problems] == ["role_ignored"]
    assert list_differences(job) == []


def test_a_name_that_does_not_exist_changes_nothing(make_job: MakeJob) -> None:
    job = make_job([{"subject_id": "1", "memberships": {"roles": ["editor"]}}])
    decisions = [
        Decision("group", "staff", Choice.CREATE),
        Decision("role", "editor", Choice.RENAME, "nobody"),
    ]

    with pytest.raises(ImporterError, match="The role “nobody” does not exist"):
        decide_memberships(job, decisions, actor=job.created_by)

    assert not Group.objects.exists()
    assert Mapping.model_validate(job.mapping).roles == {}


def test_who_may_not_create_roles_does_not_by_deciding(make_job: MakeJob) -> None:
    job = make_job([{"subject_id": "1"}])
    staff = User.objects.create_user(email="staff@example.com", is_staff=True)

    with pytest.raises(ImporterError, match=r"accounts\.add_role"):
        decide_memberships(job, [Decision("role", "boss", Choice.CREATE)], actor=staff)

    assert not Role.objects.filter(key="boss").exists()


def test_nothing_is_decided_once_the_run_has_begun(run_job: MakeJob) -> None:
    job = run_job([{"subject_id": "1"}])

    with pytest.raises(ImporterError, match="past the start of its run"):
        decide_memberships(job, [Decision("role", "x", Choice.IGNORE)], actor=job.created_by)
    with pytest.raises(ImporterError, match="past the start of its run"):
        choose_excluded(job, [], keeps_non_users=False, actor=job.created_by)


def test_records_excluded_are_skipped_with_the_reason_in_dry_run_and_run(make_job: MakeJob) -> None:
    stale = Filter(
        conditions=(
            Condition(field="profile.last_login", operator=Operator.BEFORE, value="2020-01-01"),
        )
    )
    records = [
        make_record(1, last_login="2019-05-31T00:00:00Z", email="same@example.org"),
        make_record(2, last_login="2024-05-31T00:00:00Z", email="same@example.org"),
        make_record(3, last_login="2018-05-31T00:00:00Z", email="not one"),
    ]
    job = make_job(records, chunk_rows=2)

    choose_excluded(job, [stale], keeps_non_users=False, actor=job.created_by)

    assert dry_run(job) == {"created": 1, "updated": 0, "skipped": 2, "failed": 0}
    run(job)
    assert list_statuses(job) == [
        (1, "skipped", "excluded"),
        (2, "created", ""),
        (3, "skipped", "excluded"),
    ]
    record = ImportRecord.objects.get(job=job, row_number=1)
    assert record.problems[0]["params"]["reason"] == "Last sign-in is before 2020-01-01"
    assert list_differences(job) == []


def test_a_condition_that_cannot_be_compared_is_refused(make_job: MakeJob) -> None:
    job = make_job([make_record(1)])
    wrong = Condition(field="profile.last_login", operator=Operator.BEFORE, value="spring")

    with pytest.raises(MappingError, match="2024-05-31"):
        choose_excluded(
            job, [Filter(conditions=(wrong,))], keeps_non_users=False, actor=job.created_by
        )


def test_a_run_as_predicted_notes_no_difference(make_job: MakeJob) -> None:
    job = make_job([make_record(1), make_record(2, email="nonsense")])
    predicted = dry_run(job)

    run(job)

    assert predicted == {"created": 1, "updated": 0, "skipped": 0, "failed": 1}
    assert list_differences(job) == []


def test_a_run_after_the_store_changed_says_what_differs_and_what_changed(
    make_job: MakeJob, operator: User
) -> None:
    job = make_job([make_record(1), {"subject_id": "2", "memberships": {"roles": ["late"]}}])
    dry_run(job)
    User.objects.create_user(subject_id="1", email="one@example.org")
    Role.objects.create(key="late")
    other = make_job([make_record(7)], name="other.ndjson")
    run(other)

    run(job)

    [found] = list_differences(job)
    assert found["differences"] == {"skipped": [0, 1], "failed": [1, 0]}
    told = " ".join(found["error_groups"])
    assert "Groups or roles were added or removed." in told
    assert "users were added or changed between the dry run and the import" in told
    assert f"The import job {other} has run since the dry run." in told


def test_a_run_with_the_permissions_of_somebody_else_says_so(make_job: MakeJob) -> None:
    job = make_job([make_record(1)], mode=Mode.FAIL)
    dry_run(job)
    User.objects.create_user(subject_id="1", email="one@example.org")
    boss = User.objects.create_superuser(email="boss@example.com", password="x")

    runs.start_run(job, actor=boss, without_dry_run=True)
    drain(job)

    [found] = list_differences(job)
    assert any("boss@example.com" in error_group for error_group in found["error_groups"])


def test_a_retry_is_not_compared_with_the_dry_run(make_job: MakeJob) -> None:
    job = make_job([{"subject_id": "1", "memberships": {"roles": ["late"]}}])
    dry_run(job)
    run(job)
    Role.objects.create(key="late")

    runs.retry(job, actor=job.created_by)
    drain(job)

    assert list_statuses(job) == [(1, "created", "")]
    assert list_differences(job) == []


def test_a_purge_takes_people_out_of_the_dry_run(make_job: MakeJob) -> None:
    job = make_job([make_record(1, email="nonsense")])
    dry_run(job)
    assert "nonsense" in str(job.dry_run_report)

    purge(job)

    job.refresh_from_db()
    assert "nonsense" not in str(job.dry_run_report)
    assert job.dry_run_report["problems"][0]["examples"] == [{"row": 1}]


def test_what_the_provider_takes_for_no_user_is_excluded_unless_it_is_kept(
    make_job: MakeJob,
) -> None:
    job = make_job((FIXTURES / "keycloak" / "realm.json").read_bytes(), name="realm.json")
    assert job.provider == "keycloak"

    before = dry_run(job)

    choose_excluded(job, [], keeps_non_users=True, actor=job.created_by)
    after = dry_run(job)

    assert before["skipped"] > 0
    assert after["skipped"] == 0
    assert sum(before.values()) == sum(after.values())
