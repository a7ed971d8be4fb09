"""A mapping with a password preset: what it reads beside the hash, and what it asks."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from accounts import hashing
from imports.core.columns import ColumnReader
from imports.core.errors import MappingError
from imports.core.mapping import MappedRow, Mapping, RecordMapper, Rule, check_mapping
from imports.core.readers import RawRow
from imports.core.readers.rows import encode_row
from imports.core.records.targets import PASSWORD_FORMAT

RULES = [
    Rule(source="id", target="subject_id"),
    Rule(source="pw", target="authenticators.password.hash"),
]
SALT = "kT2vQ8mZ1x"
GRAFANA = hashlib.pbkdf2_hmac("sha256", b"open sesame", SALT.encode(), 10_000, 50).hex()
MOODLE = hashlib.md5(b"open sesame" + SALT.encode()).hexdigest()  # noqa: S324
UNSALTED = hashlib.md5(b"open sesame").hexdigest()  # noqa: S324


def make_mapping(preset: str, **more: Any) -> Mapping:
    return Mapping(rules=RULES, password_preset=preset, **more)


def map_values(mapping: Mapping, values: dict[str, Any]) -> MappedRow:
    return RecordMapper(mapping, {}).map_row(RawRow(1, 1, {"id": "1", **values}))


def read_stored(mapping: Mapping, values: dict[str, Any]) -> str:
    row = map_values(mapping, values)
    assert row.record is not None, row.problems
    password = row.record.authenticators.password
    assert password is not None
    return password.encoded or ""


def test_salt_is_read_from_the_column_of_the_system() -> None:
    stored = read_stored(make_mapping("Grafana"), {"pw": GRAFANA, "salt": SALT})
    assert hashing.verify(stored, "open sesame")


def test_salt_is_read_from_the_column_that_was_named() -> None:
    mapping = make_mapping("Grafana", answers={"preset_column_salt": "grain"})
    stored = read_stored(mapping, {"pw": GRAFANA, "salt": "another", "grain": SALT})
    assert hashing.verify(stored, "open sesame")


def test_secret_of_the_application_is_the_answer_to_a_question() -> None:
    mapping = make_mapping("Moodle before 2.5", answers={"preset_secret_salt": SALT})
    assert hashing.verify(read_stored(mapping, {"pw": MOODLE}), "open sesame")


def test_records_with_a_hash_wait_for_the_secret() -> None:
    mapping = make_mapping("Moodle before 2.5")
    assert [each.code for each in map_values(mapping, {"pw": MOODLE}).problems] == [
        "answer_missing"
    ]
    for other in ("", "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr."):
        assert map_values(mapping, {"pw": other}).record is not None


def test_hash_that_was_taken_for_a_password_is_read_by_the_preset_once_it_is_decided() -> None:
    rules = [RULES[0], Rule(source="pw", target="authenticators.password.plaintext")]
    answers = {"hash_as_password:pw": "hash"}
    mapping = Mapping(rules=rules, password_preset="Grafana", answers=answers)
    stored = read_stored(mapping, {"pw": GRAFANA, "salt": SALT})
    assert hashing.verify(stored, "open sesame")


def test_format_that_was_chosen_comes_before_that_of_the_preset() -> None:
    mapping = make_mapping("Moodle before 2.5", constants={PASSWORD_FORMAT: "unsalted_md5"})
    stored = read_stored(mapping, {"pw": UNSALTED})
    assert hashing.verify(stored, "open sesame")


def test_hash_with_a_mark_of_another_format_is_read_as_marked() -> None:
    bcrypt = "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr."
    stored = read_stored(make_mapping("Grafana"), {"pw": bcrypt, "salt": SALT})
    assert stored.startswith("bcrypt$")


def test_column_of_the_salt_has_to_be_in_the_file() -> None:
    with pytest.raises(MappingError, match="no column “salt”, in which “Grafana” has the salt"):
        check_mapping(make_mapping("Grafana"), ["id", "pw"], {})
    check_mapping(make_mapping("Grafana"), ["id", "pw", "salt"], {})


def test_name_of_no_preset_is_refused() -> None:
    with pytest.raises(MappingError, match="no password preset “nonesuch”"):
        check_mapping(make_mapping("nonesuch"), ["id", "pw"], {})


def test_rows_with_a_preset_are_for_the_record_path() -> None:
    row = encode_row(RawRow(1, 1, {"id": "1", "pw": GRAFANA, "salt": SALT}))
    assert len(ColumnReader(make_mapping("Grafana"), {}).read([row])) == 0
