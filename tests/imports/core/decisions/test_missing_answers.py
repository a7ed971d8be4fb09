"""Questions about the source system: only the records that need an answer wait for it."""

from __future__ import annotations

from typing import Any

import pytest

from imports.core.mapping import MappedRow, Mapping, RecordMapper, Rule
from imports.core.providers.systems import fusionauth, supertokens
from imports.core.readers import RawRow

USER = {"id": "00u1", "status": "ACTIVE", "created": "2023-01-02T03:04:05.000Z"}
RULES = [
    Rule(source="id", target="subject_id"),
    Rule(source="(phone)", target="profile.phone"),
]
KEY = "answer_missing:(phone)"


def map_phone(phone: str, answers: dict[str, Any] | None = None) -> MappedRow:
    mapping = Mapping(provider="okta", rules=RULES, answers=answers or {})
    user = {**USER, "profile": {"login": "a@example.com", "mobilePhone": phone}}
    return RecordMapper(mapping, {}).map_row(RawRow(1, 1, user))


def test_a_record_that_needs_the_answer_fails_with_the_code_of_the_question_alone() -> None:
    row = map_phone("0171 3920012")

    assert row.record is None
    (problem,) = row.problems
    assert (problem.code, problem.field, problem.column) == (
        "answer_missing",
        "profile.phone",
        "(phone)",
    )
    assert problem.params == {"value": "Country of phone numbers (phone_country)"}


@pytest.mark.parametrize(
    ("phone", "answers", "stored"),
    [
        ("+49 171 3920012", {}, "+491713920012"),
        ("0171 3920012", {"phone_country": "DE"}, "+491713920012"),
        ("0171 3920012", {KEY: "none"}, None),
        ("", {}, None),
    ],
)
def test_a_record_that_does_not_need_the_answer_waits_for_nothing(
    phone: str, answers: dict[str, Any], stored: str | None
) -> None:
    record = map_phone(phone, answers).record

    assert record is not None
    assert record.profile.phone == stored


def test_a_number_too_short_for_any_country_asks_for_none() -> None:
    assert [each.code for each in map_phone("4711").problems] == ["invalid_phone"]


@pytest.mark.parametrize(
    ("user", "needed"),
    [
        ({"password": "cGFzcw==", "salt": "c2FsdA=="}, ["scheme"]),
        ({"password": "x", "encryptionScheme": "salted-pbkdf2-hmac-sha256"}, ["factor"]),
        ({"password": "x", "encryptionScheme": "salted-md5", "salt": "x"}, []),
        ({"password": "correct horse"}, []),
    ],
)
def test_scheme_and_factor_of_fusionauth_are_needed_by_hashes_that_lack_them(
    user: dict[str, Any], needed: list[str]
) -> None:
    names = {fusionauth.SCHEME: "scheme", fusionauth.FACTOR: "factor"}
    values = fusionauth.PROVIDER.normalise({"id": "7", **user}, {})

    found = [names[each.name] for each in fusionauth.QUESTIONS if each.needs(values)]

    assert found == needed


@pytest.mark.parametrize(("algorithm", "needs"), [("firebase_scrypt", True), ("bcrypt", False)])
def test_signer_key_of_supertokens_is_needed_by_hashes_of_firebase(
    algorithm: str, *, needs: bool
) -> None:
    login = {"recipeId": "emailpassword", "email": "a@example.com", "passwordHash": "x"}
    user = {"loginMethods": [{**login, "hashingAlgorithm": algorithm}]}
    values = supertokens.PROVIDER.normalise(user, {})

    assert [each.needs(values) for each in supertokens.QUESTIONS] == [needs]
