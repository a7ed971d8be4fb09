"""The search for how a hash was made: what was declared wrongly is found out."""

import hashlib
import time

import pytest

from accounts import hashing
from accounts.hashing.search import Attempt, is_match, list_attempts, search

SECONDS = 60.0
CODECS = {"utf8": "utf-8", "utf16le": "utf-16-le"}


def test_what_is_declared_rightly_is_found_at_the_first_try(matching):
    found = search(
        matching.value,
        matching.password,
        format_id=matching.format_id,
        params=matching.params,
        seconds=SECONDS,
    )

    assert found.attempt == Attempt(matching.format_id, matching.params)
    assert found.tried == 1


def test_a_wrong_format_is_found_out():
    value = "$P$984478476IagS59wHZvyQMArzfx58u."

    found = search(value, "hashcat", format_id="bcrypt", seconds=SECONDS)

    assert found.attempt is not None
    assert found.attempt.format_id == "phpass"


@pytest.mark.parametrize(
    ("right", "declared"),
    [
        ({"algorithm": "sha256", "salt": "a1b2", "salt_position": "suffix"}, {"salt": "a1b2"}),
        ({"algorithm": "md5", "salt": "a1b2", "salt_encoding": "hex"}, {"salt": "a1b2"}),
        ({"algorithm": "sha1", "password_encoding": "utf16le"}, {"algorithm": "md5"}),
        ({"algorithm": "sha512", "rounds": "5000"}, {}),
    ],
    ids=["salt behind", "salt in hexadecimal", "UTF-16", "repeated"],
)
def test_wrong_or_missing_parameters_of_a_digest_are_found_out(right, declared):
    value = make_digest("correct horse", right)

    found = search(value, "correct horse", format_id="digest", params=declared, seconds=SECONDS)

    assert found.attempt is not None
    assert is_match(value, Attempt("digest", right), "correct horse")
    # Other formats can compute the same, such as those with a salt on one side.
    assert is_match(value, found.attempt, "correct horse")
    is_digest = found.attempt.format_id == "digest"
    assert not is_digest or {**found.attempt.params, **right} == found.attempt.params


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
def test_a_bare_digest_of_which_nothing_is_known_is_found_at_the_first_tries(algorithm):
    value = make_digest("correct horse", {"algorithm": algorithm})

    found = search(value, "correct horse", format_id="digest", seconds=SECONDS)

    assert found.attempt is not None
    assert found.attempt.params["algorithm"] == algorithm
    assert found.tried <= 2


def test_one_quick_reading_is_tried_before_many_repeats():
    nt_hash = "b4b9b02e6f09a9bd760f388b67351e2b"

    found = search(nt_hash, "hashcat", seconds=SECONDS)

    assert found.attempt is not None
    assert found.tried < 40


def make_digest(password: str, params: dict[str, str]) -> str:
    """Compute a digest without the code under test."""
    salt = params.get("salt", "")
    salt_bytes = bytes.fromhex(salt) if params.get("salt_encoding") == "hex" else salt.encode()
    secret = password.encode(CODECS[params.get("password_encoding", "utf8")])
    is_behind = params.get("salt_position") == "suffix"
    data = secret + salt_bytes if is_behind else salt_bytes + secret
    for _ in range(int(params.get("rounds", "1"))):
        data = hashlib.new(params["algorithm"], data).digest()
    return data.hex()


def test_another_password_finds_nothing_within_the_time():
    started = time.monotonic()

    found = search("0" * 32, "wrong", format_id="digest", params={"salt": "x"}, seconds=0.2)

    assert found.attempt is None
    assert time.monotonic() - started < 60


def test_no_attempt_shows_a_salt_when_it_is_logged():
    attempts = list_attempts("0" * 32, format_id="digest", params={"salt": "tell-tale"})

    assert "tell-tale" not in repr(next(attempts))


@pytest.mark.parametrize("value", ["", "x", "\0", "{", "$2b$10$short"])
def test_what_is_no_hash_finds_nothing(value):
    assert search(value, "anything", seconds=1).attempt is None


def test_a_format_that_does_not_exist_is_no_reading():
    assert search("x", "y", format_id="none such", seconds=1).attempt is None
    assert "none such" not in hashing.FORMATS
