"""The status of a record, by mode and by what exists."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.authority import Actor, Authority
from imports.core.planning.conflicts import ConflictPolicy, Mode, Resolver, build_table
from imports.core.planning.field_policies import build_policies
from imports.core.planning.planner import plan_record
from imports.core.planning.plans import (
    Action,
    Duplicate,
    ExistingUser,
    Grant,
    Plan,
    PlanOptions,
    Snapshot,
)
from imports.core.records.facts import EXPIRED
from imports.core.records.keys import Key, digest_key, key_record, list_keys
from imports.core.records.records import RecordWithMadeId, UserImportRecord
from imports.core.records.user_columns import PROFILE_COLUMNS

OPTIONS = PlanOptions(
    conflicts=ConflictPolicy(build_table(Mode.SKIP, {})),
    fields=build_policies({}),
    authority=Authority((Actor("Olive Operator", is_superuser=True),)),
    unique_attributes=frozenset({"badge"}),
    salt=b"salt",
)
EMPTY_PROFILE = {
    **{column.field: column.blank for column in PROFILE_COLUMNS},
    "created_at": datetime(2020, 1, 1, tzinfo=UTC),
}


def make_record(subject_id: str = "u1", **parts: Any) -> UserImportRecord:
    return UserImportRecord.model_validate({"subject_id": subject_id, **parts})


def plan_one(
    row_number: int, record: UserImportRecord, snapshot: Snapshot, options: PlanOptions
) -> Plan:
    """Plan a record whose keys nobody has listed yet."""
    return plan_record(row_number, key_record(record, options.unique_attributes), snapshot, options)


def make_user(subject_id: str = "u1", **fields: Any) -> ExistingUser:
    profile = {**EMPTY_PROFILE, **fields.pop("profile", {})}
    given = {
        "id": 7,
        "subject_id": subject_id,
        "is_protected": False,
        "profile": profile,
        "attributes": {},
        "password": "!",
        "password_is_own": False,
        "password_expires_at": None,
        "updated_at": datetime(2024, 1, 1, tzinfo=UTC),
    }
    return ExistingUser(**{**given, **fields})


def make_snapshot(*users: ExistingUser, **found: Any) -> Snapshot:
    empty: dict[str, Any] = {"owners": {}, "groups": {}, "roles": {}, "duplicates": {}}
    return Snapshot(users={user.subject_id: user for user in users}, **{**empty, **found})


def make_options(
    mode: Mode = Mode.SKIP,
    table: dict[str, str] | None = None,
    fields: dict[str, str] | None = None,
    resolver: Resolver | None = None,
) -> PlanOptions:
    policy = ConflictPolicy(build_table(mode, table or {}), resolver)
    return replace(OPTIONS, conflicts=policy, fields=build_policies(fields or {}))


def plan(
    record: UserImportRecord, snapshot: Snapshot, mode: Mode = Mode.SKIP, row_number: int = 5
) -> Plan:
    return plan_one(row_number, record, snapshot, make_options(mode))


def list_codes(found: Plan) -> list[str]:
    return [problem.code for problem in found.problems]


@pytest.mark.parametrize("mode", Mode)
def test_plan_for_unknown_subject_creates_in_every_mode(mode: Mode) -> None:
    assert plan(make_record(), make_snapshot(), mode).action is Action.CREATE


@pytest.mark.parametrize(
    ("mode", "action", "code"),
    [
        (Mode.SKIP, Action.SKIP, "profile_exists"),
        (Mode.FAIL, Action.FAIL, "profile_exists_failed"),
        (Mode.UPDATE, Action.SKIP, "unchanged"),
    ],
)
def test_plan_for_existing_subject_follows_mode(mode: Mode, action: Action, code: str) -> None:
    found = plan(make_record(), make_snapshot(make_user()), mode)

    assert (found.action, list_codes(found)) == (action, [code])


@pytest.mark.parametrize("mode", Mode)
def test_plan_with_email_of_another_user_fails_in_every_mode(mode: Mode) -> None:
    snapshot = make_snapshot(owners={Key("email", "a@example.com"): "u2"})

    found = plan(make_record(profile={"email": "A@example.com"}), snapshot, mode)

    assert found.action is Action.FAIL
    assert found.problems[0].code == "value_taken"
    assert found.problems[0].field == "profile.email"
    assert "u2" in found.problems[0].message


def test_plan_with_several_taken_values_names_each() -> None:
    owners = {Key("username", "BOB"): "u2", Key("phone", "+441632960001"): "u3"}
    record = make_record(profile={"username": "bob", "phone": "+44 1632 960001"})

    found = plan(record, make_snapshot(owners=owners))

    assert [problem.field for problem in found.problems] == ["profile.username", "profile.phone"]


def test_plan_with_external_login_of_another_user_fails() -> None:
    record = make_record(
        authenticators={"external_logins": [{"provider": "google", "subject": "9"}]}
    )

    found = plan(record, make_snapshot(owners={Key("login", "google\x009"): "u2"}))

    assert list_codes(found) == ["login_taken"]


def test_plan_with_unique_attribute_of_another_user_fails() -> None:
    record = make_record(profile={"attributes": {"badge": "77"}})

    found = plan(record, make_snapshot(owners={Key("attribute:badge", "77"): "u2"}))

    assert found.problems[0].field == "profile.attributes.badge"


def test_plan_with_missing_group_and_role_names_both() -> None:
    record = make_record(memberships={"groups": ["g"], "roles": ["r"]})

    found = plan(record, make_snapshot())

    assert (found.action, list_codes(found)) == (Action.FAIL, ["group_missing", "role_missing"])


def test_plan_with_role_beyond_a_preparer_fails() -> None:
    snapshot = make_snapshot(roles={"admin": Grant(1, lacking="Olive Operator")})

    found = plan(make_record(memberships={"roles": ["admin"]}), snapshot)

    assert list_codes(found) == ["role_not_grantable"]
    assert "Olive Operator" in found.problems[0].message


def test_plan_with_group_beyond_a_preparer_fails() -> None:
    snapshot = make_snapshot(groups={"staff": Grant(1, lacking="Olive Operator")})

    found = plan(make_record(memberships={"groups": ["staff"]}), snapshot)

    assert list_codes(found) == ["group_not_grantable"]
    assert "Olive Operator" in found.problems[0].message


def test_plan_for_administrator_in_update_mode_fails_and_changes_nothing() -> None:
    record = make_record(profile={"given_name": "New"})

    found = plan(record, make_snapshot(make_user(is_protected=True)), Mode.UPDATE)

    assert (found.action, list_codes(found)) == (Action.FAIL, ["protected_account"])
    assert not found.profile


def make_duplicate(kind: str, value: str) -> dict[int, Duplicate]:
    return {5: Duplicate(2, digest_key(Key(kind, value), OPTIONS.salt))}


def test_plan_for_repeated_subject_is_skipped_and_names_the_row() -> None:
    found = plan(make_record(), make_snapshot(duplicates=make_duplicate("subject_id", "u1")))

    assert (found.action, list_codes(found)) == (Action.SKIP, ["repeated_in_file"])
    assert found.problems[0].params["row"] == 2


@pytest.mark.parametrize("mode", [Mode.SKIP, Mode.UPDATE])
def test_plan_for_two_with_an_id_made_of_one_address_needs_a_decision(mode: Mode) -> None:
    values = {"subject_id": "u1", "profile": {"email": "a@example.com"}}
    record = RecordWithMadeId.model_validate(values)
    keys = list(list_keys(record, frozenset()))
    snapshot = make_snapshot(duplicates=make_duplicate(*keys[0]))

    found = plan(record, snapshot, mode)

    assert [key.kind for key in keys] == ["email", "subject_id"]
    assert (found.action, list_codes(found)) == (Action.FAIL, ["duplicate_in_file"])
    assert found.problems[0].params == {"row": 2, "what": "e-mail address"}


def test_plan_for_repeated_subject_in_fail_mode_fails() -> None:
    snapshot = make_snapshot(duplicates=make_duplicate("subject_id", "u1"))

    assert plan(make_record(), snapshot, Mode.FAIL).action is Action.FAIL


def test_plan_for_repeated_email_of_another_subject_fails_and_names_the_row() -> None:
    snapshot = make_snapshot(duplicates=make_duplicate("email", "a@example.com"))

    found = plan(make_record(profile={"email": "a@example.com"}), snapshot)

    assert found.action is Action.FAIL
    assert found.problems[0].message == "Row 2 comes first and has the same e-mail address."


def test_update_writes_only_what_differs() -> None:
    existing = make_user(profile={"given_name": "Ann", "family_name": "Old"})
    record = make_record(profile={"given_name": "Ann", "family_name": "New"})

    found = plan(record, make_snapshot(existing), Mode.UPDATE)

    assert found.profile == {"family_name": "New"}
    assert [(c.field, c.old, c.new) for c in found.changes] == [
        ("profile.family_name", "Old", "New")
    ]


def test_update_leaves_what_the_record_does_not_have() -> None:
    existing = make_user(profile={"given_name": "Ann"}, attributes={"team": "a"}, has_totp=True)

    found = plan(make_record(), make_snapshot(existing), Mode.UPDATE)

    assert list_codes(found) == ["unchanged"]


def test_update_with_new_phone_takes_the_verification_back() -> None:
    existing = make_user(profile={"phone": "+441632960001", "phone_verified": True})
    record = make_record(profile={"phone": "+441632960002"})

    found = plan(record, make_snapshot(existing), Mode.UPDATE)

    assert found.profile == {"phone": "+441632960002", "phone_verified": False}


def test_update_merges_attributes() -> None:
    existing = make_user(attributes={"team": "a", "desk": "1"})

    found = plan(
        make_record(profile={"attributes": {"team": "b"}}), make_snapshot(existing), Mode.UPDATE
    )

    assert found.attributes == {"team": "b", "desk": "1"}


def make_plain(word: str) -> dict[str, Any]:
    return {"password": {"plaintext": word}}


def test_update_keeps_a_password_chosen_here() -> None:
    existing = make_user(password_is_own=True)

    found = plan(make_record(authenticators=make_plain("x")), make_snapshot(existing), Mode.UPDATE)

    assert found.plaintext is None
    assert list_codes(found) == ["unchanged", "password_kept"]


def test_update_replaces_an_imported_password_and_shows_no_secret() -> None:
    found = plan(
        make_record(authenticators=make_plain("correct horse")),
        make_snapshot(make_user()),
        Mode.UPDATE,
    )

    assert found.plaintext == "correct horse"
    assert "correct horse" not in repr(found)


def test_must_change_expires_the_password() -> None:
    record = make_record(authenticators={"password": {"must_change": True}})

    assert plan(record, make_snapshot()).password_expires_at == EXPIRED


def test_update_adds_logins_and_keeps_those_there() -> None:
    existing = make_user(logins={("google", "1")})
    record = make_record(
        authenticators={
            "external_logins": [
                {"provider": "google", "subject": "1"},
                {"provider": "github", "subject": "2"},
            ]
        }
    )

    found = plan(record, make_snapshot(existing), Mode.UPDATE)

    assert [(login.provider, login.subject) for login in found.logins] == [("github", "2")]


def test_update_keeps_the_authenticator_app_that_works() -> None:
    record = make_record(authenticators={"totp": {"secret": "JBSWY3DPEHPK3PXP"}})

    found = plan(record, make_snapshot(make_user(has_totp=True)), Mode.UPDATE)

    assert found.totp is None


def test_update_adds_memberships_that_are_missing() -> None:
    existing = make_user(role_ids={1})
    snapshot = make_snapshot(existing, roles={"a": Grant(1), "b": Grant(2)})

    found = plan(make_record(memberships={"roles": ["a", "b"]}), snapshot, Mode.UPDATE)

    assert found.role_ids == [2]


def test_update_verifies_an_address_but_never_unverifies_one() -> None:
    existing = make_user(
        profile={"email": "a@example.com"},
        emails={"a@example.com": True, "b@example.com": False},
    )
    record = make_record(
        profile={
            "email": "a@example.com",
            "email_verified": False,
            "emails": [{"email": "b@example.com", "verified": True}],
        }
    )

    found = plan(record, make_snapshot(existing), Mode.UPDATE)

    assert found.verified_emails == ["b@example.com"]
