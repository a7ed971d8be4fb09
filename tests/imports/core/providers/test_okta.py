"""Okta's quirks: states, a password in three forms, languages with an underscore."""

import json

import pytest

from imports.core.providers.systems.okta import PROVIDER, normalise, recognise


@pytest.mark.parametrize(
    ("status", "active", "must_change"),
    [
        ("ACTIVE", True, None),
        ("LOCKED_OUT", True, None),
        ("PASSWORD_EXPIRED", True, True),
        ("STAGED", False, None),
        ("SUSPENDED", False, None),
        ("DEPROVISIONED", False, None),
        ("on leave", "on leave", None),  # not one of Okta's: the dry run asks what it means
        ("", None, None),
    ],
)
def test_state_decides_whether_a_user_is_active(status, active, must_change):
    found = normalise({"status": status}, {})
    assert found.get("(active)") == active
    assert found.get("(must change)") is must_change


def test_hash_is_given_whole_with_salt_and_cost():
    given = {"algorithm": "BCRYPT", "workFactor": 10, "salt": "s", "value": "v"}
    found = normalise({"credentials": {"password": {"hash": given}}}, {})
    assert json.loads(found["(password hash)"]) == given
    assert found["(hash format)"] == "okta_password_hash"
    assert "password" not in found["credentials"]


def test_password_that_a_hook_knows_is_reported():
    found = normalise({"credentials": {"password": {"hook": {"type": "default"}}}}, {})
    assert found["(not carried)"] == "password import hook"


@pytest.mark.parametrize(
    ("emails", "expected"),
    [
        ([{"value": "ADA@example.com", "status": "VERIFIED"}], True),
        ([{"value": "ada@example.com", "status": "UNVERIFIED"}], False),
        ([{"value": "other@example.com", "status": "VERIFIED"}], None),
        (None, None),
    ],
)
def test_address_is_verified_when_the_credentials_say_so_of_it(emails, expected):
    user = {"profile": {"email": "ada@example.com"}, "credentials": {"emails": emails}}
    assert normalise(user, {}).get("(email verified)") is expected


def test_locale_is_written_as_bcp_47_in_both_shapes():
    assert normalise({"locale": "en_US"}, {})["locale"] == "en-US"
    assert normalise({"profile": {"locale": "en_US"}}, {})["profile"] == {"locale": "en-US"}


def test_columns_of_the_template_go_where_those_of_the_profile_do():
    assert PROVIDER.find_preset("lastName") is PROVIDER.presets["profile.lastName"]
    assert PROVIDER.find_preset("favouriteColour") is None


def test_list_of_employees_with_a_login_is_not_oktas():
    row = dict.fromkeys(["login", "first_name", "last_name", "email", "division", "manager_id"])
    assert recognise(list(row), [row]) is None
