"""Labels of password formats in a record, and what is said of hashes that nobody can read."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from imports.core.problems import Problem
from imports.core.records.records import Password
from imports.core.records.validation import encode_password

BCRYPT = "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr."
SHA256 = hashlib.sha256(b"secret").hexdigest()


def read(value: str, label: str = "", **params: Any) -> tuple[str | None, list[Problem]]:
    password = Password(hash=value, format=label or None, params=params)
    problems = list(encode_password(password, ""))
    return (password.format if password.encoded else None), problems


@pytest.mark.parametrize(
    ("value", "label", "settled"),
    [(BCRYPT, "BCrypt", "bcrypt"), (SHA256, "SHA-256", "digest"), (SHA256, "sha256", "digest")],
)
def test_label_of_a_source_is_understood_without_a_word(
    value: str, label: str, settled: str
) -> None:
    assert read(value, label) == (settled, [])


def test_label_of_another_function_than_the_value_states_is_told() -> None:
    settled, (problem,) = read(BCRYPT, "Legacy")
    assert (settled, problem.code) == ("bcrypt", "hash_format_stated")


def test_label_of_a_salted_digest_does_not_say_the_order() -> None:
    _, (problem,) = read(SHA256, "sha256", salt="abc")
    assert problem.code == "hash_format_ambiguous"


@pytest.mark.parametrize("label", ["scrypt", "whirlpool", "nonsense"])
def test_label_that_does_not_tell_is_named_in_the_refusal(label: str) -> None:
    _, (problem,) = read("ab" * 64, label)
    assert problem.code == "hash_invalid"
    assert f"“{label}”" in problem.message


def test_refusal_names_the_systems_that_write_such_values() -> None:
    _, (problem,) = read("ab" * 50)
    assert problem.params["outline"] == (
        "hex, 100 characters, as written by Gitea before 1.19, Gogs, Grafana"
    )
    for way in ("preset", "Test sign-in", "without a password", "invitation", "just-in-time"):
        assert way in problem.kind.advise(has_begun=False)
