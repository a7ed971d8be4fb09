"""Plain passwords in a record: as long as a sign-in takes, and no longer."""

import pytest

from accounts import hashing
from imports.core.records.schema import build_schema
from imports.core.records.validation import validate_record

LONGEST = hashing.MAXIMUM_PASSWORD_BYTES


def validate(plaintext):
    values = {"subject_id": "1", "authenticators": {"password": {"plaintext": plaintext}}}
    return validate_record(values, attributes={}, columns={})


@pytest.mark.parametrize("plaintext", ["p" * LONGEST, "é" * (LONGEST // 2)])
def test_longest_plain_password_is_accepted(plaintext):
    record, problems = validate(plaintext)
    assert record.authenticators.password.plaintext == plaintext
    assert problems == ()


@pytest.mark.parametrize("plaintext", ["p" * (LONGEST + 1), "é" * (LONGEST // 2 + 1)])
def test_plain_password_too_long_is_a_problem_that_says_the_limit(plaintext):
    record, (problem,) = validate(plaintext)
    assert record is None
    assert (problem.code, problem.params) == ("password_too_long", {"limit": LONGEST})
    assert problem.field == "authenticators.password.plaintext"


@pytest.mark.parametrize(
    ("value", "plaintext"),
    [
        ("{noop}open sesame", "open sesame"),
        ("{PLAIN}open sesame", "open sesame"),
        ("{PLAIN.b64}b3BlbiBzZXNhbWU=", "open sesame"),
        ("{noop}{noop}", "{noop}"),
    ],
)
def test_hash_that_says_it_is_the_password_becomes_a_plain_password(value, plaintext):
    values = {"subject_id": "1", "authenticators": {"password": {"hash": value}}}
    record, problems = validate_record(values, attributes={}, columns={})
    password = record.authenticators.password
    assert (password.plaintext, password.encoded, problems) == (plaintext, None, ())


@pytest.mark.parametrize("value", ["{noop}" + "é" * 2049, "{PLAIN.b64}%%", "{PLAIN.hex}ff"])
def test_hash_that_says_it_is_a_password_and_cannot_be_is_no_plain_password(value):
    values = {"subject_id": "1", "authenticators": {"password": {"hash": value}}}
    record, _ = validate_record(values, attributes={}, columns={})
    assert record is None or record.authenticators.password.plaintext is None


def test_schema_says_how_long_a_plain_password_may_be():
    schema = build_schema()["$defs"]["Password"]["properties"]["plaintext"]
    assert LONGEST in [option.get("maxLength") for option in [schema, *schema.get("anyOf", [])]]
