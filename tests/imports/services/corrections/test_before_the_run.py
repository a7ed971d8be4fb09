"""Corrections that are chosen before the run: what they are for, and where they are seen."""

from collections.abc import Sequence

import pytest
from pytest_django.fixtures import Settings

from accounts.models import AttributeDefinition, Role, User
from imports.core.corrections import Choice
from imports.core.errors import (
    CorrectionError,
    DryRunMissing,
    ImporterError,
    InvalidTransition,
    MappingError,
)
from imports.core.problems import Problem
from imports.models import CorrectedRow, ImportJob, ImportRecord
from imports.selectors import (
    build_summary,
    list_corrections_of,
    list_error_groups,
    list_job_losses,
    list_run_corrections,
)
from imports.services.approval import approvals
from imports.services.corrections.choices import correct, imagine_group
from imports.services.corrections.corrections import undo_correction
from imports.services.corrections.offers import list_offers
from imports.services.files.uploads import copy_job
from imports.services.runs import runs
from imports.states import JobState
from tests.imports.conftest import MakeJob, drain, list_statuses, to_csv

pytestmark = pytest.mark.django_db

PHONE = Problem("invalid_phone", "profile.phone", "phone")
EMAIL = Problem("invalid_email", "profile.email", "email")
GOOD = [(f"g{number}", f"g{number}@example.com", f"+44163296000{number}") for number in range(6)]
BAD = [("b1", "b1@example.com", "12"), ("b2", "nonsense", "13"), ("b3", "b3@example.com", "14")]


@pytest.fixture
def job(make_job: MakeJob) -> ImportJob:
    """Six good records, two with a bad phone number, and one with a bad address as well."""
    return dry_run(upload(make_job, GOOD + BAD))


def upload(make_job: MakeJob, rows: Sequence[Sequence[str]]) -> ImportJob:
    content = to_csv(["id", "email", "phone"], rows)
    return make_job(content, name="people.csv", chunk_rows=4)


def dry_run(job: ImportJob) -> ImportJob:
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    return job


def run(job: ImportJob, *, without_dry_run: bool = False) -> ImportJob:
    runs.start_run(job, actor=job.created_by, without_dry_run=without_dry_run)
    drain(job)
    return job


def add(job: ImportJob, problem: Problem, *given: object, actor: User | None = None) -> None:
    correct(job, imagine_group(problem), Choice(*given), actor=actor or job.created_by)
    job.refresh_from_db()


def list_counts(job: ImportJob) -> list[tuple[str, dict[str, int]]]:
    return [(each.correction.sentence, each.statuses) for each in list_run_corrections(job)]


def list_failed(job: ImportJob) -> list[int]:
    return [row for row, status, _ in list_statuses(job) if status == "failed"]


def test_error_groups_are_known_before_the_run_with_their_first_rows(job: ImportJob) -> None:
    found = {each.problem.code: (each.count, each.rows) for each in list_error_groups(job)}

    assert found == {"invalid_phone": (2, (7, 9)), "invalid_email": (1, (8,))}


def test_dry_run_shows_what_a_correction_does_and_the_run_does_it(job: ImportJob) -> None:
    add(job, PHONE, "drop_field")

    dry_run(job)

    assert job.dry_run_report["statuses"]["failed"] == 1
    assert list_counts(job) == [("Phone is not imported", {"created": 2})]
    run(job)
    assert list_failed(job) == [8]
    assert User.objects.get(subject_id="b1").phone is None
    assert User.objects.get(subject_id="g1").phone == "+441632960001"
    assert list_counts(job) == [("Phone is not imported", {"created": 2})]


def test_corrections_follow_one_another_for_a_record_with_several_problems(job: ImportJob) -> None:
    add(job, EMAIL, "replace", "", {"nonsense": "b2@example.com"})
    add(job, PHONE, "drop_field")

    run(dry_run(job))

    assert list_failed(job) == []
    assert User.objects.get(subject_id="b2").email == "b2@example.com"
    assert list(
        CorrectedRow.objects.order_by("row_number").values_list("row_number", "corrections")
    ) == [(7, [2]), (8, [1, 2]), (9, [2])]


def test_later_choice_is_for_the_records_that_still_fail(job: ImportJob) -> None:
    add(job, PHONE, "replace", "", {"12": "+441632960009"})
    add(job, PHONE, "drop_field")

    run(dry_run(job))

    assert User.objects.get(subject_id="b1").phone == "+441632960009"
    assert User.objects.get(subject_id="b3").phone is None
    assert [statuses for _, statuses in list_counts(job)] == [{"created": 2}, {"created": 1}]


