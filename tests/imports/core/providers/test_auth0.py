"""Auth0's quirks: apostrophes in CSV, identities of many kinds, hashes in three places."""

import json

import pytest

from imports.core.providers.systems.auth0 import PROVIDER, normalise, read_before, recognise

HASH = "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr."


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"user_id": "auth0|60425dc43519d90068f82973"}, "auth0|60425dc43519d90068f82973"),
        ({"user_id": "60425dc43519d90068f82973"}, "auth0|60425dc43519d90068f82973"),
        ({"_id": "60425dc43519d90068f82973"}, "auth0|60425dc43519d90068f82973"),
        ({"_ID": "60425dc43519d90068f82973"}, "auth0|60425dc43519d90068f82973"),
        ({"Id": "google-oauth2|1"}, "google-oauth2|1"),
    ],
)
def test_user_id_is_that_of_the_tokens_in_every_kind_of_file(values, expected):
    assert normalise(values, {})["(user id)"] == expected


def test_apostrophe_of_the_csv_export_is_removed_once():
    found = normalise({"user_id": "'auth0|1", "name": "''t Hooft", "logins_count": "3"}, {})
    assert found["name"] == "'t Hooft"
    assert found["logins_count"] == "3"


def test_apostrophe_of_a_name_in_json_stays():
    assert normalise({"user_id": "auth0|1", "name": "'t Hooft"}, {})["name"] == "'t Hooft"


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        (
            {"provider": "google-oauth2", "connection": "google-oauth2", "user_id": "1"},
            [{"provider": "google", "subject": "1"}],
        ),
        (
            {"provider": "samlp", "connection": "acme", "user_id": "acme|ada@example.com"},
            [{"provider": "acme", "subject": "ada@example.com"}],
        ),
        ({"provider": "github", "connection": "github", "user_id": 583231},
         [{"provider": "github", "subject": "583231"}]),
        ({"provider": "auth0", "connection": "Users", "user_id": "1"}, None),
    ],
)  # fmt: skip
def test_identity_becomes_an_external_login_unless_it_is_a_database_user(identity, expected):
    found = normalise({"user_id": "auth0|1", "identities": [identity]}, {})
    assert found.get("(external logins)") == expected


def test_login_is_read_from_the_user_id_when_the_identities_were_not_exported():
    found = normalise({"user_id": "oidc|acme|00u1", "email": "ada@example.com"}, {})
    assert found["(external logins)"] == [{"provider": "acme", "subject": "00u1"}]


def test_identities_in_columns_of_their_own_are_put_together():
    values = {
        "user_id": "auth0|1",
        "identities[0].provider": "auth0",
        "identities[0].user_id": "1",
        "identities[1].provider": "facebook",
        "identities[1].user_id": "77",
    }
    found = normalise(values, {})
    assert found["(external logins)"] == [{"provider": "facebook", "subject": "77"}]
    assert "identities[1].provider" not in found


def test_passwordless_user_keeps_the_address_that_gets_codes():
    found = normalise({"user_id": "sms|1", "phone_number": "+441632960001"}, {})
    assert found["(addresses for codes)"] == [{"type": "phone", "value": "+441632960001"}]


@pytest.mark.parametrize(
    ("values", "hash_format"),
    [
        ({"password_hash": HASH}, "bcrypt"),
        ({"passwordHash": HASH}, "bcrypt"),
        ({"custom_password_hash": {"algorithm": "md5"}}, "auth0_custom_password_hash"),
        ({}, None),
    ],
)
def test_hash_is_given_with_its_format_wherever_it_is(values, hash_format):
    found = normalise({"email": "ada@example.com", **values}, {})
    assert found.get("(hash format)") == hash_format
    assert ("(password hash)" in found) is bool(hash_format)


def test_custom_hash_is_given_whole_as_json():
    custom = {"algorithm": "sha1", "hash": {"value": "00", "encoding": "hex"}}
    found = normalise({"email": "ada@example.com", "custom_password_hash": custom}, {})
    assert json.loads(found["(password hash)"]) == custom


def test_column_of_the_old_export_extension_goes_where_the_new_one_does():
    preset = PROVIDER.find_preset("Created At")
    assert preset is not None
    assert preset.target == "profile.created_at"


@pytest.mark.parametrize(
    "row",
    [
        {"email": "ada@example.com", "password_hash": HASH},
        {"user_id": "auth0|1", "total": "3"},
        {"email": "ada@example.com", "user_metadata": {"a": 1}, "aud": "authenticated"},
    ],
    ids=["import without anything of its own", "table with ids of Auth0", "Supabase user"],
)
def test_file_that_only_resembles_auth0s_is_not_taken_for_it(row):
    assert recognise(list(row), [row]) is None


def test_hash_joined_with_the_user_is_the_password():
    joined = [{"_id": "1", "passwordHash": HASH}]
    found = normalise({"user_id": "auth0|1", "password_hashes": joined}, {})
    assert (found["(password hash)"], found["(hash format)"]) == (HASH, "bcrypt")
    assert "password_hashes" not in found


def test_what_only_a_program_sends_is_read_from_no_file():
    columns = {
        "(user id)": "p1",
        "(kept)": {"nickname": "a"},
        "(roles)": ["editor"],
        "(password)": "secret",
    }
    file = {"user_id": "p2", "email": "a@example.com", **columns}

    read = normalise(file, {})
    assert read.pop("(user id)") == "auth0|p2"
    assert columns.keys().isdisjoint(read)
    sent = normalise({**file, "(before)": None}, {})
    assert {name: sent[name] for name in columns} == columns


def test_what_a_program_says_was_before_is_a_row_as_it_sends_them():
    before = {"(user id)": "p1", "(roles)": ["editor"]}

    assert normalise(read_before({"(user id)": "p1", "(before)": before}) or {}, {}) == {
        "(user id)": "p1",
        "(roles)": ["editor"],
    }
    assert read_before({"(user id)": "p1", "(before)": None}) is None
