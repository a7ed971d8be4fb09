"""Exports by API: scopes, parts that follow each other, refusals."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.test import Client

from accounts.access_tokens import CREDENTIALS_SCOPE, SCOPE
from accounts.models import User
from exports.models import Export
from tests.exports.exporting import get_latest
from tests.imports.api.conftest import MakeProgram, Program

VIEW_USER, CREDENTIALS = "accounts.view_user", "accounts.export_credentials"
BOTH = f"{SCOPE} {CREDENTIALS_SCOPE}"
HASH = "bcrypt$$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr."


@pytest.fixture(autouse=True)
def people(db: None) -> None:
    for each in ("a", "b", "c"):
        User.objects.create(subject_id=each, password=HASH)


def fetch(program: Program, **query: Any) -> Any:
    headers = {"Authorization": f"Bearer {program.token}"}
    return Client().get("/api/v1/exports/native", query, headers=headers)


def read(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.content
    return [orjson.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


def test_parts_follow_each_other_by_subject_id(make_program: MakeProgram) -> None:
    program = make_program(VIEW_USER)

    first = read(fetch(program, limit=2))
    rest = read(fetch(program, limit=2, after=first[-1]["subject_id"]))

    assert [each["subject_id"] for each in first + rest] == ["a", "b", "c"]
    assert get_latest().selection == {"after": "b", "limit": 2}


def test_the_form_is_chosen_and_named(make_program: MakeProgram) -> None:
    program = make_program(VIEW_USER)

    ndjson, array = fetch(program), fetch(program, format="json")

    assert ndjson["Content-Type"] == "application/x-ndjson"
    assert array["Content-Type"] == "application/json"
    assert len(orjson.loads(b"".join(array.streaming_content))) == 3


def test_credentials_come_with_scope_and_permission_alone(make_program: MakeProgram) -> None:
    program = make_program(VIEW_USER, CREDENTIALS, scope=BOTH)

    assert all("authenticators" not in each for each in read(fetch(program)))
    with_them = read(fetch(program, credentials=True))

    assert with_them[0]["authenticators"]["password"]["format"] == "bcrypt"
    assert get_latest().with_credentials
    assert get_latest().taker


def test_credentials_without_the_scope_are_refused(make_program: MakeProgram) -> None:
    answer = fetch(make_program(VIEW_USER, CREDENTIALS), credentials=True)

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert CREDENTIALS_SCOPE in answer.json()["detail"]
    assert f'scope="{CREDENTIALS_SCOPE}"' in answer["WWW-Authenticate"]
    assert not Export.objects.exists()


def test_credentials_without_the_permission_are_refused(make_program: MakeProgram) -> None:
    answer = fetch(make_program(VIEW_USER, scope=BOTH), credentials=True)

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")
    assert CREDENTIALS in answer.json()["detail"]


@pytest.mark.parametrize(
    "query",
    [
        {"format": "xml"},
        {"group": "nobody"},
        {"job": 4711},
        {"job": "x"},
        {"limit": 0},
        {"limit": 2**63},
        {"credentials": "maybe"},
        {"unknown": "1"},
    ],
)
def test_what_makes_no_sense_is_refused(program: Program, query: dict[str, Any]) -> None:
    answer = fetch(program, **query)

    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")
    assert not Export.objects.exists()


def test_a_target_that_there_is_not_is_not_found(program: Program) -> None:
    assert program.call("GET", "/exports/nowhere").status == 404
