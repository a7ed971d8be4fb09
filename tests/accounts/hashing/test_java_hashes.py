"""Apache Shiro, password4j and lambdaworks: told from each other and from crypt, and bounded."""

import pytest

from accounts import hashing

SALT, KEY = "bjRReg==", "WZL6nb4ALG1soISGatSDSimhNgc032OUa4GS9+1GW2k="
DIGEST = "BaD66ZH2McwXLouathjEpo/aGI5e82oU8lOeUT2cgy4="


@pytest.mark.parametrize("own", ["shiro1", "shiro2", "password4j_pbkdf2", "lambdaworks_scrypt"])
def test_a_hash_of_a_java_library_is_taken_for_no_other(own, vectors):
    values = {each.value for each in vectors if each.format_id == own}

    assert [value for value in values if hashing.candidates(value) != [own]] == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"$1$1234567${'a' * 22}", ["md5_crypt"]),
        (f"$5$1331439861760256${'a' * 43}", ["sha256_crypt"]),
        (f"$5$rounds=5000$1331439861760256${'a' * 43}", ["sha256_crypt"]),
        ("$3$$88a434c88cca4e900f7874cd98123f43", ["nt_crypt"]),
    ],
)
def test_a_mark_that_password4j_shares_stays_with_the_other_system(value, expected):
    assert hashing.candidates(value) == expected


@pytest.mark.parametrize(
    ("declared", "value", "message"),
    [
        ("password4j_pbkdf2", f"$3$4294967296128${SALT}${KEY}", "length does not match"),
        ("password4j_pbkdf2", f"$6$4294967296256${SALT}${KEY}", "not a text of HMAC"),
        ("password4j_pbkdf2", f"$3$0000000256${SALT}${KEY}", "not a whole number"),
        ("password4j_pbkdf2", f"$3$9999999999999999999${SALT}${KEY}", "length does not match"),
        ("password4j_pbkdf2", f"$3${10**9 * 2**32 + 256}${SALT}${KEY}", "the limits are"),
        ("shiro1", f"$shiro1$SHA-256$0${SALT}${DIGEST}", "the least is 1"),
        ("shiro1", f"$shiro1$SHA-512$1000${SALT}${DIGEST}", "sha512 has 64 bytes"),
        ("shiro1", f"$shiro1$HmacSHA256$1000${SALT}${DIGEST}", "not a .shiro1. text"),
        ("shiro1", f"$shiro1$SHA-256$2000000000${SALT}${DIGEST}", "the limits are"),
        ("shiro2", f"$shiro2$2y$10${'a' * 20}", "not a bcrypt text"),
        ("shiro2", f"$shiro2$scrypt${SALT}${DIGEST}", "bcrypt or Argon2"),
        ("shiro2", f"$shiro2$argon2id$v=19$t=1,m=9999999,p=4${SALT[:-2]}AAAAAA${KEY[:-1]}",
         "the limits are"),
        ("lambdaworks_scrypt", f"$s1$e0801${SALT}${KEY}", "starts with .s0"),
        ("lambdaworks_scrypt", f"$s0$1f0801${SALT}${KEY}", "the limits are"),
        ("lambdaworks_scrypt", f"$s0$801${SALT}${KEY}", "the least is 2"),
    ],
)  # fmt: skip
def test_a_hash_that_its_library_cannot_have_written_is_refused_with_the_reason(
    declared, value, message
):
    with pytest.raises(hashing.HashError, match=message):
        hashing.encode(declared, value)