def test_run_without_a_dry_run_makes_the_corrections_too(make_job: MakeJob) -> None:
    job = upload(make_job, GOOD + BAD)
    add(job, PHONE, "drop_field")

    run(job, without_dry_run=True)

    assert list_failed(job) == [8]
    assert [loss.what for loss in list_job_losses(job)] == ["Phone"]


def test_dry_run_counts_no_more_once_a_correction_was_added(job: ImportJob) -> None:
    assert runs.had_dry_run(job)
    add(job, PHONE, "drop_field")

    assert not runs.had_dry_run(job)
    with pytest.raises(DryRunMissing, match="has changed since its dry run"):
        runs.start_run(job, actor=job.created_by)

    undo_correction(job, 1, actor=job.created_by)
    job.refresh_from_db()
    assert runs.had_dry_run(job)


def test_correction_that_was_removed_is_made_no_more(job: ImportJob) -> None:
    add(job, PHONE, "drop_field")
    dry_run(job)

    undo_correction(job, 1, actor=job.created_by)
    run(dry_run(job))

    assert list_failed(job) == [7, 8, 9]
    assert not CorrectedRow.objects.exists()
    said = [event.action for event in job.events.filter(action__endswith="correction")]
    assert said == ["add correction", "remove correction"]


def test_record_says_how_it_was_corrected_and_keeps_that_for_a_retry(job: ImportJob) -> None:
    add(job, EMAIL, "replace", "", {"nonsense": "still nonsense"})
    run(dry_run(job))
    record = ImportRecord.objects.get(job=job, row_number=8)

    assert record.status == "failed"
    assert [each.number for each in list_corrections_of(job, record)] == [1]
    [group] = [each for each in list_error_groups(job) if each.problem == EMAIL]
    correct(job, group, Choice("drop_field"), actor=job.created_by)
    drain(job)
    assert CorrectedRow.objects.get(job=job, row_number=8).corrections == [1, 2]


def test_what_is_dropped_is_listed_as_not_imported_and_is_not_missing(job: ImportJob) -> None:
    add(job, PHONE, "drop_field")

    dry_run(job)

    report = build_summary(job)
    assert report["not_imported"] == [
        {"what": "Phone", "records": 2, "why": "A correction drops it: Phone is not imported."}
    ]
    assert "values_missing" not in [each["code"] for each in report["problems"]]
    run(job)
    assert build_summary(job)["not_imported"] == report["not_imported"]


def test_what_the_file_calls_by_a_name_goes_to_the_mapping(make_job: MakeJob) -> None:
    job = dry_run(make_job([{"subject_id": "1", "memberships": {"roles": ["wizards"]}}]))
    problem = Problem("role_missing", "memberships.roles", params={"key": "wizards"})

    add(job, problem, "drop_membership")

    assert job.mapping["roles"] == {"wizards": ""}
    assert job.corrections == []
    assert job.state == JobState.MAPPED
    run(dry_run(job))
    assert list_failed(job) == []


def test_missing_role_is_created_at_once(make_job: MakeJob) -> None:
    job = dry_run(make_job([{"subject_id": "1", "memberships": {"roles": ["wizards"]}}]))
    problem = Problem("role_missing", "memberships.roles", params={"key": "wizards"})

    add(job, problem, "create_membership")

    assert Role.objects.filter(key="wizards").exists()
    assert job.corrections == []


def test_offers_before_the_run_are_those_after_it(job: ImportJob) -> None:
    def describe(job: ImportJob) -> list[object]:
        [group] = [each for each in list_error_groups(job) if each.problem == PHONE]
        offers = list_offers(job, group, actor=job.created_by)
        return [(each.kind.name, each.changes, each.trial) for each in offers.found]

    before = describe(job)

    assert [name for name, _, _ in before] == ["drop_field", "replace"]
    assert before == describe(run(job))


def test_row_that_repeats_another_is_offered_only_what_changes_the_value(
    make_job: MakeJob,
) -> None:
    repeated = [("a", "same@example.com", ""), ("b", "same@example.com", "")]
    job = dry_run(upload(make_job, repeated))
    (group,) = list_error_groups(job)

    offers = list_offers(job, group, actor=job.created_by)

    assert group.problem.code == "duplicate_in_file"
    tried = {each.kind.name: each.trial.imported for each in offers.found if each.trial}
    assert tried == {"drop_field": 1}


def test_records_that_a_new_correction_takes_care_of_need_no_other(job: ImportJob) -> None:
    add(job, PHONE, "replace", "", {"12": "+441632960009"})
    [group] = [each for each in list_error_groups(job) if each.problem == PHONE]

    offers = list_offers(job, group, actor=job.created_by)

    assert (offers.settled, offers.left) == (1, 1)
    [replaced] = [each for each in offers.found if each.kind.name == "replace"]
    assert [each.key for each, _ in replaced.changes] == ["14"]


