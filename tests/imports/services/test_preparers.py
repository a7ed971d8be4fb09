"""What an import grants is bounded by the permissions of everybody who prepared or started it."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission

from accounts.models import Role, User
from imports.core.corrections import Change
from imports.core.inspection.inspection import Inspection
from imports.core.mapping import Mapping
from imports.core.planning.conflicts import Mode
from imports.core.readers import RawRow
from imports.engine.grants import DELETED
from imports.models import ImportJob, ImportRecord
from imports.record_filters import RecordFilter
from imports.services.corrections import corrections
from imports.services.corrections.edits import edit_and_retry, read_row
from imports.services.dry_run import decisions
from imports.services.files import uploads
from imports.services.jobs import policies, rate_limits
from imports.services.mapping import mappings, templates
from imports.services.runs import runs
from tests.imports.conftest import MakeJob, drain, list_statuses

pytestmark = pytest.mark.django_db

RECORD = {"subject_id": "s1", "memberships": {"roles": ["powerful"]}}
FAILED = [(1, "failed", "role_not_grantable")]
CREATED = [(1, "created", "")]


@pytest.fixture
def clerk(db: None) -> User:
    """Somebody who may add and change users, and holds nothing else."""
    user = User.objects.create(subject_id="clerk", email="clerk@example.com", is_staff=True)
    role = Role.objects.create(key="clerks")
    role.permissions.set(Permission.objects.filter(codename__in=["add_user", "change_user"]))
    user.roles.add(role)
    return user


@pytest.fixture(autouse=True)
def powerful(db: None) -> Role:
    role = Role.objects.create(key="powerful")
    role.permissions.add(Permission.objects.get(codename="delete_user"))
    return role


def map_again(job: ImportJob, actor: User) -> None:
    options = mappings.JobOptions(Mode.SKIP, 10)
    mappings.save_mapping(job, Mapping.model_validate(job.mapping), options, actor=actor)


def read_again(job: ImportJob, actor: User) -> None:
    uploads.inspect_again(job, Inspection.from_json(job.inspection).options, actor=actor)
    map_again(job, job.created_by)


def use_template(job: ImportJob, actor: User) -> None:
    version = templates.save_template(job, "theirs", actor=job.created_by)
    templates.apply_template(job, version, actor=actor)
    map_again(job, job.created_by)


def use_template_of(job: ImportJob, actor: User) -> None:
    version = templates.save_template(job, "theirs", actor=actor)
    templates.apply_template(job, version, actor=job.created_by)
    map_again(job, job.created_by)


def set_policies(job: ImportJob, actor: User) -> None:
    conflicts = {"profile_exists": "fail"}
    policies.save_policies(job, conflicts=conflicts, field_policies={}, actor=actor)


def exclude(job: ImportJob, actor: User) -> None:
    decisions.choose_excluded(job, [], keeps_non_users=False, actor=actor)


@pytest.mark.parametrize(
    "prepare", [map_again, read_again, use_template, use_template_of, set_policies, exclude]
)
def test_role_beyond_who_prepared_is_not_granted_by_who_starts(
    make_job: MakeJob, operator: User, clerk: User, prepare: Callable[[ImportJob, User], None]
) -> None:
    job = make_job([RECORD])
    prepare(job, clerk)

    runs.start_run(job, actor=operator, without_dry_run=True)
    drain(job)

    assert list_statuses(job) == FAILED
    problem = ImportRecord.objects.get(job=job).problems[0]
    assert problem["params"]["operator"] == str(clerk)


def test_role_beyond_who_uploaded_is_not_granted(
    make_job: MakeJob, operator: User, clerk: User
) -> None:
    job = make_job([RECORD], actor=clerk)
    map_again(job, operator)

    runs.start_run(job, actor=operator, without_dry_run=True)
    drain(job)

    assert list_statuses(job) == FAILED


def test_role_beyond_who_made_the_first_job_is_not_granted_by_its_copy(
    make_job: MakeJob, operator: User, clerk: User
) -> None:
    job = uploads.copy_job(make_job([RECORD], actor=clerk), actor=operator)

    runs.start_run(job, actor=operator, without_dry_run=True)
    drain(job)

    assert list_statuses(job) == FAILED


def correct(job: ImportJob, actor: User) -> None:
    change = Change("rename_membership", "memberships.roles", "missing", "powerful")
    corrections.correct_and_retry(job, [change], chosen=RecordFilter(rows=(1,)), actor=actor)


def edit(job: ImportJob, actor: User) -> None:
    row: RawRow = read_row(ImportRecord.objects.get(job=job))
    edit_and_retry(job, [row], actor=actor)


@pytest.mark.parametrize("act", [correct, edit])
def test_role_beyond_who_corrected_is_not_granted_by_a_later_retry(
    run_job: MakeJob, operator: User, clerk: User, act: Callable[[ImportJob, User], None]
) -> None:
    job = run_job([{"subject_id": "s1", "memberships": {"roles": ["missing"]}}])
    act(job, clerk)
    drain(job)
    Role.objects.get_or_create(key="missing")[0].permissions.add(
        Permission.objects.get(codename="delete_user")
    )

    runs.retry(job, actor=operator)
    drain(job)

    assert list_statuses(job) == FAILED


@pytest.mark.parametrize("start", [runs.start_run, runs.resume])
def test_role_beyond_who_started_or_resumed_is_not_granted(
    make_job: MakeJob, operator: User, clerk: User, start: Callable[..., None]
) -> None:
    job = make_job([RECORD])
    runs.start_run(job, actor=operator, without_dry_run=True)
    runs.pause(job, actor=operator)
    if start is runs.start_run:
        ImportJob.objects.filter(pk=job.pk).update(state="errored")
    start(job, actor=clerk)
    drain(job)

    assert list_statuses(job) == FAILED


def test_who_only_paused_limited_or_started_a_dry_run_bounds_nothing(
    make_job: MakeJob, operator: User, clerk: User
) -> None:
    job = make_job([RECORD])
    runs.start_dry_run(job, actor=clerk)
    drain(job)
    rate_limits.set_limits(job, rate_limit=None, failure_threshold=5, failure_sample=9, actor=clerk)
    runs.start_run(job, actor=operator, without_dry_run=True)
    runs.pause(job, actor=clerk)
    runs.resume(job, actor=operator)
    drain(job)

    assert list_statuses(job) == CREATED


def test_who_was_deactivated_since_may_do_nothing(make_job: MakeJob, operator: User) -> None:
    gone = User.objects.create(subject_id="gone", is_staff=True, is_superuser=True)
    job = make_job([RECORD])
    map_again(job, gone)
    User.objects.filter(pk=gone.pk).update(is_active=False)

    runs.start_run(job, actor=operator, without_dry_run=True)
    drain(job)

    assert list_statuses(job) == [(1, "failed", "create_not_allowed")]


def test_who_was_deleted_since_may_do_nothing(make_job: MakeJob, operator: User) -> None:
    gone = User.objects.create(subject_id="gone", is_staff=True, is_superuser=True)
    job = make_job([RECORD])
    map_again(job, gone)
    gone.delete()

    runs.start_run(job, actor=operator, without_dry_run=True)
    drain(job)

    assert list_statuses(job) == [(1, "failed", "create_not_allowed")]
    assert ImportRecord.objects.get(job=job).problems[0]["params"]["operator"] == DELETED


def test_two_who_prepared_are_noted_once_each(
    make_job: MakeJob, operator: User, clerk: User
) -> None:
    job = make_job([RECORD])
    for actor in (clerk, operator, clerk):
        map_again(job, actor)

    job.refresh_from_db()
    assert job.preparers == [operator.pk, clerk.pk]
