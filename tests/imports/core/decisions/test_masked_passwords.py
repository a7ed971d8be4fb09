"""Masks in place of passwords: never the password unless somebody says so."""

from __future__ import annotations

import pytest

from imports.core.mapping import MappedRow, Mapping, RecordMapper, Rule
from imports.core.readers import RawRow

RULES = [
    Rule(source="id", target="subject_id"),
    Rule(source="password", target="authenticators.password.plaintext"),
]


def map_password(password: str, choice: str = "") -> MappedRow:
    answers = {"password_masked:password": choice} if choice else {}
    mapper = RecordMapper(Mapping(rules=RULES, answers=answers), {})
    return mapper.map_row(RawRow(1, 2, {"id": "7", "password": password}))


@pytest.mark.parametrize("mask", ["**********", "•••", "xxxxxxxx", "[REDACTED]", "<hidden>"])
def test_a_mask_waits_for_a_decision(mask: str) -> None:
    row = map_password(mask)

    assert row.record is None
    assert [problem.code for problem in row.problems] == ["password_masked"]


@pytest.mark.parametrize("password", ["Secret", "password", "x*x*x*", "hidden-lake", "aaaa"])
def test_a_password_that_anybody_may_have_does_not(password: str) -> None:
    assert map_password(password).record is not None


@pytest.mark.parametrize(("choice", "stored"), [("none", None), ("plain", "****")])
def test_the_answer_decides(choice: str, stored: str | None) -> None:
    record = map_password("****", choice).record

    assert record is not None
    password = record.authenticators.password
    assert (password and password.plaintext and password.plaintext) == stored
