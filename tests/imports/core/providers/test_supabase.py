"""Supabase's quirks: PostgreSQL's timestamps, numbers without a plus, logins in three places."""

import json

import pytest

from imports.core.providers.systems.supabase import excludes, normalise, recognise


def make_user(**fields):
    return {"id": "4ed5", "email": "ada@example.com", **fields}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-31 09:30:00.12+00", "2024-05-31 09:30:00.12+00:00"),
        ("2024-05-31T09:30:00Z", "2024-05-31T09:30:00Z"),
        ("null", None),
        (r"\N", None),
    ],
)
def test_cell_of_postgresql_is_made_readable(text, expected):
    assert normalise(make_user(created_at=text), {})["created_at"] == expected


@pytest.mark.parametrize(
    ("phone", "expected"), [("441632960001", "+441632960001"), ("+44163", "+44163"), ("", None)]
)
def test_phone_number_gets_its_plus_sign(phone, expected):
    assert normalise(make_user(phone=phone), {}).get("(phone)") == expected


@pytest.mark.parametrize(
    ("until", "active"),
    [
        ("2125-01-01 00:00:00+00", False),
        ("infinity", False),
        ("2020-01-01 00:00:00+00", True),
        ("2020-01-01T00:00:00", True),
        ("-infinity", True),
        ("null", True),
    ],
)
def test_user_is_active_unless_a_ban_still_holds(until, active):
    assert normalise(make_user(banned_until=until), {})["(active)"] is active


def test_login_is_read_from_the_identities_whatever_the_metadata_say():
    identities = [
        {"provider": "google", "provider_id": "1", "identity_data": {"email": "a@example.com"}},
        {"provider": "email", "provider_id": "4ed5"},
        {"provider": "sso:7c1f", "identity_data": {"sub": "ada"}},
        {"provider": "github", "id": "583231"},
    ]
    user = make_user(identities=json.dumps(identities), raw_user_meta_data='{"provider_id":"x"}')
    assert normalise(user, {})["(external logins)"] == [
        {"provider": "google", "subject": "1", "display_name": "a@example.com"},
        {"provider": "7c1f", "subject": "ada"},
        {"provider": "github", "subject": "583231"},
    ]


def test_only_login_is_read_from_the_metadata():
    user = make_user(
        raw_app_meta_data='{"providers":["email","google"]}',
        raw_user_meta_data='{"provider_id":"110248495921238986420"}',
    )
    assert normalise(user, {})["(external logins)"] == [
        {"provider": "google", "subject": "110248495921238986420"}
    ]


def test_logins_whose_ids_are_elsewhere_are_named_and_none_is_guessed():
    user = make_user(
        raw_app_meta_data='{"providers":["email","google","github"]}',
        raw_user_meta_data='{"provider_id":"1"}',
    )
    found = normalise(user, {})
    assert "(external logins)" not in found
    assert found["(not carried)"] == "google, github"


def test_sub_in_the_metadata_of_an_email_user_is_no_login():
    user = make_user(
        raw_app_meta_data='{"providers":["email","google"]}', raw_user_meta_data='{"sub":"4ed5"}'
    )
    assert "(external logins)" not in normalise(user, {})


def test_factor_that_was_never_verified_is_no_authenticator_app():
    factors = [
        {"factor_type": "totp", "status": "unverified", "secret": "AAAA"},
        {"factor_type": "phone", "status": "verified"},
        {"factor_type": "totp", "status": "verified", "secret": "BBBB", "friendly_name": "Phone"},
    ]
    found = normalise(make_user(mfa_factors=factors), {})
    assert (found["(authenticator app)"], found["(authenticator app name)"]) == ("BBBB", "Phone")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"deleted_at": "2024-01-01 00:00:00+00"}, "deleted"),
        ({"is_anonymous": "true"}, "anonymous"),
        ({"is_anonymous": True}, "anonymous"),
        ({"is_anonymous": "false", "deleted_at": "null"}, ""),
    ],
)
def test_deleted_and_anonymous_users_are_excluded(fields, reason):
    found = excludes(normalise(make_user(**fields), {}))
    assert reason in found
    assert bool(found) is bool(reason)


def test_table_with_a_hash_column_of_that_name_alone_is_not_supabases():
    row = make_user(encrypted_password="x", created_at="2024-01-01")  # as Devise has
    assert recognise(list(row), [row]) is None
