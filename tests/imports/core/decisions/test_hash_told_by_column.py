"""Hashes whose column says what was hashed: without an answer, with one, and where nothing says."""

from __future__ import annotations

from typing import Any

import pytest

from imports.core.mapping import MappedRow, Mapping, RecordMapper, Rule
from imports.core.readers import RawRow

BCRYPT = "$2b$10$rPWi9bREDEbfcdReyLNtbur40oOWnz8dMOzwy4FIqH3AnH/VM7ogS"
TARGETS = ("authenticators.password.hash", "authenticators.password.plaintext")
PATH = "services.password.bcrypt"


def map_hash(
    column: str, target: str = TARGETS[0], answer: str = "", value: str = BCRYPT, **more: Any
) -> MappedRow:
    rules = [Rule(source="id", target="subject_id"), Rule(source=column, target=target)]
    answers: dict[str, Any] = {f"hash_told_by_column:{column}": answer} if answer else {}
    mapper = RecordMapper(Mapping(rules=rules, answers=answers), {})
    return mapper.map_row(RawRow(1, 2, {"id": "7", column: value, **more}))


def read_format(row: MappedRow) -> tuple[str | None, dict[str, Any]]:
    assert row.record is not None
    password = row.record.authenticators.password
    return (password.format, password.params) if password else (None, {})


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("column", [PATH, "user.services.password.bcrypt"])
def test_path_of_meteor_says_its_format(column: str, target: str) -> None:
    row = map_hash(column, target)

    assert read_format(row) == ("meteor_bcrypt", {})
    assert all(decided.is_settled for decided in row.decided)


def test_hash_of_another_look_is_left_to_its_look() -> None:
    assert read_format(map_hash(PATH, value="$P$B55D6LjfHDkINU5wF.v2BuuzO0/XPk/")) == ("phpass", {})


def test_column_of_any_other_name_says_nothing() -> None:
    row = map_hash("password_bcrypt")

    assert read_format(row) == ("bcrypt", {})
    assert row.decided == ()


@pytest.mark.parametrize(("wrapped", "inner"), [(1, "sha512"), ("1", "sha512"), ("", None)])
def test_nodebb_says_in_each_row_whether_it_digested(wrapped: Any, inner: str | None) -> None:
    row = map_hash("password", **{"password:shaWrapped": wrapped})

    assert read_format(row)[1].get("inner") == inner


@pytest.mark.parametrize(
    ("answer", "format_id"),
    [("look", "bcrypt"), ("none", None), ("meteor_bcrypt", "meteor_bcrypt")],
)
def test_answer_overrules_the_column(answer: str, format_id: str | None) -> None:
    assert read_format(map_hash(PATH, answer=answer))[0] == format_id
