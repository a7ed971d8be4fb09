"""Nextcloud's users: what the tables beside oc_users and the list of occ add."""

import json

import pytest

from imports.core.providers.systems.nextcloud import PROVIDER, normalise

ACCOUNT = {
    "email": {"value": "ada@example.com", "scope": "v2-local", "verified": "2"},
    "twitter": {"value": "@ada", "scope": "v2-local", "verified": "0"},
}


def test_oc_accounts_gives_the_verified_address_and_says_what_is_lost():
    values = normalise({"uid": "ada", "data": json.dumps(ACCOUNT)}, {})

    assert (values["(email)"], values["(email verified)"]) == ("ada@example.com", True)
    assert values["(user name)"] == "ada"
    assert values["(not carried)"] == ["twitter in oc_accounts"]


@pytest.mark.parametrize(("value", "active"), [("false", False), ("true", True)])
def test_oc_preferences_says_who_may_sign_in(value, active):
    preference = {"userid": "ada", "appid": "core", "configkey": "enabled", "configvalue": value}

    assert normalise({"uid": "ada", "preferences": [preference]}, {})["(active)"] is active


def test_table_of_two_columns_is_not_one_of_nextcloud_without_its_properties():
    rows = [{"uid": "ada", "data": json.dumps({"email": "ada@example.com"})}]

    assert PROVIDER.recognise(["uid", "data"], rows) is None
