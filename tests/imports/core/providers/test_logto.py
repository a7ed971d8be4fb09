"""Logto's users: digests by algorithm, phones without a plus, identities by target."""

import pytest

from imports.core.providers.systems.logto import normalise


@pytest.mark.parametrize(
    ("algorithm", "hash_format", "parameters"),
    [
        ("Argon2i", "argon2", None),
        ("Argon2id", "argon2", None),
        ("Bcrypt", "bcrypt", None),
        ("Legacy", "logto_legacy", None),
        ("MD5", "digest", {"algorithm": "md5"}),
        ("SHA1", "digest", {"algorithm": "sha1"}),
        ("SHA256", "digest", {"algorithm": "sha256"}),
    ],
)
def test_digest_is_read_by_its_algorithm(algorithm, hash_format, parameters):
    values = normalise({"passwordDigest": "x", "passwordAlgorithm": algorithm}, {})
    assert values["(hash format)"] == hash_format
    assert values.get("(hash parameters)") == parameters


def test_columns_of_the_table_are_read_too():
    values = normalise({"passwordEncrypted": "x", "passwordEncryptionMethod": "Bcrypt"}, {})
    assert (values["(password hash)"], values["(hash format)"]) == ("x", "bcrypt")


def test_legacy_list_is_written_as_text():
    values = normalise({"passwordDigest": ["md5", ["@"], "x"], "passwordAlgorithm": "Legacy"}, {})
    assert values["(password hash)"] == '["md5",["@"],"x"]'


@pytest.mark.parametrize("given", ["441632960001", "+441632960001"])
def test_phone_gets_its_plus(given):
    assert normalise({"primaryPhone": given}, {})["(phone)"] == "+441632960001"


def test_suspended_user_is_disabled():
    assert normalise({"isSuspended": True}, {})["(active)"] is False
    assert normalise({"isSuspended": False}, {})["(active)"] is True
    assert "(active)" not in normalise({}, {})
