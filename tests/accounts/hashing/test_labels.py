"""What a column calls the format of the hashes beside it: read, or said to be unclear."""

from __future__ import annotations

import hashlib

import pytest

from accounts.hashing.labels import MEANINGS, explain_label, read_label
from accounts.hashing.registry import FORMATS

BCRYPT = "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr."
SHA256 = hashlib.sha256(b"secret").hexdigest()
NT = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("label", ["BCRYPT", "Blowfish", "sha256", "whirlpool", "anything"])
def test_value_that_states_its_format_needs_no_label(label: str) -> None:
    assert read_label(BCRYPT, label, {}) == ("", {})


@pytest.mark.parametrize("label", ["SHA-256", "sha256", "SHA_256", "Sha 256"])
def test_name_of_a_digest_is_told_in_the_parameters(label: str) -> None:
    declared, params = read_label(SHA256, label, {"salt": "abc"})
    assert (declared, params) == ("", {"salt": "abc", "algorithm": "sha256"})


@pytest.mark.parametrize(
    ("value", "label", "known"),
    [
        (NT, "NT-Hash", "ntlm"),
        (NT, "unsalted MD5", "unsalted_md5"),
        ("AQAAAA", "digest", "digest"),
        (SHA256, "LDAP", "ldap"),
    ],
)
def test_label_of_one_meaning_is_its_format(value: str, label: str, known: str) -> None:
    assert read_label(value, label, {})[0] == known


@pytest.mark.parametrize("label", ["scrypt", "PBKDF2-SHA256", "hmac", "nonsense"])
def test_label_that_does_not_tell_stays(label: str) -> None:
    assert read_label("ab" * 50, label, {})[0] == label


def test_label_of_several_functions_names_the_systems() -> None:
    said = explain_label("Scrypt")
    assert "Firebase" in said
    assert "Werkzeug" in said
    assert said.endswith("Choose a password preset or a format on the mapping page.")


@pytest.mark.parametrize("label", ["whirlpool", "Whirlpool-T"])
def test_function_that_no_library_computes_is_refused_by_name(label: str) -> None:
    assert f"Hashes of “{label}” cannot be verified here" in explain_label(label)


def test_every_meaning_is_a_format() -> None:
    assert {each for meant in MEANINGS.values() for each in meant} <= set(FORMATS)
