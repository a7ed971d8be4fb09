"""What looks like a hash, and what is a password however odd."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.hashing import candidates
from accounts.hashing.outlines import find_outline

DIGEST = hashlib.sha256(b"made up").digest()
BCRYPT = "$2b$10$rPWi9bREDEbfcdReyLNtbur40oOWnz8dMOzwy4FIqH3AnH/VM7ogS"
ENCODED = base64.b64encode(DIGEST).decode()

HASHES = {
    BCRYPT: "bcrypt",
    BCRYPT[:40]: "bcrypt, damaged",
    f"b'{BCRYPT}'": "in quotes: bcrypt",
    f"'{BCRYPT}": "in quotes: bcrypt",
    f"{{PBKDF2-HMAC-XYZ}}10:{ENCODED}": "{PBKDF2-HMAC-XYZ} + 47 characters",
    f"{{Winter-9}}{ENCODED}": "{…} + 44 characters",
    "$xy$" + "q" * 43: "$xy$ + 43 characters",
    "$winter-9$" + "q" * 43: "$…$ + 43 characters",
    "0x0200" + "9F" * 34: "0x + hex, 72 characters",
    "\\x" + DIGEST.hex(): "\\x + hex, 64 characters",
    "*" + DIGEST.hex()[:40].upper(): "PASSWORD() of MySQL, without salt",
    "sha1" + DIGEST.hex()[:40]: "sha1 + hex, 40 characters",
    "md5" + DIGEST.hex()[:32]: "PostgreSQL, MD5",
    DIGEST.hex(): "hex, 64 characters",
    DIGEST.hex()[:32]: "hex, 32 characters",
    DIGEST.hex()[:16]: "hex, 16 characters",
    DIGEST.hex(":")[:47]: "hex in pairs, 47 characters",
    ENCODED: "base64, 44 characters",
    ENCODED.rstrip("="): "base64, 43 characters",
    base64.b64encode(DIGEST[:16]).decode(): "base64, 24 characters",
    base64.b32encode(DIGEST).decode(): "base32, 56 characters",
    f"1000:c2FsdHNhbHQ=:{ENCODED}": "3 parts separated by “:”, 62 characters",
    f"pbkdf2:sha512:9:pepper:{ENCODED}": "5 parts separated by “:”, 67 characters",
    f"{ENCODED}|salty": "2 parts separated by “|”, 50 characters",
    '{"alg": "sha", "value": "made-up"}': "JSON",
}

PASSWORDS = [
    "Blue-River-42",
    "Winter2024abc",
    "Xk9mP2vQ7LwR4tYz",
    "correcthorsebatterystaple",
    "CorrectHorseBatteryStap",
    "CorrectHorseBatteryStaple2024InTheMiddleOfNowhere",
    "correct-horse-battery-staple-2024-summer-nights",
    "My-Long-Passphrase-With-32-Words-Xa",
    "a sentence that somebody likes, with 4 words more",
    "$P$hort",
    "$ecret$word1",
    "{MySecret}foo1234",
    "1234567890123456",
    "iloveyou:12345:foreverandever",
    "https://example.test/a/b/c/d-e-f-g",
    "e1HipwOoiME9qJlk8l",
    "_LITUZ0yQL0heKczUIss",
]


@pytest.mark.parametrize(("text", "expected"), HASHES.items(), ids=HASHES.values())
def test_a_hash_is_named_by_its_outline(text: str, expected: str) -> None:
    found = find_outline(text)

    assert found is not None
    assert found.text == expected


@pytest.mark.parametrize("text", PASSWORDS)
def test_a_password_is_not_taken_for_a_hash(text: str) -> None:
    assert find_outline(text) is None


# Printable ASCII without what only scripts would put into a password.
CHOSEN = "".join(map(chr, range(33, 127)))


@given(st.text(CHOSEN, min_size=8, max_size=12))
def test_a_short_password_is_never_taken_for_a_hash(text: str) -> None:
    assert find_outline(text) is None


@given(st.binary(min_size=16, max_size=64))
def test_a_digest_in_hexadecimal_always_looks_like_a_hash(digest: bytes) -> None:
    assert find_outline(digest.hex()) is not None
    assert find_outline(digest.hex().upper()) is not None


@given(st.text(max_size=200))
def test_an_outline_holds_no_run_of_the_value(text: str) -> None:
    found = find_outline(f"{{Aa{text}}}{ENCODED}")

    assert found is None or ENCODED[:8] not in found.text


def test_a_text_of_thirteen_characters_is_des_crypt_only_with_a_possible_last_one() -> None:
    assert candidates("24leDr0hHfb3A") == ["des_crypt"]
    assert candidates("Winter-2024ab") == candidates("Winter2024abd") == []


def test_the_format_of_a_recognised_hash_is_known() -> None:
    found = find_outline(BCRYPT)

    assert found is not None
    assert found.format_id == "bcrypt"
    damaged = find_outline(BCRYPT[:40])
    assert damaged is not None
    assert not damaged.format_id


@pytest.mark.parametrize(
    "text",
    [
        BCRYPT,
        "$apr1$62722340$zGjeAwVP2KwY6MtumUI1N/",
        "{SSHA}" + base64.b64encode(DIGEST[:20] + b"salty").decode(),
        "md5$salt$" + DIGEST.hex()[:32],
    ],
)
def test_a_mark_with_all_that_follows_it_is_certain(text: str) -> None:
    found = find_outline(text)

    assert found is not None
    assert found.is_certain


@pytest.mark.parametrize(
    "text",
    [
        BCRYPT[:-1],
        f"'{BCRYPT}'",
        DIGEST.hex()[:32],
        DIGEST.hex() + ":salt:1",
        "$xy$" + "q" * 43,
        "{SSHA}" + ENCODED[:12],
    ],
)
def test_what_is_cut_quoted_or_known_by_its_look_alone_is_not_certain(text: str) -> None:
    found = find_outline(text)

    assert found is not None
    assert not found.is_certain


@given(st.text(st.characters(codec="ascii"), max_size=60))
def test_no_word_becomes_certain_by_a_mark_before_it(word: str) -> None:
    for mark in ("$2b$", "$1$", "{SSHA}", "$argon2id$", "md5$"):
        found = find_outline(mark + word)
        assert found is None or not found.is_certain
