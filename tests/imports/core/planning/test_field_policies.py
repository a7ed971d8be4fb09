"""Policies of single fields: which there are, and what each does to an existing user."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.planning.conflicts import Mode, PolicyError
from imports.core.planning.field_policies import (
    GROUPS,
    POSSIBLE,
    FieldPolicy,
    build_policies,
    list_possible,
)
from imports.core.planning.plans import Action, Grant, Plan
from tests.imports.core.planning.test_planning import (
    list_codes,
    make_options,
    make_record,
    make_snapshot,
    make_user,
    plan_one,
)

LAST_CHANGE = datetime(2024, 1, 1, tzinfo=UTC)
NEWER, OLDER = LAST_CHANGE + timedelta(days=1), LAST_CHANGE - timedelta(days=1)


def update(fields: dict[str, str], user: dict[str, Any], **parts: Any) -> Plan:
    grants = {"roles": {"a": Grant(1), "b": Grant(2)}, "groups": {}}
    snapshot = make_snapshot(make_user(**user), **grants)
    return plan_one(5, make_record(**parts), snapshot, make_options(Mode.UPDATE, fields=fields))


@pytest.mark.parametrize(
    ("policy", "old", "changed_at", "expected"),
    [
        ("overwrite", "Ann", None, {"given_name": "New"}),
        ("fill", "Ann", None, {}),
        ("fill", "", None, {"given_name": "New"}),
        ("newer", "Ann", NEWER, {"given_name": "New"}),
        ("newer", "Ann", OLDER, {}),
        ("newer", "Ann", LAST_CHANGE, {}),
        ("newer", "Ann", None, {}),
        ("newer", "", OLDER, {}),
        ("keep", "", None, {}),
    ],
)
def test_value_is_written_as_its_policy_says(
    policy: str, old: str, changed_at: datetime | None, expected: dict[str, str]
) -> None:
    found = update(
        {"profile.given_name": policy},
        {"profile": {"given_name": old}},
        profile={"given_name": "New", "updated_at": changed_at},
    )

    assert found.profile == expected
    assert ("fields_kept" in list_codes(found)) is (not expected)


def test_a_field_left_as_it_is_is_named() -> None:
    found = update({"profile": "keep"}, {}, profile={"given_name": "New", "locale": "en"})

    assert (found.action, list_codes(found)) == (Action.SKIP, ["unchanged", "fields_kept"])
    assert found.problems[1].params == {"fields": "profile.given_name, profile.locale"}


def test_policy_of_a_field_counts_before_that_of_its_group() -> None:
    found = update(
        {"profile": "keep", "profile.locale": "overwrite"},
        {},
        profile={"given_name": "New", "locale": "en"},
    )

    assert found.profile == {"locale": "en"}


def test_union_joins_lists_and_objects_of_attributes() -> None:
    found = update(
        {"profile.attributes": "union"},
        {"attributes": {"tags": ["a", "b"], "flags": {"x": 1}, "size": 1, "kept": True}},
        profile={"attributes": {"tags": ["b", "c"], "flags": {"y": 2}, "size": 2}},
    )

    assert found.attributes == {
        "tags": ["a", "b", "c"],
        "flags": {"x": 1, "y": 2},
        "size": 2,
        "kept": True,
    }


def test_policy_of_one_attribute_counts_before_that_of_all() -> None:
    found = update(
        {"profile.attributes": "keep", "profile.attributes.team": "overwrite"},
        {"attributes": {"team": "a", "size": 1}},
        profile={"attributes": {"team": "b", "size": 2}},
    )

    assert found.attributes == {"team": "b", "size": 1}


@pytest.mark.parametrize(("policy", "expected"), [("union", [2]), ("fill", []), ("keep", [])])
def test_memberships_are_added_as_their_policy_says(policy: str, expected: list[int]) -> None:
    found = update({"memberships": policy}, {"role_ids": {1}}, memberships={"roles": ["a", "b"]})

    assert found.role_ids == expected


@pytest.mark.parametrize(
    ("policy", "user", "is_written"),
    [
        ("unless_used", {"password_is_own": False}, True),
        ("unless_used", {"password_is_own": True}, False),
        ("overwrite", {"password_is_own": True}, True),
        ("fill", {"password": "!"}, True),
        ("fill", {"password": "md5$$x"}, False),
        ("keep", {"password": "!"}, False),
    ],
)
def test_password_is_written_as_its_policy_says(
    policy: str, user: dict[str, Any], is_written: bool
) -> None:
    found = update(
        {"authenticators.password": policy},
        user,
        authenticators={"password": {"plaintext": "correct horse"}},
    )

    assert (found.plaintext is not None) is is_written


def test_password_of_a_user_who_has_signed_in_is_kept_by_default() -> None:
    found = update(
        {}, {"password_is_own": True}, authenticators={"password": {"plaintext": "correct horse"}}
    )

    assert "password_kept" in list_codes(found)


def test_address_that_the_policy_refuses_does_not_become_a_further_one() -> None:
    found = update(
        {"profile.email": "keep"},
        {"profile": {"email": "old@example.com"}, "emails": {"old@example.com": True}},
        profile={"email": "new@example.com", "emails": [{"email": "more@example.com"}]},
    )

    assert found.profile == {}
    assert found.new_emails == {"more@example.com": False}


def test_verified_phone_is_not_written_for_a_number_that_the_policy_refuses() -> None:
    found = update(
        {"profile.phone": "keep"},
        {"profile": {"phone": "+441632960001"}},
        profile={"phone": "+441632960002", "phone_verified": True},
    )

    assert found.profile == {}


@pytest.mark.parametrize(
    ("path", "policy", "words"),
    [
        ("profile.nickname", "keep", "profile.given_name"),
        ("subject_id", "keep", "no policy of its own"),
        ("memberships.roles", "overwrite", "never taken away"),
        ("profile.email", "union", "Possible: overwrite, fill, newer, keep"),
        ("profile.email", "sometimes", "Possible: overwrite, fill, newer, keep"),
    ],
)
def test_policy_that_a_field_cannot_have_is_refused_in_words(
    path: str, policy: str, words: str
) -> None:
    with pytest.raises(PolicyError, match=words):
        build_policies({path: policy})


@given(
    st.dictionaries(
        st.sampled_from([*POSSIBLE, *GROUPS]), st.sampled_from(FieldPolicy), max_size=6
    ),
    st.sampled_from([None, OLDER, NEWER]),
)
def test_whatever_is_chosen_an_update_planned_again_on_its_result_changes_nothing(
    chosen: dict[str, FieldPolicy], changed_at: datetime | None
) -> None:
    fields = {path: policy for path, policy in chosen.items() if policy in list_possible(path)}
    profile = {"given_name": "New", "locale": "en", "updated_at": changed_at}
    first = update(fields, {"profile": {"given_name": "Ann"}}, profile=profile)
    after = {"profile": {"given_name": "Ann"} | first.profile}

    second = update(fields, after, profile=profile)

    assert second.action is Action.SKIP
