"""The conflict table: what each cell does, which cells there are, and what a resolver may say."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from fido2 import cbor
from fido2.utils import websafe_encode

from imports.core.planning.conflicts import (
    PRESETS,
    Conflict,
    Mode,
    PolicyError,
    Reason,
    Resolution,
    build_table,
    list_resolutions,
)
from imports.core.planning.planner import plan_concurrent
from imports.core.planning.plans import Action, Grant, Plan
from imports.core.problems.conflict_kinds import KINDS, ConflictKind
from imports.core.records.keys import Key
from tests.imports.core.planning.test_planning import (
    list_codes,
    make_duplicate,
    make_options,
    make_record,
    make_snapshot,
    make_user,
    plan_one,
)

TOTP = {"totp": {"secret": "JBSWY3DPEHPK3PXP"}}
COSE_KEY = {1: 2, 3: -7, -1: 1, -2: bytes(31) + b"\x01", -3: bytes(31) + b"\x02"}
PUBLIC_KEY = websafe_encode(cbor.encode(COSE_KEY))
PASSKEY = {"passkeys": [{"credential_id": "AQID", "public_key": PUBLIC_KEY}]}
GOOGLE = {"external_logins": [{"provider": "google", "subject": "9"}]}


def meet(reason: Reason, resolution: Resolution, **options: Any) -> Plan:
    """Plan a record that meets a conflict for one reason, with this resolution for it."""
    overwrite = {} if reason is Reason.PROFILE_EXISTS else {"profile_exists": "overwrite"}
    table = {**overwrite, reason.value: resolution.value}
    chosen = make_options(table=table, **options)
    user = make_user(has_totp=True, role_ids={1})
    grants = {"roles": {"a": Grant(1), "b": Grant(2)}}
    match reason:
        case Reason.PROFILE_EXISTS:
            record = make_record(profile={"given_name": "New"})
            return plan_one(5, record, make_snapshot(user), chosen)
        case Reason.MATCH_UNVERIFIED:
            email = {"email": "a@example.com"}
            matches = {Key("email", "a@example.com"): "u1"}
            record = make_record(profile={**email, "given_name": "New"})
            found = make_snapshot(make_user(profile=email), matches=matches)
            return plan_one(5, record, found, replace(chosen, matching_key="email"))
        case Reason.VALUE_TAKEN:
            owners = {Key("email", "a@example.com"): "u2"}
            record = make_record(profile={"email": "a@example.com"})
            return plan_one(5, record, make_snapshot(owners=owners), chosen)
        case Reason.AUTHENTICATOR_TAKEN:
            owners = {Key("login", "google\x009"): "u2"}
            record = make_record(authenticators=GOOGLE)
            return plan_one(5, record, make_snapshot(owners=owners), chosen)
        case Reason.AUTHENTICATOR_EXISTS:
            record = make_record(authenticators=TOTP, profile={"given_name": "New"})
            return plan_one(5, record, make_snapshot(user), chosen)
        case Reason.MEMBERSHIP_EXISTS:
            record = make_record(memberships={"roles": ["a", "b"]})
            return plan_one(5, record, make_snapshot(user, **grants), chosen)
    return plan_concurrent(5, "u1", chosen)


CELLS = [
    ("profile_exists", "skip", Action.SKIP, ["profile_exists"]),
    ("profile_exists", "overwrite", Action.UPDATE, []),
    ("profile_exists", "fail", Action.FAIL, ["profile_exists_failed"]),
    ("profile_exists", "stop", Action.FAIL, ["profile_exists_failed", "job_stopped"]),
    ("match_unverified", "skip", Action.SKIP, ["match_unverified_skipped"]),
    ("match_unverified", "overwrite", Action.UPDATE, ["match_unverified_overwritten"]),
    ("match_unverified", "fail", Action.FAIL, ["match_unverified"]),
    ("match_unverified", "stop", Action.FAIL, ["match_unverified", "job_stopped"]),
    ("value_taken", "skip", Action.SKIP, ["value_taken_skipped"]),
    ("value_taken", "fail", Action.FAIL, ["value_taken"]),
    ("value_taken", "stop", Action.FAIL, ["value_taken", "job_stopped"]),
    ("authenticator_taken", "skip", Action.SKIP, ["login_taken_skipped"]),
    ("authenticator_taken", "fail", Action.FAIL, ["login_taken"]),
    ("authenticator_taken", "stop", Action.FAIL, ["login_taken", "job_stopped"]),
    ("authenticator_exists", "skip", Action.UPDATE, ["authenticator_exists"]),
    ("authenticator_exists", "overwrite", Action.UPDATE, ["authenticator_replaced"]),
    ("authenticator_exists", "fail", Action.FAIL, ["authenticator_exists_failed"]),
    (
        "authenticator_exists",
        "stop",
        Action.FAIL,
        ["authenticator_exists_failed", "job_stopped"],
    ),
    ("membership_exists", "skip", Action.UPDATE, ["membership_exists"]),
    ("membership_exists", "fail", Action.FAIL, ["membership_exists_failed"]),
    ("membership_exists", "stop", Action.FAIL, ["membership_exists_failed", "job_stopped"]),
    ("concurrent_change", "skip", Action.SKIP, ["concurrent_change_skipped"]),
    ("concurrent_change", "fail", Action.FAIL, ["concurrent_change"]),
    ("concurrent_change", "stop", Action.FAIL, ["concurrent_change", "job_stopped"]),
]


@pytest.mark.parametrize(("reason", "resolution", "action", "codes"), CELLS)
def test_conflict_is_resolved_as_its_cell_says(
    reason: str, resolution: str, action: Action, codes: list[str]
) -> None:
    found = meet(Reason(reason), Resolution(resolution))

    assert (found.action, list_codes(found)) == (action, codes)
    assert found.stops is (resolution == "stop")


@pytest.mark.parametrize(
    ("parts", "owned", "failed", "skipped"),
    [
        (
            {"profile": {"username": "a@example.com"}},
            Key("email", "a@example.com"),
            "sign_in_name_taken",
            "sign_in_name_taken_skipped",
        ),
        (
            {"authenticators": PASSKEY},
            Key("passkey", "AQID"),
            "passkey_taken",
            "passkey_taken_skipped",
        ),
    ],
    ids=["sign-in name", "passkey"],
)
def test_conflict_has_the_codes_of_what_belongs_to_somebody_else(
    parts: dict[str, Any], owned: Key, failed: str, skipped: str
) -> None:
    record, snapshot = make_record(**parts), make_snapshot(owners={owned: "u2"})

    for resolution, expected in (("fail", failed), ("skip", skipped)):
        table = {"value_taken": resolution, "authenticator_taken": resolution}
        found = plan_one(5, record, snapshot, make_options(table=table))

        assert list_codes(found) == [expected]


def test_every_cell_is_either_tested_or_impossible() -> None:
    possible = {cell for reason in Reason for cell in product([reason], list_resolutions(reason))}

    assert {(reason, resolution) for reason, resolution, *_ in CELLS} == possible
    assert all(
        (reason, table[reason]) in possible for table in PRESETS.values() for reason in Reason
    )


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.reason.value)
def test_kind_of_conflict_says_what_overwriting_comes_to_or_why_it_cannot_be(
    kind: ConflictKind,
) -> None:
    assert bool(kind.overwriting) is not bool(kind.never_overwritten)


@pytest.mark.parametrize(
    "kind",
    [kind for kind in KINDS.values() if kind.never_overwritten],
    ids=lambda kind: kind.reason.value,
)
def test_impossible_cell_is_refused_with_the_reason(kind: ConflictKind) -> None:
    with pytest.raises(PolicyError, match=kind.never_overwritten[:30]):
        build_table(Mode.SKIP, {kind.reason.value: "overwrite"})


def test_every_reason_has_its_row() -> None:
    assert list(KINDS) == list(Reason)


def test_table_with_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(PolicyError, match="authenticator_taken"):
        build_table(Mode.SKIP, {"email_exists": "skip"})


@pytest.mark.parametrize(
    ("reason", "kind", "value", "resolution", "action", "codes"),
    [
        ("profile_exists", "subject_id", "u1", "overwrite", Action.SKIP, ["repeated_in_file"]),
        (
            "profile_exists",
            "subject_id",
            "u1",
            "stop",
            Action.FAIL,
            ["duplicate_in_file", "job_stopped"],
        ),
        (
            "value_taken",
            "email",
            "a@example.com",
            "skip",
            Action.SKIP,
            ["duplicate_in_file_skipped"],
        ),
        ("value_taken", "email", "a@example.com", "fail", Action.FAIL, ["duplicate_in_file"]),
        (
            "authenticator_taken",
            "login",
            "google\x009",
            "skip",
            Action.SKIP,
            ["duplicate_in_file_skipped"],
        ),
    ],
)
def test_duplicate_in_the_file_is_resolved_like_a_conflict_with_the_store(
    reason: str, kind: str, value: str, resolution: str, action: Action, codes: list[str]
) -> None:
    record = make_record(profile={"email": "a@example.com"}, authenticators=GOOGLE)
    snapshot = make_snapshot(duplicates=make_duplicate(kind, value))

    found = plan_one(5, record, snapshot, make_options(table={reason: resolution}))

    assert (found.action, list_codes(found)) == (action, codes)


def test_a_record_that_also_names_a_missing_role_fails_though_its_conflict_is_skipped() -> None:
    owners = {Key("email", "a@example.com"): "u2"}
    record = make_record(profile={"email": "a@example.com"}, memberships={"roles": ["none"]})

    found = plan_one(
        5, record, make_snapshot(owners=owners), make_options(table={"value_taken": "skip"})
    )

    assert found.action is Action.FAIL
    assert list_codes(found) == ["value_taken_skipped", "role_missing"]


def test_overwriting_keeps_the_authenticator_of_a_user_who_has_signed_in() -> None:
    user = make_user(has_totp=True, password_is_own=True)
    options = make_options(Mode.UPDATE, table={"authenticator_exists": "overwrite"})

    found = plan_one(5, make_record(authenticators=TOTP), make_snapshot(user), options)

    assert found.totp is None
    assert list_codes(found) == ["unchanged", "authenticator_exists"]


class Answering:
    """Answers every conflict alike and remembers what it was asked."""

    def __init__(self, answer: Resolution | None) -> None:
        self.answer = answer
        self.asked: list[Conflict] = []

    def resolve(self, conflict: Conflict) -> Resolution | None:
        self.asked.append(conflict)
        return self.answer


def test_resolver_decides_before_the_table() -> None:
    resolver = Answering(Resolution.OVERWRITE)

    found = meet(Reason.PROFILE_EXISTS, Resolution.SKIP, resolver=resolver)

    assert found.action is Action.UPDATE
    assert resolver.asked[0].proposed is Resolution.SKIP


def test_resolver_without_an_answer_leaves_it_to_the_table() -> None:
    found = meet(Reason.PROFILE_EXISTS, Resolution.FAIL, resolver=Answering(None))

    assert found.action is Action.FAIL


def test_resolver_is_told_both_profiles_and_no_secret() -> None:
    resolver = Answering(None)
    record = make_record(
        profile={"given_name": "New", "attributes": {"team": "b"}},
        authenticators={"password": {"plaintext": "s3cret"}, **TOTP},
    )
    user = make_user(profile={"given_name": "Old"}, attributes={"team": "a"}, password="s3cret")

    plan_one(5, record, make_snapshot(user), make_options(resolver=resolver))

    (conflict,) = resolver.asked
    assert conflict.incoming["given_name"] == "New"
    assert conflict.incoming["attributes"] == {"team": "b"}
    assert (conflict.existing["given_name"], conflict.existing["attributes"]) == (
        "Old",
        {"team": "a"},
    )
    assert "s3cret" not in repr(conflict)
    assert "JBSWY3DPEHPK3PXP" not in repr(conflict)


def test_resolver_that_asks_for_the_impossible_is_refused() -> None:
    with pytest.raises(PolicyError, match="value of another user"):
        meet(Reason.VALUE_TAKEN, Resolution.FAIL, resolver=Answering(Resolution.OVERWRITE))


def test_resolver_is_not_asked_about_an_administrator_and_cannot_change_one() -> None:
    resolver = Answering(Resolution.OVERWRITE)
    snapshot = make_snapshot(make_user(is_protected=True))

    found = plan_one(
        5, make_record(profile={"given_name": "X"}), snapshot, make_options(resolver=resolver)
    )

    assert resolver.asked == []
    assert found.action is Action.SKIP
