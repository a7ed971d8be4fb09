"""The dry-run page and the front page where imports have to be approved by a second person."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from imports.models import ImportJob, PlanState
from imports.services.runs import runs
from imports.states import JobState
from tests.imports.conftest import drain
from tests.imports.views.conftest import SignIn

pytestmark = pytest.mark.django_db

VIEW, APPROVE = "imports.view_importjob", "imports.approve_importjob"


@pytest.fixture(autouse=True)
def required(settings: Settings) -> None:
    settings.IMPORT_APPROVAL = "required"


@pytest.fixture
def approver(sign_in: SignIn) -> Client:
    return sign_in(VIEW, APPROVE)


def show(client: Client, job: ImportJob) -> str:
    return client.get(reverse("imports:dry_run", args=[job.pk])).content.decode()


def decide(client: Client, job: ImportJob, decision: str, comment: str = "") -> str:
    plan = job.plans.first()
    fields = {"plan": plan.pk if plan else "", "decision": decision, "comment": comment}
    address = reverse("imports:decide_plan", args=[job.pk])
    return client.post(address, fields, follow=True).content.decode()


def test_preparer_sees_that_a_second_person_is_needed_and_no_way_to_import(
    admin: Client, dry_run_job: ImportJob
) -> None:
    page = show(admin, dry_run_job)

    assert "somebody else has to approve it" in page
    assert reverse("imports:start_run", args=[dry_run_job.pk]) not in page
    assert 'value="approve"' not in page


def test_approver_is_offered_both_decisions(approver: Client, decided_job: ImportJob) -> None:
    page = show(approver, decided_job)

    assert 'value="approve"' in page
    assert 'value="reject"' in page
    assert decided_job.plans.latest("pk").digest in page


def test_plan_with_open_decisions_is_offered_for_rejection_alone(
    approver: Client, dry_run_job: ImportJob
) -> None:
    page = show(approver, dry_run_job)

    assert "This plan cannot be approved yet: 1 decision is open." in page
    assert 'value="approve"' not in page
    assert 'value="reject"' in page


def test_plan_with_open_decisions_is_not_approved(approver: Client, dry_run_job: ImportJob) -> None:
    assert "cannot be approved yet: 1 decision is open" in decide(
        approver, dry_run_job, "approve", "Looks fine."
    )
    assert dry_run_job.plans.get().state == PlanState.WAITING


def test_approval_lets_the_preparer_import(
    approver: Client, admin: Client, decided_job: ImportJob
) -> None:
    assert "is approved" in decide(approver, decided_job, "approve", "Go <ahead>")
    page = show(admin, decided_job)

    assert "Go &lt;ahead&gt;" in page
    assert reverse("imports:start_run", args=[decided_job.pk]) in page


def test_rejection_without_a_reason_is_refused(approver: Client, dry_run_job: ImportJob) -> None:
    assert "Enter a reason" in decide(approver, dry_run_job, "reject")
    assert dry_run_job.plans.get().state == PlanState.WAITING


def test_rejection_is_shown_with_its_reason(
    approver: Client, admin: Client, dry_run_job: ImportJob
) -> None:
    decide(approver, dry_run_job, "reject", "The wrong tenant.")
    page = show(admin, dry_run_job)

    assert "The wrong tenant." in page
    assert reverse("imports:start_run", args=[dry_run_job.pk]) not in page


@pytest.mark.parametrize("decision", ["", "perhaps"])
def test_form_without_a_decision_changes_nothing(
    approver: Client, dry_run_job: ImportJob, decision: str
) -> None:
    assert "Approve the plan or reject it." in decide(approver, dry_run_job, decision)
    assert dry_run_job.plans.get().state == PlanState.WAITING


def test_preparer_who_posts_the_form_all_the_same_is_refused(
    admin: Client, dry_run_job: ImportJob
) -> None:
    assert "second person" in decide(admin, dry_run_job, "approve")
    assert dry_run_job.plans.get().state == PlanState.WAITING


def test_changed_plan_is_named_on_the_page_and_a_new_dry_run_offered(
    approver: Client, admin: Client, decided_job: ImportJob
) -> None:
    decide(approver, decided_job, "approve")
    User.objects.create_user(subject_id="other", email="ada@example.net")
    runs.start_run(decided_job, actor=decided_job.created_by, without_dry_run=True)
    drain(decided_job)
    page = show(admin, decided_job)

    assert "has changed since approval and cannot be imported" in page
    assert "Row 1 (m1) was to be created, and would now fail" in page
    assert reverse("imports:start_dry_run", args=[decided_job.pk]) in page
    assert reverse("imports:start_run", args=[decided_job.pk]) not in page


def test_job_without_a_dry_run_cannot_be_imported_from_its_page(
    admin: Client, dry_run_job: ImportJob
) -> None:
    ImportJob.objects.update(state=JobState.MAPPED, dry_run_report={})
    page = show(admin, dry_run_job)

    assert "Run without a dry run" not in page
    assert "A second person then approves" in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (PlanState.WAITING, "approve the import plan"),
        (PlanState.APPROVED, "start the import"),
        (PlanState.REJECTED, "see why, change it and repeat the dry run"),
        (PlanState.CHANGED, "see the changes and repeat the dry run"),
    ],
)
def test_front_page_says_how_far_a_plan_is(
    admin: Client, dry_run_job: ImportJob, state: PlanState, words: str
) -> None:
    dry_run_job.plans.update(state=state)

    assert words in admin.get(reverse("admin:index")).content.decode()


def test_activity_log_tells_of_the_plan_and_the_decision(
    approver: Client, admin: Client, decided_job: ImportJob
) -> None:
    decide(approver, decided_job, "approve", "Fine.")
    page = admin.get(reverse("imports:run", args=[decided_job.pk])).content.decode()

    assert "The import plan is waiting for approval" in page
    assert "approved the import plan: plan" in page
    assert "Fine." in page


def test_results_offer_the_preparer_no_retry_and_say_who_may(
    admin: Client, decided_job: ImportJob, approver: Client
) -> None:
    decide(approver, decided_job, "approve")
    runs.start_run(decided_job, actor=decided_job.created_by, without_dry_run=True)
    drain(decided_job)
    page = admin.get(reverse("imports:results", args=[decided_job.pk])).content.decode()

    assert "can fix and retry its failed records" in page
    assert 'value="create"' not in page
