"""The plan where those who import may not change the person it is about."""

from dataclasses import replace

import pytest

from accounts.authority import ADD_USER, CHANGE_USER, OVERWRITE_CREDENTIALS, Actor, Authority
from imports.core.planning.conflicts import Mode
from imports.core.planning.plans import Action, Plan
from imports.core.problems import Severity
from tests.imports.core.planning.test_planning import (
    make_options,
    make_record,
    make_snapshot,
    make_user,
    plan_one,
)

CREDENTIALS = {
    "profile": {
        "email": "new@example.com",
        "email_verified": True,
        "emails": [{"email": "more@example.com", "verified": True}],
        "phone": "+441632960001",
        "given_name": "Ada",
    },
    "authenticators": {
        "password": {"plaintext": "from the file"},
        "external_logins": [{"provider": "google", "subject": "1"}],
        "totp": {"secret": "JBSWY3DPEHPK3PXP"},
        "recovery_codes": ["ABCD-1234"],
    },
}
OVERWRITE_PASSWORD = {"authenticators.password": "overwrite"}


def plan_for(*permissions: str, user=None, mode=Mode.UPDATE, parts=CREDENTIALS) -> Plan:
    options = make_options(mode, fields=OVERWRITE_PASSWORD)
    authority = Authority((Actor("Olive", frozenset(permissions)),))
    snapshot = make_snapshot(*([user] if user else []))
    return plan_one(1, make_record(**parts), snapshot, replace(options, authority=authority))


def list_codes(plan: Plan) -> list[str]:
    return [problem.code for problem in plan.problems]


def list_changed(plan: Plan) -> set[str]:
    return {change.field for change in plan.changes}


@pytest.mark.parametrize("held", [(), (CHANGE_USER, OVERWRITE_CREDENTIALS)])
def test_nobody_is_created_without_the_right_to_add_users(held: tuple[str, ...]) -> None:
    plan = plan_for(*held)

    assert (plan.action, list_codes(plan)) == (Action.FAIL, ["create_not_allowed"])
    assert "Olive" in plan.problems[0].message
    assert "You need the permission" in plan.problems[0].kind.advice


def test_the_right_to_add_users_creates_them() -> None:
    assert plan_for(ADD_USER).action is Action.CREATE


@pytest.mark.parametrize("held", [(), (ADD_USER, OVERWRITE_CREDENTIALS)])
def test_nothing_of_a_user_is_overwritten_without_the_right_to_change_users(
    held: tuple[str, ...],
) -> None:
    plan = plan_for(*held, user=make_user())

    assert (plan.action, list_codes(plan)) == (Action.FAIL, ["change_not_allowed"])
    assert not any([plan.changes, plan.profile, plan.password, plan.plaintext])


def test_a_refusal_does_not_tell_whether_the_password_of_the_file_is_right() -> None:
    same = make_user(password="!", profile={"given_name": "Ada"})

    plan = plan_for(user=same, parts={"profile": {"given_name": "Ada"}})

    assert list_codes(plan) == ["change_not_allowed"]


def test_existing_users_are_skipped_all_the_same_by_the_mode_skip() -> None:
    plan = plan_for(user=make_user(), mode=Mode.SKIP)

    assert (plan.action, list_codes(plan)) == (Action.SKIP, ["profile_exists"])


def test_a_user_who_may_do_more_is_not_updated() -> None:
    powerful = make_user(permissions=frozenset({"accounts.delete_user"}))

    plan = plan_for(CHANGE_USER, OVERWRITE_CREDENTIALS, user=powerful)

    assert (plan.action, list_codes(plan)) == (Action.FAIL, ["user_more_powerful"])


def test_credentials_of_who_never_signed_in_take_the_right_to_change_users_alone() -> None:
    plan = plan_for(CHANGE_USER, user=make_user())

    assert plan.action is Action.UPDATE
    assert plan.plaintext == "from the file"
    assert plan.profile["email"] == "new@example.com"
    assert "credentials_kept" not in list_codes(plan)


def test_credentials_in_use_stay_without_the_permission_of_their_own_and_a_warning_says_so() -> (
    None
):
    plan = plan_for(CHANGE_USER, user=make_user(password_is_own=True))

    assert plan.action is Action.UPDATE
    assert list_changed(plan) == {"profile.given_name"}
    assert not any([plan.new_emails, plan.verified_emails, plan.primary_email, plan.logins])
    kept = next(each for each in plan.problems if each.code == "credentials_kept")
    assert kept.severity is Severity.WARNING
    assert set(kept.params["fields"].split(", ")) == {
        "profile.email",
        "profile.emails",
        "profile.phone",
        "authenticators.password",
        "authenticators.external_logins",
        "authenticators.totp",
        "authenticators.recovery_codes",
    }


def test_verifying_an_address_in_use_takes_the_permission_of_its_own() -> None:
    user = make_user(
        password_is_own=True, profile={"email": "a@example.com"}, emails={"a@example.com": False}
    )
    parts = {"profile": {"email": "a@example.com", "email_verified": True}}

    assert plan_for(CHANGE_USER, user=user, parts=parts).verified_emails == []
    allowed = plan_for(CHANGE_USER, OVERWRITE_CREDENTIALS, user=user, parts=parts)
    assert allowed.verified_emails == ["a@example.com"]


def test_a_password_in_use_is_overwritten_with_the_permission_and_never_silently() -> None:
    plan = plan_for(CHANGE_USER, OVERWRITE_CREDENTIALS, user=make_user(password_is_own=True))

    assert plan.plaintext == "from the file"
    assert "own_password_overwritten" in list_codes(plan)
