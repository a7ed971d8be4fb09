"""Named parameters of a text are a set; salts may be of any character that crypt(3) allows."""

import hashlib

import pytest
from passlib.hash import pbkdf2_sha256

from accounts import hashing

SALT, KEY = "c2FsdHNhbHRzYWx0", "9qWtwbpyPd3vm1rB1GThgPzZ3/ydHL92zKL+15XZypg"


def read(spelling: str, value: str) -> dict[str, str]:
    return dict(hashing.describe(hashing.encode(spelling, value)).parameters)


@pytest.mark.parametrize("parameters", ["i=25000,l=32", "l=32,i=25000", "i=25000", "v=1,i=25000"])
def test_pbkdf2_reads_its_parameters_in_any_order(parameters: str) -> None:
    value = f"$pbkdf2-sha256${parameters}${SALT}${KEY}"

    assert read("pbkdf2_phc", value)["iterations"] == "25000"
    assert hashing.candidates(value)[0] == "pbkdf2_phc"


@pytest.mark.parametrize("parameters", ["r=8,p=1,ln=14", "ln=14,p=1,r=8", "ln=14", "p=1,ln=14"])
def test_scrypt_reads_its_parameters_in_any_order(parameters: str) -> None:
    value = f"$scrypt${parameters}${SALT}${KEY}"

    assert read("scrypt_phc", value) == {"n": "16384", "r": "8", "p": "1"}
    assert hashing.candidates(value)[0] == "scrypt_phc"


@pytest.mark.parametrize(
    "parameters", ["t=3,m=4096,p=1", "p=1,t=3,m=4096", "m=4096,t=3,p=1,keyid=a"]
)
def test_argon2_reads_its_parameters_in_any_order(parameters: str) -> None:
    assert read("argon2", f"$argon2id$v=19${parameters}${SALT}${KEY}")["iterations"] == "3"


@pytest.mark.parametrize("parameters", ["w=10000,l=32,f=SHA256", "f=SHA256,w=10000,l=32"])
def test_mattermost_reads_its_parameters_in_any_order(parameters: str) -> None:
    assert read("mattermost_pbkdf2", f"$pbkdf2${parameters}${SALT}${KEY}")["iterations"] == "10000"


@pytest.mark.parametrize(
    ("spelling", "parameters"),
    [
        ("pbkdf2_phc", "i=25000,i=25000"),
        ("pbkdf2_phc", "i=25000,x=1"),
        ("scrypt_phc", "ln=14,r=8,r=8"),
        ("argon2", "m=4096,t=3"),
    ],
)
def test_a_parameter_twice_missing_or_unknown_is_refused(spelling: str, parameters: str) -> None:
    name = {"pbkdf2_phc": "pbkdf2-sha256", "scrypt_phc": "scrypt", "argon2": "argon2id"}[spelling]

    with pytest.raises(hashing.HashFormatError, match="each"):
        hashing.encode(spelling, f"${name}${parameters}${SALT}${KEY}")


def test_crypt_salts_may_have_other_characters_and_be_too_long() -> None:
    odd = hashing.encode("md5_crypt", "$1$`!@#%^&*$E6hD76/pKTS8qToBCkux30")
    long = hashing.encode(
        "sha256_crypt",
        "$5$kc7lRD1fpYg0g.IP.ThisShouldBeTruncated.$d7CMTcEqJyTXyeq8hTdu/jB/I6DGkoo62NXbHIR7S43",
    )

    assert hashing.verify(odd, "invalid salt")
    assert hashing.verify(long, "")


def test_a_pbkdf2_key_of_any_length_is_kept_as_far_as_it_is_compared() -> None:
    key = hashlib.pbkdf2_hmac("sha256", b"Heron-Ladder-27", b"salt", 1000, 2000)
    params = {"digest": "sha256", "iterations": 1000, "salt": "salt", "salt_encoding": "utf8"}
    stored = hashing.encode("pbkdf2_raw", key.hex(), {**params, "hash_encoding": "hex"})

    assert len(stored) < 400
    assert hashing.verify(stored, "Heron-Ladder-27")
    assert not hashing.verify(stored, "Heron-Ladder-28")


def test_a_long_key_with_a_character_of_another_alphabet_is_refused_though_it_is_beyond() -> None:
    params = {"digest": "sha256", "iterations": 1000, "salt": "", "hash_encoding": "hex"}

    with pytest.raises(hashing.HashFormatError, match="the hash is not hexadecimal"):
        hashing.encode("pbkdf2_raw", "ab" * 150 + "!!", params)


def test_the_first_block_of_passlib_tells_right_from_wrong() -> None:
    stored = hashing.encode("pbkdf2_passlib", pbkdf2_sha256.using(rounds=1000).hash("right"))

    assert hashing.verify(stored, "right")
    assert not hashing.verify(stored, "wrong")
