"""Gitea's users: hashes of several algorithms, who may sign in, and rows that are no people."""

import pytest

from accounts.hashing import encode, settling, verify
from imports.core.providers.systems.gitea import excludes, normalise, write_hash

SALT = "0f3c5a7e9b1d2f4a6c8e0b2d4f6a8c0e"
# Of “Forge-Ulla-1”, by Python's hashlib and argon2-cffi: 50 bytes, as Gitea has them.
PBKDF2 = (
    "8a9796d324341b9cb24d1a37c1419a9de97b42f442efe1e49ffde9d23b297f5487b3c911ac99311d83fd7f192e497f59"
    "1c88"
)
SCRYPT = (
    "e52b40ae6b6ff2c5a24cbbb1e305941842a70f446a4f15421cc4e9b6606c83869ad83d40e58cf032d857555a0b2d2140"
    "ee6f"
)
ARGON2 = (
    "37fba1abf463d341d81d681fbab60bc076173f16e757efc02eadf03c6937db527b3e6c1e511d25e3c6b924be1b91a73a"
    "520e"
)
BEFORE_1_18 = (
    "5a84ffe0073e0a0935a6242b6771a95aa232e7bbd507095c3264c1d650139d1b01ec5aa769a4fbd66fdebd20e125c3d9"
    "66dd"
)


@pytest.mark.parametrize(
    ("algorithm", "salt", "hashed"),
    [
        ("pbkdf2$1000$50", SALT, PBKDF2),
        ("scrypt$1024$8$1$50", SALT, SCRYPT),
        ("argon2$2$1024$1$50", SALT, ARGON2),
        ("pbkdf2", "aB3xY9zQ1w", BEFORE_1_18),
    ],
)
def test_hash_with_algorithm_and_salt_verifies_the_password(algorithm, salt, hashed):
    written = write_hash({"passwd": hashed, "passwdhashalgo": algorithm, "salt": salt})
    stored = encode(settling.choose_likeliest(written, {}), written, {})

    assert verify(stored, "Forge-Ulla-1")
    assert not verify(stored, "another")


def test_hash_of_an_unknown_algorithm_stays_as_it_is():
    row = {"passwd": PBKDF2, "passwdhashalgo": "new$1", "salt": SALT}

    assert write_hash(row) == PBKDF2


@pytest.mark.parametrize(
    ("state", "active"),
    [
        ({"is_active": "1", "prohibit_login": "0"}, True),
        ({"is_active": "1", "prohibit_login": "1"}, False),
        ({"is_active": "0", "prohibit_login": "0"}, False),
        ({"active": True, "prohibit_login": True}, False),
    ],
)
def test_any_no_keeps_out(state, active):
    assert normalise({"id": "1", **state}, {})["(active)"] is active


@pytest.mark.parametrize(("kind", "word"), [("1", "organisation"), ("4", "bot"), ("0", "")])
def test_rows_that_are_no_people_say_what_they_are(kind, word):
    reason = excludes(normalise({"id": "1", "name": "acme", "type": kind}, {}))

    assert word in reason
    assert bool(reason) is bool(word)
