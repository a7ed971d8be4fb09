"""Cognito's quirks: lists of attributes, made-up user names, identities as JSON text."""

import json

import pytest

from imports.core.providers.systems.cognito import normalise, recognise

SUB = "14d7ce56-919b-5b48-9b89-4d5b3410c7cb"


def make_user(username, status="CONFIRMED", **attributes):
    pairs = [{"Name": name, "Value": value} for name, value in attributes.items()]
    return {"Username": username, "UserStatus": status, "Attributes": pairs}


def test_attributes_become_columns_and_custom_ones_get_a_name_of_their_own():
    user = make_user("ada", sub=SUB, email="ada@example.com")
    user["Attributes"].append({"Name": "custom:tier", "Value": "gold"})
    found = normalise(user, {})
    assert found["email"] == "ada@example.com"
    assert found["custom"] == {"tier": "gold"}
    assert "Attributes" not in found


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        (make_user("ada", sub=SUB), "ada"),
        (make_user(SUB, sub=SUB), None),
        (make_user("0a1b2c3d-0000-4000-8000-000000000001", sub=SUB), None),
        (make_user("Google_1", "EXTERNAL_PROVIDER", sub=SUB), None),
        (make_user(SUB, sub=SUB, preferred_username="ada"), "ada"),
        ({"cognito:username": "ada"}, "ada"),
    ],
)
def test_user_name_is_carried_unless_cognito_made_it(user, expected):
    assert normalise(user, {}).get("(user name)") == expected


@pytest.mark.parametrize(
    ("user", "expected"),
    [(make_user("ada", sub=SUB), SUB), ({"cognito:username": "ada"}, "ada"), ({}, None)],
)
def test_subject_is_sub_or_else_the_user_name(user, expected):
    assert normalise(user, {}).get("(subject id)") == expected


def test_identities_are_named_by_their_kind_or_else_by_the_pool():
    identities = [
        {"userId": "1", "providerName": "Google", "providerType": "Google"},
        {"userId": "2", "providerName": "Apple", "providerType": "SignInWithApple"},
        {"userId": "a@acme.example", "providerName": "acme", "providerType": "SAML"},
    ]
    found = normalise(make_user("x", identities=json.dumps(identities)), {})
    assert found["(external logins)"] == [
        {"provider": "google", "subject": "1"},
        {"provider": "apple", "subject": "2"},
        {"provider": "acme", "subject": "a@acme.example"},
    ]


def test_damaged_identities_cost_nothing_else():
    found = normalise(make_user("ada", identities="[{", email="ada@example.com"), {})
    assert "(external logins)" not in found
    assert found["email"] == "ada@example.com"


def test_table_with_openid_claims_is_not_cognitos():
    row = {"sub": SUB, "email": "ada@example.com", "email_verified": "true", "name": "Ada"}
    assert recognise(list(row), [row]) is None
