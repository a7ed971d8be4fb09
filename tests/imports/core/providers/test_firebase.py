"""Firebase's quirks: parameters asked of the operator, milliseconds, CSV without a header."""

import io
import json

import pytest

from imports.core.inspection.inspection import inspect_file
from imports.core.mapping import RecordMapper, build_mapping, suggest_mapping
from imports.core.providers.systems.firebase import CELLS, excludes, normalise, recognise
from imports.core.readers import RawRow

ANSWERS = {"signer_key": " a2V5 ", "rounds": "9", "memory_cost": ""}


def test_parameters_of_the_hash_are_the_answers_with_what_was_not_answered_filled_in():
    found = normalise({"localId": "1", "passwordHash": "aGFzaA==", "salt": "c2FsdA=="}, ANSWERS)
    assert found["(hash parameters)"] == {
        "signer_key": "a2V5",
        "salt_separator": "Bw==",
        "rounds": "9",
        "memory_cost": "14",
        "salt": "c2FsdA==",
    }


def test_user_without_a_hash_has_no_parameters_that_would_tell_the_key():
    found = normalise({"localId": "1", "email": "ada@example.com"}, ANSWERS)
    assert "(hash parameters)" not in found
    assert "(hash format)" not in found


@pytest.mark.parametrize(
    ("milliseconds", "timestamp"),
    [("1614850200123", "2021-03-04T09:30:00.123000Z"), (0, "1970-01-01T00:00:00Z"), ("x", "x")],
)
def test_milliseconds_become_timestamps(milliseconds, timestamp):
    assert normalise({"localId": "1", "createdAt": milliseconds}, {})["createdAt"] == timestamp


def test_logins_are_those_of_other_providers_under_the_ids_used_here():
    providers = [
        {"providerId": "google.com", "rawId": "1", "email": "ada@example.com"},
        {"providerId": "password", "rawId": "ada@example.com"},
        {"providerId": "phone", "rawId": "+441632960001"},
        {"providerId": "saml.acme", "rawId": "ada"},
        {"providerId": "apple.com"},
    ]
    found = normalise({"localId": "1", "providerUserInfo": providers}, {})
    assert found["(external logins)"] == [
        {"provider": "google", "subject": "1", "display_name": "ada@example.com"},
        {"provider": "saml.acme", "subject": "ada"},
    ]


def test_claims_in_json_text_become_columns_and_damaged_ones_stay():
    assert normalise({"localId": "1", "customAttributes": '{"a":1}'}, {})["customAttributes"] == {
        "a": 1
    }
    assert normalise({"localId": "1", "customAttributes": '{"a'}, {})["customAttributes"] == '{"a'


def test_every_cell_of_a_row_without_names_has_its_place():
    values = {f"(column {number})": f"cell {number}" for number in range(1, 54)}
    found = normalise(values, {})
    assert len(CELLS) == 52
    assert found["localId"] == "cell 1"
    assert found["phoneNumber"] == "cell 26"
    logins = {each["provider"]: each["subject"] for each in found["(external logins)"]}
    assert logins == {
        "google": "cell 8",
        "facebook": "cell 12",
        "twitter": "cell 16",
        "github": "cell 20",
        "apple": "cell 29",
        "microsoft": "cell 33",
        "gc.apple.com": "cell 37",
        "playgames.google.com": "cell 41",
        "linkedin": "cell 45",
        "yahoo": "cell 49",
    }


def test_anonymous_user_is_excluded_with_a_reason():
    assert "anonymous" in excludes(normalise({"localId": "1", "createdAt": "1"}, {}))
    assert excludes(normalise({"localId": "1", "phoneNumber": "+441632960001"}, {})) == ""


@pytest.mark.parametrize("change", [{3: "maybe"}, {4: "not a hash"}, {24: "2021-03-04"}, {1: ""}])
def test_rows_without_names_but_with_other_cells_are_not_firebases(change):
    cells = {1: "uid", 2: "ada@example.com", 3: "true", 24: "1614850200123", **change}
    row = {f"(column {number})": cells.get(number, "") for number in range(1, 54)}
    assert recognise(list(row), [row]) is None


GOOGLE = {
    "localId": "1",
    "email": "ada@example.com",
    "createdAt": "1614850200123",
    "providerUserInfo": [{"providerId": "google.com", "rawId": "7"}],
}
SCRYPT = {**GOOGLE, "localId": "2", "passwordHash": "aGFzaA==", "salt": "c2FsdA=="}
BCRYPT = {**SCRYPT, "passwordHash": "$2b$10$rPWi9bREDEbfcdReyLNtbur40oOWnz8dMOzwy4FIqH3AnH/VM7ogS"}


@pytest.mark.parametrize(("user", "needs"), [(GOOGLE, False), (SCRYPT, True), (BCRYPT, False)])
def test_signer_key_is_asked_for_only_where_a_hash_needs_it(user, needs):
    content = json.dumps({"users": [user]}).encode()
    inspection = inspect_file(io.BytesIO(content), file_name="users.json")
    mapping = build_mapping(suggest_mapping(inspection, {}), inspection.provider, "test")

    row = RecordMapper(mapping, {}).map_row(RawRow(1, 1, user))

    asked = [each.concern.value for each in row.decided if each.code == "answer_missing"]
    assert asked == (["Signer key (signer_key)"] if needs else [])
