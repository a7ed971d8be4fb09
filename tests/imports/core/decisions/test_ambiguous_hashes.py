"""Password hashes that can be of several systems: asked for, and read as the answer says."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from accounts import hashing
from imports.core.mapping import MappedRow, Mapping, RecordMapper, Rule
from imports.core.readers import RawRow

CODE = "hash_format_ambiguous"
KEY = f"{CODE}:password"
PASSWORD, SALT = "correct horse", "xy"
DIGEST = hashlib.md5((SALT + PASSWORD).encode()).hexdigest()  # noqa: S324
JOINED = f"{DIGEST}:{SALT}"
BCRYPT = "$2b$10$rPWi9bREDEbfcdReyLNtbur40oOWnz8dMOzwy4FIqH3AnH/VM7ogS"
RULES = [
    Rule(source="id", target="subject_id"),
    Rule(source="password", target="authenticators.password.hash"),
    Rule(source="params", target="authenticators.password.params"),
]


def map_hash(value: str, params: str = "", answers: Any = None, **columns: Any) -> MappedRow:
    constants = columns.pop("constants", {})
    mapping = Mapping(rules=RULES, answers=answers or {}, constants=constants)
    values = {"id": "7", "password": value, "params": params, **columns}
    return RecordMapper(mapping, {}).map_row(RawRow(1, 2, values))


def read_stored(row: MappedRow) -> str:
    assert row.record is not None
    assert row.record.authenticators.password is not None
    return row.record.authenticators.password.encoded or ""


@pytest.mark.parametrize(
    ("value", "params", "look"),
    [
        (JOINED, "", "32 hexadecimal digits, colon, salt"),
        (DIGEST, '{"salt": "xy"}', "32 hexadecimal digits, salt beside them"),
        (DIGEST, '{"salt": "xy", "algorithm": "md5"}', "32 hexadecimal digits, salt beside them"),
        (f"md5${SALT}${DIGEST}", "", "md5$salt$hash"),
    ],
)
def test_hash_of_several_systems_fails_with_one_problem(value, params, look) -> None:
    row = map_hash(value, params)

    assert row.record is None
    (problem,) = row.problems
    assert (problem.code, problem.column, problem.params) == (CODE, "password", {"value": look})


@pytest.mark.parametrize(
    ("value", "params"),
    [(JOINED, ""), (DIGEST, '{"salt": "xy"}'), (DIGEST, '{"salt": "xy", "algorithm": "md5"}')],
)
def test_answer_reads_the_hash_as_that_system_does(value: str, params: str) -> None:
    row = map_hash(value, params, {KEY: "oscommerce_md5"})

    assert hashing.verify(read_stored(row), PASSWORD)


def test_answer_for_another_kind_of_hash_leaves_the_decision_open() -> None:
    row = map_hash(JOINED, answers={KEY: "opencart"})

    assert [decided.is_open for decided in row.decided] == [True]


def test_declared_format_needs_no_decision() -> None:
    constants = {"authenticators.password.format": "oscommerce_md5"}
    row = map_hash(DIGEST, '{"salt": "xy"}', constants=constants)

    assert row.decided == ()
    assert hashing.verify(read_stored(row), PASSWORD)


def test_hash_that_says_its_format_needs_no_decision() -> None:
    assert map_hash(BCRYPT).decided == ()


def test_table_of_flask_security_asks_whether_the_digest_is_keyed() -> None:
    row = map_hash(BCRYPT, fs_uniquifier="0b9c")

    (decided,) = row.decided
    assert decided.is_open
    assert decided.concern.choices == ("bcrypt", "flask_security")


def test_keyed_digest_without_its_key_says_which_setting_it_is() -> None:
    row = map_hash(BCRYPT, answers={KEY: "flask_security"}, fs_uniquifier="0b9c")

    (problem,) = row.problems
    assert problem.code == "hash_invalid"
    assert "SECURITY_PASSWORD_SALT" in str(problem.params["detail"])


def test_keyed_digest_with_its_key_is_stored() -> None:
    constants = {"authenticators.password.params": {"password_salt": "key"}}
    rules = RULES[:2]
    mapping = Mapping(rules=rules, answers={KEY: "flask_security"}, constants=constants)
    values = {"id": "7", "password": BCRYPT, "fs_uniquifier": "0b9c"}

    row = RecordMapper(mapping, {}).map_row(RawRow(1, 2, values))

    assert read_stored(row).startswith("flask_security$")


def test_plain_reading_of_flask_security_is_bcrypt() -> None:
    row = map_hash(BCRYPT, answers={KEY: "bcrypt"}, fs_uniquifier="0b9c")

    assert read_stored(row).startswith("bcrypt$")


def test_record_format_asks_too() -> None:
    password = {"hash": DIGEST, "params": {"salt": SALT}}
    values = {"subject_id": "7", "authenticators": {"password": password}}

    row = RecordMapper(Mapping(provider="native"), {}).map_row(RawRow(1, 2, values))

    (problem,) = row.problems
    assert (problem.code, problem.column) == (CODE, "authenticators.password.hash")
