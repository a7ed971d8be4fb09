"""What an import run does to people depends on what those who run it may do to them."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.authority import ADD_USER, CHANGE_USER, DELETE_USER, OVERWRITE_CREDENTIALS
from accounts.models import Group, Role, User
from imports.core.errors import ImporterError
from imports.core.planning.conflicts import Mode
from imports.core.planning.undo import Reason, UndoOptions
from imports.core.records.keys import key_record
from imports.core.records.records import UserImportRecord
from imports.engine.context import load_context
from imports.engine.snapshot import read_snapshot
from imports.models import ImportJob, Undo
from imports.services.runs import runs
from imports.services.undo import undoing
from imports.services.undo.previews import preview_undo
from tests.imports.conftest import MakeJob, drain, list_statuses

MakeClerk = Callable[..., User]
EVERY = (ADD_USER, CHANGE_USER, DELETE_USER, OVERWRITE_CREDENTIALS)
OWN = "chosen here by Vera"
RECORD: dict[str, Any] = {
    "subject_id": "vera",
    "profile": {"email": "taken.over@example.com", "email_verified": True, "given_name": "Vera"},
    "authenticators": {
        "password": {"plaintext": "of the attacker"},
        "external_logins": [{"provider": "google", "subject": "attacker"}],
        "totp": {"secret": "JBSWY3DPEHPK3PXP"},
    },
}


@pytest.fixture
def vera(db: None) -> User:
    """Somebody who chose a password here and signs in with it."""
    user = User(subject_id="vera", email="vera@example.com", last_login=timezone.now())
    user.set_password(OWN)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def prepare(make_job: MakeJob, clerk: User, *records: dict[str, Any]) -> ImportJob:
    """Upload as the attack of a review did: update mode, and the password is overwritten."""
    job = make_job(records, mode=Mode.UPDATE, actor=clerk)
    job.field_policies = {"authenticators.password": "overwrite"}
    job.save()
    return job


def run(make_job: MakeJob, clerk: User, *records: dict[str, Any]) -> ImportJob:
    job = prepare(make_job, clerk, *records)
    runs.start_run(job, actor=clerk, without_dry_run=True)
    drain(job)
    return job


def expect_untouched_credentials(user: User) -> None:
    user.refresh_from_db()
    assert user.check_password(OWN)
    assert user.email == "vera@example.com"
    assert [each.email for each in EmailAddress.objects.filter(user=user)] == ["vera@example.com"]
    assert not SocialAccount.objects.filter(user=user).exists()
    assert not Authenticator.objects.filter(user=user).exists()


@pytest.mark.parametrize("held", [[each for each in EVERY if each != CHANGE_USER], []])
def test_without_the_right_to_change_users_nobody_is_overwritten(
    make_job: MakeJob, make_clerk: MakeClerk, vera: User, held: list[str]
) -> None:
    job = run(make_job, make_clerk(*held), RECORD)

    assert list_statuses(job) == [(1, "failed", "change_not_allowed")]
    expect_untouched_credentials(vera)
    assert vera.given_name == ""


def test_the_dry_run_counts_whom_the_operator_may_not_change_and_says_whom_to_ask(
    make_job: MakeJob, make_clerk: MakeClerk, vera: User
) -> None:
    job = prepare(make_job, clerk := make_clerk(ADD_USER), RECORD, {"subject_id": "new"})
    runs.start_dry_run(job, actor=clerk)
    drain(job)

    assert job.dry_run_report["statuses"] == {"created": 1, "updated": 0, "skipped": 0, "failed": 1}
    problems = {each["code"]: each["count"] for each in job.dry_run_report["problems"]}
    assert problems["change_not_allowed"] == 1


def test_credentials_in_use_are_kept_without_the_permission_of_their_own(
    make_job: MakeJob, make_clerk: MakeClerk, vera: User
) -> None:
    job = run(make_job, make_clerk(ADD_USER, CHANGE_USER), RECORD)

    assert list_statuses(job)[0][:2] == (1, "updated")
    expect_untouched_credentials(vera)
    assert vera.given_name == "Vera"


def test_credentials_in_use_are_overwritten_with_the_permission_of_their_own(
    make_job: MakeJob, make_clerk: MakeClerk, vera: User
) -> None:
    run(make_job, make_clerk(CHANGE_USER, OVERWRITE_CREDENTIALS), RECORD)

    vera.refresh_from_db()
    assert vera.check_password("of the attacker")
    assert vera.email == "taken.over@example.com"


@pytest.mark.parametrize("way", ["role", "group"])
def test_somebody_who_may_do_more_than_the_operator_is_not_changed(
    make_job: MakeJob, make_clerk: MakeClerk, vera: User, way: str
) -> None:
    role = Role.objects.create(key="runner")
    role.permissions.add(Permission.objects.get(codename="run_importjob"))
    if way == "role":
        vera.roles.add(role)
    else:
        group = Group.objects.create(key="runners")
        group.roles.add(role)
        vera.groups.add(group)

    job = run(make_job, make_clerk(*EVERY), RECORD)

    assert list_statuses(job) == [(1, "failed", "user_more_powerful")]
    expect_untouched_credentials(vera)


def test_somebody_who_may_do_no_more_than_the_operator_is_changed(
    make_job: MakeJob, make_clerk: MakeClerk, vera: User
) -> None:
    role = Role.objects.create(key="runner")
    role.permissions.add(Permission.objects.get(codename="run_importjob"))
    vera.roles.add(role)

    job = run(make_job, make_clerk(*EVERY, "imports.run_importjob"), RECORD)

    assert list_statuses(job)[0][:2] == (1, "updated")


@pytest.mark.parametrize("mode", [Mode.SKIP, Mode.UPDATE])
def test_without_the_right_to_add_users_nobody_is_created(
    make_job: MakeJob, make_clerk: MakeClerk, mode: Mode
) -> None:
    clerk = make_clerk(CHANGE_USER, DELETE_USER, OVERWRITE_CREDENTIALS)
    job = make_job([{"subject_id": "new"}], mode=mode, actor=clerk)
    runs.start_run(job, actor=clerk, without_dry_run=True)
    drain(job)

    assert list_statuses(job) == [(1, "failed", "create_not_allowed")]
    assert not User.objects.filter(subject_id="new").exists()


def test_a_retry_goes_by_the_rights_of_whoever_retries(
    make_job: MakeJob, make_clerk: MakeClerk, vera: User, operator: User
) -> None:
    job = run(make_job, make_clerk(ADD_USER), RECORD)
    runs.retry(job, actor=make_clerk(ADD_USER))
    drain(job)
    assert list_statuses(job) == [(1, "failed", "change_not_allowed")]


def test_an_operator_who_was_deactivated_meanwhile_changes_nobody(
    make_job: MakeJob, make_clerk: MakeClerk, vera: User
) -> None:
    job = prepare(make_job, clerk := make_clerk(*EVERY), RECORD)
    runs.start_run(job, actor=clerk, without_dry_run=True)
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    drain(job)

    assert list_statuses(job) == [(1, "failed", "change_not_allowed")]
    expect_untouched_credentials(vera)


@pytest.mark.parametrize("count", [1, 40])
def test_what_users_may_do_is_read_for_a_chunk_at_once(
    make_job: MakeJob, make_clerk: MakeClerk, django_assert_num_queries: Any, count: int
) -> None:
    role, group = Role.objects.create(key="viewer"), Group.objects.create(key="viewers")
    role.permissions.add(Permission.objects.get(codename="view_user"))
    group.roles.add(role)
    for number in range(count):
        user = User.objects.create(subject_id=f"u{number}")
        user.roles.add(role)
        user.groups.add(group)
    records = [
        key_record(UserImportRecord(subject_id=f"u{number}"), frozenset())
        for number in range(count)
    ]
    context = load_context(
        make_job([{"subject_id": "u0"}], mode=Mode.UPDATE, actor=make_clerk(CHANGE_USER))
    )

    # Ids, whether others are remembered, users, five tables of theirs, what roles and groups give.
    with django_assert_num_queries(11):
        snapshot = read_snapshot(records, {}, context.options, lock=False)

    assert {user.permissions for user in snapshot.users.values()} == {
        frozenset({"accounts.view_user"})
    }


def undo(job: ImportJob, clerk: User) -> Undo:
    found = undoing.start_undo(job, UndoOptions(), actor=clerk)
    undoing.work_on_undo(found.pk)
    found.refresh_from_db()
    return found


CREATED_AND_UPDATED = [
    {"subject_id": "old", "profile": {"given_name": "New"}},
    {"subject_id": "new"},
]


@pytest.fixture
def done(run_job: MakeJob) -> ImportJob:
    """An import that updated one user and created another."""
    User.objects.create(subject_id="old", given_name="Old")
    return run_job(CREATED_AND_UPDATED, mode=Mode.UPDATE)


@pytest.mark.parametrize(
    ("held", "removed", "restored"),
    [
        ((), 0, 0),
        ((ADD_USER, OVERWRITE_CREDENTIALS), 0, 0),
        ((DELETE_USER,), 1, 0),
        ((CHANGE_USER,), 0, 1),
        ((DELETE_USER, CHANGE_USER), 1, 1),
    ],
)
def test_undo_deletes_and_restores_as_far_as_those_who_undo_may(
    done: ImportJob, make_clerk: MakeClerk, held: tuple[str, ...], removed: int, restored: int
) -> None:
    clerk = make_clerk("imports.undo_importjob", *held)
    preview = preview_undo(done, UndoOptions(), actor=clerk)

    assert preview is not None
    assert (preview.removed, preview.restored) == (removed, restored)
    if removed + restored:
        counts = undo(done, clerk).counts
        assert (counts.get("removed", 0), counts.get("restored", 0)) == (removed, restored)
    else:
        with pytest.raises(ImporterError, match=r"accounts\.delete_user.*accounts\.change_user"):
            undo(done, clerk)
    assert User.objects.filter(subject_id="new").exists() is not bool(removed)
    assert User.objects.get(subject_id="old").given_name == ("Old" if restored else "New")


def test_undo_leaves_who_may_do_more_than_those_who_undo(
    done: ImportJob, make_clerk: MakeClerk
) -> None:
    role = Role.objects.create(key="runner")
    role.permissions.add(Permission.objects.get(codename="run_importjob"))
    User.objects.get(subject_id="new").roles.add(role)

    counts = undo(done, make_clerk(DELETE_USER, CHANGE_USER)).counts

    assert counts == {"left:more_powerful": 1, "restored": 1}


def test_undo_restores_credentials_in_use_only_by_the_permission_of_its_own(
    run_job: MakeJob, make_clerk: MakeClerk, vera: User
) -> None:
    job = run_job([RECORD], mode=Mode.UPDATE)
    vera.refresh_from_db()
    assert vera.email == "taken.over@example.com"

    preview = preview_undo(job, UndoOptions(), actor=make_clerk(CHANGE_USER))
    assert preview is not None
    assert preview.left == {Reason.CREDENTIALS_IN_USE: 1}

    undo(job, make_clerk(CHANGE_USER, OVERWRITE_CREDENTIALS))
    expect_untouched_credentials(vera)


def test_an_undo_goes_no_further_when_the_right_to_delete_is_taken_away(
    run_job: MakeJob, make_clerk: MakeClerk
) -> None:
    job = run_job([{"subject_id": f"u{number}"} for number in range(3)], chunk_rows=10)
    clerk = make_clerk(DELETE_USER)
    started = undoing.start_undo(job, UndoOptions(), actor=clerk)
    clerk.roles.clear()

    undoing.work_on_undo(started.pk)

    started.refresh_from_db()
    assert started.counts == {"left:may_not_delete": 3}
    assert User.objects.filter(subject_id__startswith="u").count() == 3