@pytest.mark.parametrize(
    ("problem", "given", "error"),
    [
        (PHONE, ("set_format", "bcrypt"), CorrectionError),
        (EMAIL, ("replace",), CorrectionError),
        (Problem("missing_required", "subject_id", "id"), ("drop_field",), CorrectionError),
    ],
)
def test_what_is_no_correction_is_not_kept(
    job: ImportJob, problem: Problem, given: tuple[str, ...], error: type[ImporterError]
) -> None:
    with pytest.raises(error):
        add(job, problem, *given)

    assert job.corrections == []


def test_correction_that_leaves_nothing_to_tell_users_by_is_refused(make_job: MakeJob) -> None:
    job = make_job(to_csv(["email"], [["a@example.com"], ["nonsense"]]), name="mails.csv")

    with pytest.raises(MappingError, match="Subject id"):
        add(job, EMAIL, "drop_field")


def test_nothing_is_added_while_the_job_is_busy_or_once_it_has_begun(job: ImportJob) -> None:
    runs.start_dry_run(job, actor=job.created_by)
    with pytest.raises(InvalidTransition):
        add(job, PHONE, "drop_field")
    drain(job)
    run(job)
    with pytest.raises(ImporterError, match="None of these records can be retried"):
        add(job, Problem("invalid_phone", "profile.phone", "other"), "drop_field")


def test_copy_of_a_job_makes_the_corrections_that_its_run_made(
    job: ImportJob, settings: Settings
) -> None:
    settings.IMPORT_KEEP_UPLOADS = True
    add(job, EMAIL, "drop_field")
    add(job, PHONE, "drop_field")
    undo_correction(job, 1, actor=job.created_by)
    run(dry_run(job))
    [group] = list_error_groups(job)
    correct(job, group, Choice("drop_field"), actor=job.created_by)
    drain(job)

    copied = copy_job(job, actor=job.created_by)

    assert [each.correction.number for each in list_run_corrections(copied)] == [2]
    add(copied, EMAIL, "drop_field")
    assert [each.correction.number for each in list_run_corrections(copied)] == [2, 3]


def test_whoever_adds_a_correction_prepares_what_is_approved(
    job: ImportJob, settings: Settings, make_clerk
) -> None:
    settings.IMPORT_APPROVAL = "required"
    clerk = make_clerk("imports.add_importjob", "imports.approve_importjob", "accounts.add_user")
    add(job, PHONE, "drop_field", actor=clerk)
    dry_run(job)
    plan = approvals.find_plan(job)

    assert clerk.pk in approvals.find_preparers(job)
    assert clerk.pk in ImportJob.objects.get(pk=job.pk).preparers
    other = User.objects.create(subject_id="other", is_staff=True, is_superuser=True)
    add(job, EMAIL, "drop_field")
    assert approvals.find_changed_inputs(job, plan) == ["corrections"]
    with pytest.raises(ImporterError, match="the corrections that the run makes"):
        approvals.decide_plan(job, plan.pk, is_approved=True, comment="", actor=other)


def test_required_name_is_taken_from_the_full_one(make_job: MakeJob) -> None:
    AttributeDefinition.objects.create(name="last_name", required=True)
    rows = [("1", "Ada King", "King"), ("2", "Bea Mary Berg", "")]
    job = dry_run(make_job(to_csv(["id", "full_name", "last_name"], rows), name="names.csv"))
    [group] = list_error_groups(job)
    offers = list_offers(job, group, actor=job.created_by)
    [split] = [each for each in offers.found if each.kind.name == "split_name"]

    assert "last word of full_name" in [each.value for each, _ in split.changes]
    add(job, group.problem, "split_name", "last word of full_name")
    run(dry_run(job))
    names = User.objects.filter(subject_id__in=["1", "2"]).order_by("subject_id")
    assert [each.attributes["last_name"] for each in names] == ["King", "Berg"]


def test_required_value_can_be_set_for_its_whole_group_and_not_be_left_away(
    make_job: MakeJob,
) -> None:
    AttributeDefinition.objects.create(name="department", required=True)
    rows = [("1", "a@example.com", "Sales"), ("2", "b@example.com", ""), ("3", "c@example.com", "")]
    job = dry_run(make_job(to_csv(["id", "email", "department"], rows), name="people.csv"))
    [group] = list_error_groups(job)

    offered = list_offers(job, group, actor=job.created_by).found

    # Without the column, it would be missing all the same.
    assert [each.kind.name for each in offered] == ["default"]
    add(job, group.problem, "default", "Unknown")
    run(dry_run(job))
    assert list_failed(job) == []
    assert (
        list_run_corrections(job)[0].correction.sentence
        == "department: “Unknown” where it is empty"
    )
