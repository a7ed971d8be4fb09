"""Clerk's quirks: addresses in three columns, the hasher beside the hash, users of the API."""

import pytest

from imports.core.providers.systems.clerk import normalise, recognise


@pytest.mark.parametrize("separator", ["|", ",", ", ", ";"])
def test_primary_address_comes_first_and_the_others_follow(separator):
    found = normalise(
        {
            "primary_email_address": "b@example.com",
            "verified_email_addresses": separator.join(["a@example.com", "b@example.com"]),
            "unverified_email_addresses": "c@example.com",
        },
        {},
    )
    assert (found["(email)"], found["(email verified)"]) == ("b@example.com", True)
    assert found["(further emails)"] == [
        {"email": "c@example.com", "verified": False},
        {"email": "a@example.com", "verified": True},
    ]


def test_address_in_both_lists_is_verified():
    both = dict.fromkeys(["verified_phone_numbers", "unverified_phone_numbers"], "+441632960001")
    assert normalise(both, {})["(phone verified)"] is True


def test_hash_is_given_with_its_hasher():
    found = normalise({"password_digest": "$2a$10$x", "password_hasher": "bcrypt"}, {})
    assert found["(hash format)"] == "clerk_password_digest"
    assert found["(hash parameters)"] == {"hasher": "bcrypt"}


def test_hasher_that_asks_cognito_leaves_no_hash_and_is_reported():
    found = normalise({"password_digest": "awscognito#pool", "password_hasher": "awscognito"}, {})
    assert "password_digest" not in found
    assert "(hash format)" not in found
    assert found["(not carried)"] == "password checked by Cognito"


def test_hashed_backup_codes_are_reported_and_plain_ones_kept():
    found = normalise({"backup_codes": ["4f9a-c27d", "$2a$10$x"]}, {})
    assert found["(backup codes)"] == ["4f9a-c27d"]
    assert found["(not carried)"] == "hashed backup codes"


def test_accounts_of_the_api_become_external_logins():
    accounts = [
        {"provider": "oauth_google", "provider_user_id": "1", "email_address": "a@example.com"},
        {"provider": "oauth_custom_acme", "provider_user_id": "2"},
        {"provider": "oauth_github"},
    ]
    assert normalise({"external_accounts": accounts}, {})["(external logins)"] == [
        {"provider": "google", "subject": "1", "display_name": "a@example.com"},
        {"provider": "custom_acme", "subject": "2"},
    ]


def test_table_with_similar_columns_is_not_clerks():
    row = {"id": "1", "first_name": "A", "password_digest": "x", "totp_secret": "y"}
    assert recognise(list(row), [row]) is None
