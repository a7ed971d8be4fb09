"""Password hashes that can be of several systems: asked for, and read as the answer says."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import Any

import pytest

from accounts import hashing
from imports.core.inspection.inspection import describe_column
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
        (DIGEST, "", "32 hexadecimal digits"),
        (b64encode(bytes.fromhex(DIGEST)).decode(), "", "24 characters of base64"),
        (f"$pbkdf2-sha384$i=9,l=32$c2FsdA${'A' * 43}", "", "$pbkdf2-sha384$"),
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


def test_label_of_a_salted_digest_leaves_the_decision_open_and_the_answer_settles_it() -> None:
    constants = {"authenticators.password.format": "MD5"}
    row = map_hash(DIGEST, f'{{"salt": "{SALT}"}}', constants=constants)
    assert [each.code for each in row.decided] == [CODE]

    answered = {KEY: "oscommerce_md5"}
    row = map_hash(DIGEST, f'{{"salt": "{SALT}"}}', answered, constants=constants)
    assert hashing.verify(read_stored(row), PASSWORD)


@pytest.mark.parametrize(
    ("digest", "answer"),
    [
        (hashlib.md5(PASSWORD.encode()), "unsalted_md5"),  # noqa: S324
        (hashlib.md5(PASSWORD.encode("utf-16-le")), "unsalted_md5_utf16"),  # noqa: S324
        (hashlib.sha512(PASSWORD.encode()), "unsalted_sha512"),
    ],
    ids=["MD5", "MD5 of UTF-16", "SHA-512"],
)
def test_answer_reads_a_bare_digest_in_either_notation(digest: Any, answer: str) -> None:
    for value in (digest.hexdigest(), b64encode(digest.digest()).decode()):
        assert hashing.verify(read_stored(map_hash(value, answers={KEY: answer})), PASSWORD)


# Text that could be DES crypt of 13 characters, BSDi's of 20, or MySQL's of 16.
SHORT = {"Winter2024abc": "des_crypt", "_LITUZ0yQL0heKczUIss": "bsdi_crypt"}
DES = ["abJnggxhB/yWI", "rl.3StKT.4T8M", "sa3tHJ3/KuYvI", "yzR9BzLbUhOFo"]


@pytest.mark.parametrize(("value", "format_id"), SHORT.items(), ids=SHORT.values())
def test_text_that_can_be_a_short_hash_is_asked_about(value: str, format_id: str) -> None:
    row = map_hash(value)

    assert row.record is None
    (decided,) = row.decided
    assert decided.concern.choices == (format_id, "plain", "none")
    assert value not in str(row.problems)


def test_digits_that_can_be_a_short_hash_or_a_password_are_asked_about() -> None:
    (decided,) = map_hash("1234567890123456").decided

    assert {"mysql323", "plain", "none"} < set(decided.concern.choices)


def test_thirteen_characters_that_cannot_be_des_crypt_are_no_hash() -> None:
    assert [each.code for each in map_hash("Winter2024abd").problems] == ["hash_unrecognised"]


@pytest.mark.parametrize(("answer", "expected"), [("plain", "Winter2024abc"), ("none", None)])
def test_text_that_can_be_a_short_hash_becomes_a_password_or_none(
    answer: str, expected: str | None
) -> None:
    record = map_hash("Winter2024abc", answers={KEY: answer}).record

    assert record is not None
    password = record.authenticators.password
    assert (password and password.plaintext) == expected
    assert password is None or password.hash is None


def map_in_column(value: str, column: list[str]) -> MappedRow:
    samples = {"password": describe_column("password", column, len(column))}
    mapper = RecordMapper(Mapping(rules=RULES[:2]), {}, samples)
    return mapper.map_row(RawRow(1, 2, {"id": "7", "password": value}))


@pytest.mark.parametrize("others", [[], ["x" * 13]], ids=["all", "nearly all"])
def test_column_of_des_crypt_is_read_unasked(others: list[str]) -> None:
    column = [each[:-1] + last for each in DES for last in ".26A"]
    row = map_in_column(DES[0], [*column, *others])

    assert row.decided == ()
    assert read_stored(row).startswith("des_crypt$")


@pytest.mark.parametrize("column", [DES[:3], [BCRYPT, *DES], [BCRYPT]], ids=["few", "mixed", "no"])
def test_column_that_is_not_of_des_crypt_asks(column: list[str]) -> None:
    assert [each.is_open for each in map_in_column(DES[0], column).decided] == [True]


def test_short_hash_of_a_declared_format_needs_no_decision() -> None:
    row = map_hash(DES[0], constants={"authenticators.password.format": "des_crypt"})

    assert row.decided == ()
    assert read_stored(row).startswith("des_crypt$")


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
