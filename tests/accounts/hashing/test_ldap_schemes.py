"""Schemes of userPassword that name a function which is known here under another label."""

import base64
import hashlib

import pytest
from passlib.hash import apr_md5_crypt, bigcrypt, des_crypt, md5_crypt, sha256_crypt, sha512_crypt

from accounts import hashing
from accounts.hashing.families.fusionauth import parse_user
from accounts.hashing.families.ldap import parse_ldap, write_md5_text

PASSWORD = "Quiet-harbour-5"
SHA512 = sha512_crypt.using(rounds=1000).hash(PASSWORD)
SHA256 = sha256_crypt.using(rounds=1000).hash(PASSWORD)
BCRYPT = "$2b$10$VhG9BkkRdlCYh1i0lkskHuC/kIs8PO6HJrqmqwL1nzu8sc9INkndG"


@pytest.mark.parametrize(
    "text",
    [
        f"{{SHA512-CRYPT}}{SHA512}",
        f"{{sha256-crypt}}{SHA256}",
        f"{{MD5-CRYPT}}{md5_crypt.hash(PASSWORD)}",
        f"{{DES-CRYPT}}{des_crypt.hash(PASSWORD)}",
    ],
    ids=["sha512", "sha256", "md5", "des"],  # each process makes other salts
)
def test_scheme_of_dovecot_is_verified(text):
    assert hashing.settle_format(text, "", {})[0] == "ldap"
    parsed = parse_ldap(text)
    assert parsed.matches(PASSWORD.encode())
    assert not parsed.matches(b"another")


@pytest.mark.parametrize("password", [PASSWORD, "a-password-of-more-than-three-blocks"])
def test_bigcrypt_behind_crypt_counts_every_character(password):
    parsed = parse_ldap(f"{{CRYPT}}{bigcrypt.hash(password)}")
    assert parsed.matches(password.encode())
    assert not parsed.matches(password[:8].encode())


@pytest.mark.parametrize("scheme", ["BCRYPT", "BLF-CRYPT", "blf-crypt"])
def test_bcrypt_is_read_behind_its_schemes(scheme):
    assert hashing.settle_format(f"{{{scheme}}}{BCRYPT}", "", {})[0] == "ldap"
    assert parse_ldap(f"{{{scheme}}}{BCRYPT}").summarize()


@pytest.mark.parametrize("scheme", ["ARGON2", "ARGON2I", "argon2id"])
def test_argon2_is_read_behind_its_schemes(scheme):
    text = "$argon2i$v=19$m=4096,t=3,p=1$c29tZXNhbHQ$iWh06vD8Fy27wf9npn6FXWiCX4K6pW6Ue1Bnzz07Z8A"
    assert hashing.settle_format(f"{{{scheme}}}{text}", "", {})[0] == "ldap"


@pytest.mark.parametrize("scheme", ["x-nthash", "X-NTHASH", "NT", "NTLM"])
@pytest.mark.parametrize("write", [str.upper, str.lower])
def test_nt_hash_is_read_behind_its_schemes(scheme, write):
    text = f"{{{scheme}}}{write(NTLM_OF_PASSWORD)}"
    assert hashing.settle_format(text, "", {})[0] == "ldap"
    assert parse_ldap(text).summarize()


NTLM_OF_PASSWORD = "09F2D4135E70CFEFC5BB272D6705A659"


@pytest.mark.parametrize(("scheme", "handler"), [("APR1", apr_md5_crypt), ("BSDMD5", md5_crypt)])
def test_digest_and_salt_of_slapd_become_the_text_of_md5_crypt(scheme, handler):
    text = handler.using(salt="IfzNsw8").hash(PASSWORD)
    blob = base64.b64encode(read_md5_text(text.rpartition("$")[2]) + b"IfzNsw8").decode()
    assert hashing.settle_format(f"{{{scheme}}}{blob}", "", {})[0] == "ldap"
    assert parse_ldap(f"{{{scheme}}}{blob}").matches(PASSWORD.encode())


def test_value_made_by_slapd_is_verified():
    assert parse_ldap("{APR1}w4uo/bxn2kW5lpEufJv4XFlmOHpNczdy").matches(b"Blue-River-42")


@pytest.mark.parametrize(
    "text", ["{APR1}c2hvcnQ=", "{BLF-CRYPT}$6$x$y", "{BCRYPT}x", "{MD5-CRYPT}$5$a$b", "{NT}abc"]
)
def test_value_that_is_not_of_its_scheme_is_refused(text):
    with pytest.raises(hashing.HashFormatError):
        parse_ldap(text)


def test_empty_salt_of_fusionauth_is_a_salt():
    digest = base64.b64encode(hashlib.md5(PASSWORD.encode()).digest()).decode()  # noqa: S324
    parsed = parse_user(digest, encryptionScheme="salted-md5", salt="", factor="1")
    assert parsed.matches(PASSWORD.encode())
    encoded = hashing.encode(
        "fusionauth_password", digest, {"encryptionScheme": "salted-md5", "factor": "1"}
    )
    assert encoded


def read_md5_text(text: str) -> bytes:
    """Return the digest of which `write_md5_text` makes the text, byte by byte."""
    found = bytearray(16)
    for place in range(16):
        for byte in range(256):
            found[place] = byte
            if _agrees(bytes(found), text, place):
                break
    return bytes(found)


def _agrees(digest: bytes, text: str, place: int) -> bool:
    """Return whether all characters that the byte has a part in alone or with others can fit."""
    blank = write_md5_text(bytes(16))
    marked = write_md5_text(bytes(255 if each == place else 0 for each in range(16)))
    own = write_md5_text(bytes(digest[each] if each == place else 0 for each in range(16)))
    alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    for at, character in enumerate(text):
        if blank[at] == marked[at]:
            continue
        mask = alphabet.index(marked[at])
        if alphabet.index(own[at]) != alphabet.index(character) & mask:
            return False
    return True
