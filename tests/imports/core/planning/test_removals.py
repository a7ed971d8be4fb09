"""What a change takes away from a user, and what it may not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from accounts.authority import CHANGE_USER, Actor, Authority
from imports.core.planning.before_images import take_before_image
from imports.core.planning.conflicts import Mode
from imports.core.planning.planner import plan_record
from imports.core.planning.plans import Action, ExistingUser, Grant, Plan, PlanOptions
from imports.core.records.keys import key_record
from imports.core.records.removals import NOTHING, Removals, find_removals
from tests.imports.core.planning.test_planning import (
    list_codes,
    make_options,
    make_record,
    make_snapshot,
    make_user,
)

UPDATE = make_options(Mode.UPDATE)
USER = make_user(
    profile={"email": "a@example.com", "phone": "+441632960001", "display_name": "Ann"},
    attributes={"badge": "7", "team": "x"},
    emails={"a@example.com": True, "b@example.com": False},
    group_ids={1},
    role_ids={2},
)


def plan(
    removals: Removals,
    options: PlanOptions = UPDATE,
    user: ExistingUser = USER,
    record: Any = None,
    **found: Any,
) -> Plan:
    grants = {"groups": {"staff": Grant(1)}, "roles": {"editor": Grant(2)}, **found}
    keyed = key_record(record or make_record(), options.unique_attributes, removals)
    return plan_record(5, keyed, make_snapshot(user, **grants), options)


def test_removals_are_what_the_later_record_lacks() -> None:
    before = make_record(
        profile={
            "display_name": "Ann",
            "email": "A@example.com",
            "emails": ["b@example.com"],
            "active": False,
            "attributes": {"badge": "7", "team": "x"},
        },
        memberships={"groups": ["staff", "crew"], "roles": ["editor"]},
    )
    after = make_record(
        profile={"email": "b@example.com", "attributes": {"team": "y"}},
        memberships={"groups": ["crew"]},
    )

    assert find_removals(before, after) == Removals(
        fields=("display_name",),
        attributes=("badge",),
        emails=("a@example.com",),
        groups=("staff",),
        roles=("editor",),
    )
    assert find_removals(after, after) == NOTHING


def test_everything_that_is_gone_is_taken_away_and_kept_for_an_undo() -> None:
    found = plan(
        Removals(
            fields=("display_name", "phone", "email"),
            attributes=("badge",),
            emails=("a@example.com", "b@example.com"),
            groups=("staff",),
            roles=("editor",),
        )
    )

    assert found.action is Action.UPDATE
    assert found.cleared == {"display_name": "", "phone": None, "email": None}
    assert (found.attributes, found.released_attributes) == ({"team": "x"}, ["badge"])
    assert found.lost_emails == ["a@example.com", "b@example.com"]
    assert (found.lost_group_ids, found.lost_role_ids) == ([1], [2])
    image = take_before_image(found, USER)
    assert image["values"]["phone"] == ("+441632960001", None)
    assert image["claims"] == ["badge"]
    assert image["lost"] == {
        "emails": [("a@example.com", True), ("b@example.com", False)],
        "groups": [1],
        "roles": [2],
    }


def test_an_address_that_is_the_primary_one_now_stays() -> None:
    record = make_record(profile={"email": "b@example.com"})

    found = plan(Removals(emails=("a@example.com", "b@example.com")), record=record)

    assert found.lost_emails == ["a@example.com"]


@pytest.mark.parametrize(
    "removals",
    [
        NOTHING,
        Removals(fields=("family_name",)),
        Removals(attributes=("other",)),
        Removals(emails=("c@example.com",)),
        Removals(groups=("unknown",)),
    ],
)
def test_what_the_user_does_not_have_changes_nothing(removals: Removals) -> None:
    assert list_codes(plan(removals)) == ["unchanged"]


@pytest.mark.parametrize(
    ("path", "removals"),
    [
        ("profile.phone", Removals(fields=("phone",))),
        ("profile.attributes", Removals(attributes=("team",))),
        ("profile.emails", Removals(emails=("b@example.com",))),
        ("memberships.groups", Removals(groups=("staff",))),
    ],
)
def test_a_field_that_is_never_touched_keeps_its_value(path: str, removals: Removals) -> None:
    found = plan(removals, make_options(Mode.UPDATE, fields={path: "keep"}))

    assert list_codes(found) == ["unchanged", "fields_kept"]


def test_what_somebody_signs_in_with_stays_without_the_permission() -> None:
    options = replace(UPDATE, authority=Authority((Actor("Cleo", frozenset({CHANGE_USER})),)))

    found = plan(
        Removals(fields=("phone",), emails=("b@example.com",)),
        options,
        replace(USER, password_is_own=True),
    )

    assert (found.cleared, list_codes(found)[-1]) == ({}, "credentials_kept")


def test_a_group_beyond_the_rights_of_who_prepared_it_is_not_left() -> None:
    found = plan(Removals(groups=("staff",)), groups={"staff": Grant(1, lacking="Cleo")})

    assert (found.action, list_codes(found)) == (Action.FAIL, ["group_not_grantable"])
