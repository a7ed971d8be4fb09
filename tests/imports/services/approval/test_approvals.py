"""Where imports have to be approved: who may do that, what is imported then, what is refused."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from pytest_django.fixtures import Settings

from accounts.models import AttributeDefinition, Group, Role, User
from imports.core.errors import ImporterError, InvalidTransition
from imports.core.planning.conflicts import Mode
from imports.engine.plan_digests import find_plan_changes, pack_plans
from imports.models import (
    ImportChunk,
    ImportJob,
    ImportRecord,
    Notification,
    NotificationEvent,
    PlanState,
)
from imports.notifications.delivery import deliver
from imports.services.approval import approvals
from imports.services.approval.approvals import ApprovalMissing, decide_plan
from imports.services.jobs import rate_limits, retention
from imports.services.runs import phases, runs, worker
from imports.states import JobPhase, JobState
from tests.imports.conftest import MakeJob, drain, list_statuses

pytestmark = pytest.mark.django_db

PEOPLE = [
    {"subject_id": f"s{number}", "profile": {"email": f"s{number}@example.com"}}
    for number in range(1, 26)
]
MakeApprover = Callable[..., User]


@pytest.fixture(autouse=True)
def required(settings: Settings) -> None:
    settings.IMPORT_APPROVAL = "required"


@pytest.fixture
def make_staff(db: None) -> MakeApprover:
    def make(*codenames: str) -> User:
        number = User.objects.count()
        user = User.objects.create_user(email=f"staff{number}@example.com", is_staff=True)
        role = Role.objects.create(key=f"role {number}")
        role.permissions.set(Permission.objects.filter(codename__in=codenames))
        user.roles.add(role)
        return user

    return make


@pytest.fixture
def approver(make_staff: MakeApprover) -> User:
    return make_staff("view_importjob", "approve_importjob")


def dry_run(job: ImportJob) -> ImportJob:
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    return job


@pytest.fixture
def dry_run_job(make_job: MakeJob) -> ImportJob:
    return dry_run(make_job(PEOPLE))


def approve(job: ImportJob, actor: User, comment: str = "") -> None:
    plan = approvals.find_plan(job)
    assert plan is not None
    decide_plan(job, plan.pk, is_approved=True, comment=comment, actor=actor)


def run(job: ImportJob, *, pilot: bool = False) -> ImportJob:
    runs.start_run(job, actor=job.created_by, pilot=pilot, without_dry_run=True)
    drain(job)
    return job


def test_without_the_setting_a_dry_run_makes_no_plan_and_nobody_is_asked(
    make_job: MakeJob, settings: Settings
) -> None:
    settings.IMPORT_APPROVAL = "off"
    job = run(dry_run(make_job(PEOPLE)))

    assert job.state == JobState.COMPLETED
    assert not job.plans.exists()
    assert not job.events.filter(action="ask for approval").exists()


def test_import_without_a_dry_run_is_refused(make_job: MakeJob) -> None:
    job = make_job(PEOPLE)

    with pytest.raises(ApprovalMissing, match="Start a dry run first"):
        runs.start_run(job, actor=job.created_by, without_dry_run=True)


def test_dry_run_makes_a_plan_that_is_refused_until_it_is_approved(dry_run_job: ImportJob) -> None:
    with pytest.raises(ApprovalMissing, match="waiting for approval"):
        runs.start_run(dry_run_job, actor=dry_run_job.created_by, without_dry_run=True)

    assert dry_run_job.plans.get().statuses["created"] == 25


def test_approved_plan_is_imported_and_stands_on_the_activity_log(
    dry_run_job: ImportJob, approver: User
) -> None:
    approve(dry_run_job, approver, "Looks right.")
    run(dry_run_job)

    assert dry_run_job.state == JobState.COMPLETED
    assert {status for _, status, _ in list_statuses(dry_run_job)} == {"created"}
    event = dry_run_job.events.get(action="approve")
    assert (event.actor, event.detail["comment"]) == (approver, "Looks right.")


def test_equal_dry_runs_make_equal_digests_and_others_do_not(
    dry_run_job: ImportJob, operator: User
) -> None:
    first = dry_run_job.plans.get().digest
    dry_run(dry_run_job)
    again = dry_run_job.plans.first().digest
    User.objects.create_user(subject_id="s3", email="three@example.com")
    dry_run(dry_run_job)

    assert first == again
    assert dry_run_job.plans.first().digest != first


def test_whoever_prepared_a_job_cannot_approve_it_even_as_a_superuser(
    dry_run_job: ImportJob, operator: User
) -> None:
    with pytest.raises(ApprovalMissing, match="another person"):
        approve(dry_run_job, operator)


def test_whoever_started_the_dry_run_cannot_approve_it(make_job: MakeJob, approver: User) -> None:
    job = make_job(PEOPLE)
    runs.start_dry_run(job, actor=approver)
    drain(job)

    with pytest.raises(ApprovalMissing):
        approve(job, approver)


def test_who_only_ran_or_paused_before_may_approve_a_later_plan(
    dry_run_job: ImportJob, approver: User
) -> None:
    approve(dry_run_job, approver)
    dry_run(dry_run_job)
    approve(dry_run_job, approver)

    assert approvals.require_plan(dry_run_job) == dry_run_job.plans.first()


def test_rejection_takes_a_reason(dry_run_job: ImportJob, approver: User) -> None:
    plan = dry_run_job.plans.get()
    with pytest.raises(ImporterError, match="Enter a reason"):
        decide_plan(dry_run_job, plan.pk, is_approved=False, comment=" ", actor=approver)


def test_rejected_plan_is_not_imported_and_decided_once(
    dry_run_job: ImportJob, approver: User
) -> None:
    plan = dry_run_job.plans.get()
    decide_plan(dry_run_job, plan.pk, is_approved=False, comment="Wrong file.", actor=approver)

    with pytest.raises(ApprovalMissing, match="was rejected"):
        runs.start_run(dry_run_job, actor=dry_run_job.created_by, without_dry_run=True)
    with pytest.raises(ImporterError, match="already decided"):
        approve(dry_run_job, approver)


def test_plan_of_an_earlier_dry_run_cannot_be_approved(
    dry_run_job: ImportJob, approver: User
) -> None:
    earlier = dry_run_job.plans.get()
    dry_run(dry_run_job)

    with pytest.raises(ImporterError, match="changed since you opened"):
        decide_plan(dry_run_job, earlier.pk, is_approved=True, comment="", actor=approver)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"file_sha256": "0" * 64}, "the file."),
        ({"reader_options": {"syntax": "csv"}}, "how the file is read"),
        ({"mapping": {"provider": "generic"}}, "the mapping"),
        ({"secret_answers": "other"}, "the mapping"),
        ({"mode": Mode.UPDATE.value}, "the options"),
        ({"conflicts": {"value_taken": "skip"}}, "the options"),
        ({"field_policies": {"profile": "fill"}}, "the options"),
    ],
)
def test_run_names_what_has_changed_of_the_job_since_the_dry_run(
    dry_run_job: ImportJob, approver: User, change: dict[str, object], named: str
) -> None:
    approve(dry_run_job, approver)
    ImportJob.objects.filter(pk=dry_run_job.pk).update(**change)
    dry_run_job.refresh_from_db()

    with pytest.raises(ImporterError, match=named):
        runs.start_run(dry_run_job, actor=dry_run_job.created_by, without_dry_run=True)
    assert not ImportRecord.objects.exists()


def test_run_names_changed_attribute_definitions(dry_run_job: ImportJob, approver: User) -> None:
    approve(dry_run_job, approver)
    AttributeDefinition.objects.create(name="team", type="string")

    with pytest.raises(ImporterError, match="the attribute definitions"):
        runs.start_run(dry_run_job, actor=dry_run_job.created_by, without_dry_run=True)


def test_run_is_refused_before_anything_is_written_when_the_store_has_changed(
    dry_run_job: ImportJob, approver: User
) -> None:
    approve(dry_run_job, approver)
    User.objects.create_user(subject_id="other", email="s17@example.com")
    run(dry_run_job)

    assert (dry_run_job.state, dry_run_job.started_at) == (JobState.DRY_RUN_DONE, None)
    assert not ImportRecord.objects.exists()
    assert not User.objects.filter(subject_id="s1").exists()
    plan = dry_run_job.plans.get()
    assert plan.state == PlanState.CHANGED
    assert plan.changes["rows"] == 1
    assert plan.changes["statuses"] == {"created": [25, 24], "failed": [0, 1]}
    [example] = plan.changes["examples"]
    assert (example["row"], example["approved"], example["now"]) == (17, "create", "fail")
    assert any(
        "users were added or changed" in error_group for error_group in plan.changes["error_groups"]
    )


def test_refused_run_is_imported_after_a_new_dry_run_and_approval(
    dry_run_job: ImportJob, approver: User
) -> None:
    approve(dry_run_job, approver)
    User.objects.create_user(subject_id="other", email="s17@example.com")
    run(dry_run_job)
    with pytest.raises(ApprovalMissing, match="Start another dry run"):
        runs.start_run(dry_run_job, actor=dry_run_job.created_by, without_dry_run=True)
    dry_run(dry_run_job)
    approve(dry_run_job, approver)
    run(dry_run_job)

    assert dry_run_job.state == JobState.COMPLETED
    assert [row for row, status, _ in list_statuses(dry_run_job) if status == "failed"] == [17]


def test_change_of_the_store_that_no_plan_depends_on_is_not_a_changed_plan(
    dry_run_job: ImportJob, approver: User
) -> None:
    approve(dry_run_job, approver)
    User.objects.create_user(subject_id="elsewhere", email="elsewhere@example.com")
    Group.objects.create(key="unrelated")
    run(dry_run_job)

    assert dry_run_job.state == JobState.COMPLETED


def test_update_of_a_user_who_was_edited_since_is_refused_although_the_counts_agree(
    make_job: MakeJob, approver: User
) -> None:
    user = User.objects.create_user(subject_id="s2", email="s2@example.com", given_name="Old")
    people = [{"subject_id": "s2", "profile": {"email": "s2@example.com", "given_name": "New"}}]
    job = dry_run(make_job(people, mode=Mode.UPDATE))
    approve(job, approver)
    User.objects.filter(pk=user.pk).update(given_name="Edited")
    run(job)

    assert job.state == JobState.DRY_RUN_DONE
    changes = job.plans.get().changes
    assert changes["statuses"] == {}
    assert "profile.given_name" in changes["examples"][0]["fields"]


def test_role_that_was_made_anew_is_a_changed_plan(make_job: MakeJob, approver: User) -> None:
    role = Role.objects.create(key="editor")
    job = dry_run(make_job([{"subject_id": "s1", "memberships": {"roles": ["editor"]}}]))
    approve(job, approver)
    role.delete()
    Role.objects.create(key="editor")
    run(job)

    assert job.state == JobState.DRY_RUN_DONE


def test_pilot_and_the_rest_are_one_plan(dry_run_job: ImportJob, approver: User) -> None:
    approve(dry_run_job, approver)
    run(dry_run_job, pilot=True)
    assert dry_run_job.state == JobState.PAUSED
    runs.resume(dry_run_job, actor=dry_run_job.created_by)
    drain(dry_run_job)

    assert dry_run_job.state == JobState.COMPLETED
    assert len(list_statuses(dry_run_job)) == 25


def test_changed_plan_between_pilot_and_rest_stops_the_job_before_the_chunk_is_written(
    dry_run_job: ImportJob, approver: User
) -> None:
    approve(dry_run_job, approver)
    run(dry_run_job, pilot=True)
    written = len(list_statuses(dry_run_job))
    taker = User.objects.create_user(subject_id="other", email="s24@example.com")
    runs.resume(dry_run_job, actor=dry_run_job.created_by)
    drain(dry_run_job)

    assert dry_run_job.state == JobState.ERRORED
    assert "Row 24" in dry_run_job.error
    assert "s24" not in dry_run_job.error.replace("Row 24", "")
    assert len(list_statuses(dry_run_job)) == written == 20
    taker.delete()
    run(dry_run_job)
    assert dry_run_job.state == JobState.COMPLETED
    assert len(list_statuses(dry_run_job)) == 25


def test_rows_that_depend_on_each_other_are_imported_as_planned(
    make_job: MakeJob, approver: User
) -> None:
    """What one chunk writes must not look like a changed plan to the next."""
    User.objects.create_user(subject_id="a", email="a@example.com", username="first")
    User.objects.create_user(subject_id="b", email="b@example.com", username="second")
    people = [
        {"subject_id": "a", "profile": {"username": "renamed"}},
        {"subject_id": "c", "profile": {"username": "first"}},
        {"subject_id": "b", "profile": {"username": "renamed"}},
        {"subject_id": "d", "profile": {"email": "d@example.com"}},
        {"subject_id": "d", "profile": {"email": "d@example.com"}},
        {"subject_id": "e", "profile": {"email": "d@example.com"}},
    ]
    job = dry_run(make_job(people, mode=Mode.UPDATE, chunk_rows=1))
    approve(job, approver)
    run(job)

    assert (job.state, job.error) == (JobState.COMPLETED, "")
    assert not job.events.filter(action="differ").exists()


def test_chunk_that_was_halved_keeps_to_the_plan(dry_run_job: ImportJob, approver: User) -> None:
    approve(dry_run_job, approver)
    runs.start_run(dry_run_job, actor=dry_run_job.created_by, without_dry_run=True)
    while ImportJob.objects.get(pk=dry_run_job.pk).phase != JobPhase.WRITING:
        for pk in list(phases.list_workable(dry_run_job).values_list("pk", flat=True)):
            worker.work_on_chunk(pk)
        dry_run_job.refresh_from_db()
    ImportChunk.objects.filter(job=dry_run_job, number=1).update(claims=worker.MAX_CLAIMS)
    drain(dry_run_job)

    assert dry_run_job.state == JobState.COMPLETED
    assert len(list_statuses(dry_run_job)) == 25


def test_paused_comparison_counts_nothing_as_written(
    dry_run_job: ImportJob, approver: User
) -> None:
    from imports.selectors import get_totals

    approve(dry_run_job, approver)
    runs.start_run(dry_run_job, actor=dry_run_job.created_by, without_dry_run=True)
    dry_run_job.refresh_from_db()
    assert dry_run_job.phase == JobPhase.COMPARING
    worker.work_on_chunk(phases.list_workable(dry_run_job).first().pk)
    runs.pause(dry_run_job, actor=dry_run_job.created_by)

    assert get_totals(dry_run_job)["created"] == 0
    runs.resume(dry_run_job, actor=dry_run_job.created_by)
    drain(dry_run_job)
    assert dry_run_job.state == JobState.COMPLETED


def test_job_with_a_rate_limit_compares_and_then_writes(
    dry_run_job: ImportJob, approver: User
) -> None:
    approve(dry_run_job, approver)
    rate_limits.set_limits(
        dry_run_job,
        rate_limit=100_000,
        failure_threshold=None,
        failure_sample=10,
        actor=dry_run_job.created_by,
    )
    run(dry_run_job)

    assert dry_run_job.state == JobState.COMPLETED


@pytest.fixture
def failed(make_job: MakeJob, approver: User) -> ImportJob:
    """An approved job of which one record failed because of a role that is there by now."""
    job = dry_run(make_job([{"subject_id": "s1", "memberships": {"roles": ["editor"]}}]))
    approve(job, approver)
    run(job)
    Role.objects.create(key="editor")
    return job


def test_preparer_cannot_retry_what_nobody_else_looked_at(failed: ImportJob) -> None:
    with pytest.raises(ApprovalMissing, match="another person"):
        runs.retry(failed, actor=failed.created_by)


def test_runner_without_the_permission_cannot_retry(
    failed: ImportJob, make_staff: MakeApprover
) -> None:
    with pytest.raises(ApprovalMissing, match="approve_importjob"):
        runs.retry(failed, actor=make_staff("run_importjob"))


def test_second_person_retries_failed_records(failed: ImportJob, make_staff: MakeApprover) -> None:
    approver = make_staff("approve_importjob", "view_importjob", "add_user")
    runs.retry(failed, actor=approver)
    drain(failed)

    assert list_statuses(failed) == [(1, "created", "")]


def test_dry_run_of_a_job_whose_run_has_begun_is_refused(
    dry_run_job: ImportJob, approver: User
) -> None:
    approve(dry_run_job, approver)
    run(dry_run_job, pilot=True)
    ImportJob.objects.filter(pk=dry_run_job.pk).update(state=JobState.ERRORED)
    dry_run_job.refresh_from_db()

    with pytest.raises(InvalidTransition):
        runs.start_dry_run(dry_run_job, actor=dry_run_job.created_by)


def test_approvers_are_told_that_a_plan_waits_but_not_those_who_prepared_it(
    make_job: MakeJob, approver: User, operator: User, make_staff: MakeApprover
) -> None:
    make_staff("view_importjob")
    dry_run(make_job(PEOPLE))
    wanted = Notification.objects.filter(event=NotificationEvent.APPROVAL_WANTED)

    assert [notification.person for notification in wanted] == [approver]


def test_followers_are_told_of_the_decision(
    dry_run_job: ImportJob, approver: User, operator: User
) -> None:
    approve(dry_run_job, approver)

    assert Notification.objects.get(event=NotificationEvent.APPROVED).person == operator


def test_purge_forgets_whom_the_changed_plan_was_about(
    dry_run_job: ImportJob, approver: User
) -> None:
    approve(dry_run_job, approver)
    User.objects.create_user(subject_id="other", email="s17@example.com")
    run(dry_run_job)
    assert dry_run_job.plans.get().changes["examples"][0]["who"] == "s17"
    retention.purge(dry_run_job)

    assert dry_run_job.plans.get().changes["examples"][0]["who"] == ""
    assert "s17" not in str(dry_run_job.events.get(action="refuse").detail)


def test_rows_that_were_not_planned_are_a_changed_plan() -> None:
    from imports.core.planning.plans import Action, Plan

    plans = [Plan(number, Action.CREATE, f"s{number}") for number in (1, 2)]
    chunk = ImportChunk(planned=pack_plans(plans[:1], b"salt"))

    changes = find_plan_changes(plans, chunk, b"salt")
    assert changes["rows"] == 1
    assert changes["examples"][0]["approved"] == ""


def test_mail_to_an_approver_says_what_to_do_and_where(
    dry_run_job: ImportJob, approver: User
) -> None:
    dry_run(dry_run_job)
    notification = Notification.objects.filter(event=NotificationEvent.APPROVAL_WANTED).get()
    deliver(notification.pk)

    [message] = mail.outbox
    assert message.to == [approver.email]
    assert message.subject == "Approval required: users.ndjson"
    assert "Review import plan" in message.body
    assert f"/imports/{dry_run_job.pk}/dry-run/" in message.body
    assert "because you can approve imports" in message.body
