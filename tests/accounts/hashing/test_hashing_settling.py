"""Which format a hash is read in when it is declared to be of one and bears the mark of another."""

import hashlib

import pytest

from accounts import hashing
from accounts.hashing.contract import Likelihood
from accounts.hashing.settling import find_stated, settle_format

BCRYPT = "$2b$10$hpMtJEhdKUpCTQx4oaSiLOB2mQ9E8IikzItHnM8cHrQFzzsvH2Vge"
MD5 = hashlib.md5(b"secret", usedforsecurity=False).hexdigest()
SHA1 = hashlib.sha1(b"secret", usedforsecurity=False).hexdigest()
PHPASS = "$P$984478476IagS59wHZvyQMArzfx58u."


@pytest.mark.parametrize(
    ("value", "declared", "params", "settled"),
    [
        (BCRYPT, "unsalted_md5", {}, "bcrypt"),
        (f" {BCRYPT}\n", "ntlm", {}, "bcrypt"),
        (BCRYPT, "digest", {"algorithm": "md5", "salt": "a1"}, "bcrypt"),
        (PHPASS, "bcrypt", {}, "phpass"),
        ("{SSHA}" + "A" * 32, "digest", {"algorithm": "md5"}, "ldap"),
        (BCRYPT[:40], "unsalted_md5", {}, "bcrypt"),
    ],
)
def test_a_hash_that_cannot_be_as_declared_is_read_as_it_says_itself(
    value: str, declared: str, params: dict[str, str], settled: str
) -> None:
    assert settle_format(value, declared, params) == (settled, {})


@pytest.mark.parametrize(
    ("value", "declared", "params"),
    [
        (MD5, "ntlm", {}),
        (SHA1, "unsalted_md5", {}),
        (MD5, "bcrypt", {}),
        # What belongs to it is missing or wrong: that is to be said, and no other format taken.
        (BCRYPT, "bcrypt_peppered", {}),
        (BCRYPT, "bcrypt_of_digest", {"inner": "none such"}),
        (BCRYPT, "clerk_password_digest", {"hasher": "md5"}),
        (BCRYPT, "none such", {}),
        # Begins as LDIF writes a scheme in base64 would, and is a bare digest all the same.
        ("e0" + SHA1[2:], "unsalted_md5", {}),
    ],
)
def test_what_the_declaration_may_mean_is_never_taken_for_another_format(
    value: str, declared: str, params: dict[str, str]
) -> None:
    assert settle_format(value, declared, params) == (declared, params)


def test_every_hash_stays_what_it_is_declared_to_be(matching) -> None:
    settled = settle_format(matching.value, matching.format_id, matching.params)

    assert settled == (matching.format_id, matching.params)


def test_without_a_declaration_the_likeliest_format_is_taken() -> None:
    assert settle_format(BCRYPT)[0] == "bcrypt"
    assert settle_format("no hash at all") == ("", {})


def test_no_two_formats_share_the_mark_that_a_hash_is_known_by(matching) -> None:
    stated = find_stated(matching.value)

    rivals = [
        each
        for each in hashing.candidates(matching.value)
        if stated and hashing.FORMATS[each].likelihood >= hashing.FORMATS[stated].likelihood
    ]
    assert rivals == ([stated] if stated else [])


def test_shape_alone_states_nothing(matching) -> None:
    stated = find_stated(matching.value)

    assert not stated or hashing.FORMATS[stated].likelihood >= Likelihood.MARKED
