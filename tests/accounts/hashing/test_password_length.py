"""One limit on the length of a password, kept before any hash function is entered."""

import pytest
from argon2 import low_level
from django.contrib.auth.hashers import check_password, make_password

from accounts import hashers, hashing
from accounts.hashing.document import list_functions
from accounts.passwords.length import PasswordTooLong, validate_password_length

LONGEST = "p" * hashing.MAXIMUM_PASSWORD_BYTES
TOO_LONG = [
    LONGEST + "p",
    "é" * (hashing.MAXIMUM_PASSWORD_BYTES // 2 + 1),
    "\ud800" * (hashing.MAXIMUM_PASSWORD_BYTES // 3 + 1),
]


@pytest.fixture
def entered(monkeypatch):
    """Record every hash function that is entered; none does its work."""
    names = []

    def record(name, answer):
        def enter(*args, **kwargs):
            names.append(name)
            return answer

        return enter

    for function in list_functions():
        monkeypatch.setattr(function, "matches", record(function.__name__, answer=False))
    for name in ("hash_secret", "hash_secret_raw", "verify_secret"):
        monkeypatch.setattr(low_level, name, record(name, b""))
    monkeypatch.setattr(hashers.Argon2PasswordHasher, "encode", record("argon2", "argon2$"))
    return names


def encode(vector):
    return hashing.encode(vector.format_id, vector.value, vector.params)


def test_verify_longest_password_enters_hash_function(matching, entered, monkeypatch):
    stored = encode(matching)
    entered.clear()
    # Costly rounds that each hash the password again are another limit's concern.
    monkeypatch.setattr(hashing.contract.ParsedHash, "check_cost", lambda *args: None)
    hashing.verify(stored, LONGEST)
    assert len(entered) == 1


@pytest.mark.parametrize("password", [*TOO_LONG, TOO_LONG[0].encode()])
def test_verify_password_too_long_is_false_and_enters_none(matching, entered, password):
    stored = encode(matching)
    entered.clear()
    assert hashing.verify(stored, password) is False
    assert entered == []


@pytest.mark.parametrize("password", TOO_LONG)
def test_check_password_too_long_is_false_and_enters_none(matching, entered, password):
    stored = encode(matching)
    entered.clear()
    assert check_password(password, stored) is False
    assert entered == []


@pytest.mark.parametrize("password", TOO_LONG)
def test_make_password_too_long_is_refused_and_enters_none(entered, password):
    with pytest.raises(PasswordTooLong, match="at most 4,096 bytes"):
        make_password(password)
    assert entered == []


def test_encode_plaintext_of_spring_too_long_is_refused_and_enters_none(entered):
    with pytest.raises(hashing.HashFormatError, match="4,096 bytes"):
        hashing.encode("spring_delegating", "{noop}" + "é" * 2049)
    assert entered == []


def test_validate_longest_password_passes():
    validate_password_length(LONGEST)


@pytest.mark.parametrize("password", TOO_LONG)
def test_validate_password_too_long_says_limit(password):
    with pytest.raises(PasswordTooLong, match="4,096"):
        validate_password_length(password)
