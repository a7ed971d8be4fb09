"""A hash that is of the user name as well: the name comes from the record, unless it is given."""

import hashlib

from accounts import hashing
from imports.core.records.validation import validate_record

PASSWORD = "Heron-Ladder-27"


def validate(params: dict[str, str], username: str | None = "ann", value: str = ""):
    digest = hashlib.md5(f"{PASSWORD}ann".encode(), usedforsecurity=False).hexdigest()
    values = {
        "subject_id": "7",
        "profile": {"username": username},
        "authenticators": {"password": {"hash": value or f"md5{digest}", "params": params}},
    }
    record, problems = validate_record(values, attributes={}, columns={})
    return record, [(problem.code, dict(problem.params)) for problem in problems]


def test_the_user_name_of_the_record_completes_the_hash() -> None:
    record, problems = validate({})

    assert problems == []
    assert hashing.verify(record.authenticators.password.encoded, PASSWORD)


def test_a_given_user_name_counts_before_that_of_the_record() -> None:
    record, problems = validate({"username": "ann"}, username="ann.example")

    assert problems == []
    assert hashing.verify(record.authenticators.password.encoded, PASSWORD)


def test_without_a_user_name_the_record_says_what_is_needed() -> None:
    _, problems = validate({}, username=None)

    assert [code for code, _ in problems] == ["hash_invalid"]
    assert "the user name in the source system" in problems[0][1]["detail"]


def test_a_format_without_the_user_name_ignores_it() -> None:
    value = "$2b$10$fVH8e28OQRj9tqiDXs1e1uxpsjN0c7II7YPKXua2NAKYvM6iQk7dq"
    record, problems = validate({}, value=value)

    assert problems == []
    assert record.authenticators.password.encoded == f"bcrypt${value}"


def test_a_hash_of_an_unsupported_system_is_refused_by_its_name() -> None:
    _, problems = validate({}, value="$racf$*8481*6095E8FCA59F8E3E")

    assert [code for code, _ in problems] == ["hash_unsupported"]
    assert problems[0][1]["detail"].startswith("IBM RACF")
