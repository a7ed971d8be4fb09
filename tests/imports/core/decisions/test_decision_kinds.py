"""Decisions: whom they concern, how answers are written, and what they do to the record."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from imports.core.column_samples import ColumnSample
from imports.core.decisions import (
    KINDS,
    Decided,
    add_choices,
    build_decisions,
    find_answer_faults,
    find_column_key,
    write_decision,
)
from imports.core.decisions.contract import Concern, DecisionKind
from imports.core.dry_run.tally import Tally
from imports.core.mapping import MappedRow, Mapping, RecordMapper, Rule
from imports.core.problems import CODES
from imports.core.readers import RawRow

GUIDE = Path(__file__).parents[4] / "docs" / "dry-run.md"
BCRYPT = "$2b$10$rPWi9bREDEbfcdReyLNtbur40oOWnz8dMOzwy4FIqH3AnH/VM7ogS"
MAGENTO = hashlib.sha256(b"made up").hexdigest() + ":Xy1:1"
UNKNOWN = "$xy$" + "q" * 43
CODE = "hash_as_password"
KEY = f"{CODE}:password"
RULES = [
    Rule(source="id", target="subject_id"),
    Rule(source="password", target="authenticators.password.plaintext"),
]


def map_password(password: Any, answers: dict[str, Any] | None = None, **more: Any) -> MappedRow:
    mapping = Mapping(rules=RULES, answers=answers or {}, **more)
    return RecordMapper(mapping, {}).map_row(RawRow(1, 2, {"id": "7", "password": password}))


@pytest.mark.parametrize("code", KINDS)
def test_every_kind_is_a_problem_and_says_everything(code: str) -> None:
    kind = KINDS[code]

    assert CODES[code].title == kind.title
    assert all([kind.message, kind.advice, kind.afterwards, kind.choices])
    assert kind.text.format(column="a", count=1, values="b (1)")


def test_a_hash_in_a_column_of_passwords_fails_until_somebody_decides() -> None:
    row = map_password(MAGENTO)

    assert row.record is None
    (problem,) = row.problems
    params = {"value": "Magento 2"}
    assert (problem.code, problem.column, problem.params) == (CODE, "password", params)


@pytest.mark.parametrize("answer", [None, "plain", {"MD5": "none"}])
def test_what_can_only_be_a_hash_is_one_unless_it_is_excluded(answer: Any) -> None:
    row = map_password(BCRYPT, {KEY: answer} if answer else {})

    assert [decided.is_settled for decided in row.decided] == [True]
    assert row.record is not None
    password = row.record.authenticators.password
    assert password is not None
    assert (password.format, password.plaintext) == ("bcrypt", None)


def test_what_can_only_be_a_hash_may_be_excluded() -> None:
    row = map_password(BCRYPT, {KEY: "none"})

    assert [decided.is_settled for decided in row.decided] == [False]
    assert row.record is not None
    assert row.record.authenticators.password is None


@pytest.mark.parametrize("more", [{"constants": {"authenticators.password.format": "ntlm"}}, {}])
def test_what_the_source_declares_is_asked_about_however_certain_it_looks(more: Any) -> None:
    row = map_password(BCRYPT if more else "{noop}" + BCRYPT, **more)

    assert [decided.is_open for decided in row.decided] == [True]


def test_a_decision_says_apart_what_is_asked_and_what_is_certain() -> None:
    asked = Decided(CODE, Concern("password", "hex", "", ("plain", "none"), "none"))
    certain = Decided(CODE, Concern("password", "bcrypt", "", ("hash", "none")), "hash", True)

    (entry,) = build_decisions([(write_decision(certain), 4), (write_decision(asked), 2)])

    assert "has values that look like hashes" in entry["text"]
    assert "have the marker of a hash format" in entry["text"]
    assert "as password hashes: bcrypt (4)." in entry["text"]
    assert [value["value"] for value in entry["values"]] == ["hex", "bcrypt"]
    assert (entry["count"], entry["open"]) == (6, 2)


def test_a_plain_password_needs_no_decision() -> None:
    row = map_password("Blue-River-42")

    assert row.record is not None
    assert row.decided == ()


@pytest.mark.parametrize("answer", ["hash", {"bcrypt": "hash"}, {"*": "hash"}])
def test_an_answer_makes_the_value_a_hash(answer: Any) -> None:
    record = map_password(BCRYPT, {KEY: answer}).record

    assert record is not None
    password = record.authenticators.password
    assert password is not None
    assert (password.format, password.plaintext) == ("bcrypt", None)


def test_an_answer_for_other_values_leaves_the_decision_open() -> None:
    row = map_password(MAGENTO, {KEY: {"MD5": "hash"}})

    assert [decided.is_open for decided in row.decided] == [True]


def test_plain_keeps_the_text_as_the_password() -> None:
    record = map_password(UNKNOWN, {KEY: "plain"}).record

    assert record is not None
    assert record.authenticators.password is not None
    assert record.authenticators.password.plaintext == UNKNOWN


def test_none_imports_the_person_without_a_password() -> None:
    record = map_password(UNKNOWN, {KEY: "none"}).record

    assert record is not None
    assert record.authenticators.password is None


def test_a_hash_of_unknown_format_cannot_be_imported_as_a_hash() -> None:
    row = map_password(UNKNOWN, {KEY: "hash"})

    assert row.record is None
    assert row.decided[0].concern.choices == ("plain", "none")


def test_a_declared_format_lets_a_bare_digest_be_a_hash() -> None:
    constants = {"authenticators.password.format": "ntlm"}
    digest = "5f4dcc3b5aa765d61d8327deb882cf99"

    record = map_password(digest, {KEY: "hash"}, constants=constants).record

    assert record is not None
    assert record.authenticators.password is not None
    assert record.authenticators.password.format == "ntlm"


def test_the_record_format_asks_too() -> None:
    values = {"subject_id": "7", "authenticators": {"password": {"plaintext": BCRYPT}}}
    row = RecordMapper(Mapping(provider="native"), {}).map_row(RawRow(1, 2, values))

    (problem,) = row.problems
    assert (problem.code, problem.column) == (CODE, "authenticators.password.plaintext")


def test_a_template_that_makes_a_hash_asks_too() -> None:
    rules = [RULES[0], Rule(template="{digest}:{salt}", target="authenticators.password.plaintext")]
    source = {"id": "7", "digest": MAGENTO[:64], "salt": MAGENTO[65:]}

    row = RecordMapper(Mapping(rules=rules), {}).map_row(RawRow(1, 2, source))

    assert [problem.code for problem in row.problems] == [CODE]


def test_unknown_codes_and_choices_are_refused_by_name() -> None:
    answers: dict[str, Any] = {
        "nonsense:password": "hash",
        KEY: {"bcrypt": "maybe"},
        f"{CODE}:": "hash",
        "signer_key": "kept",
    }

    unknown, choice, nameless = find_answer_faults(answers)

    assert "“nonsense”" in unknown
    assert "“maybe”" in choice
    assert "hash, plain, none" in choice
    assert "COLUMN" in nameless


def test_choices_for_some_values_leave_the_others_as_they_were() -> None:
    assert add_choices({KEY: "none"}, KEY, {"bcrypt": "hash"}) == {
        KEY: {"*": "none", "bcrypt": "hash"}
    }
    assert add_choices({}, KEY, {"bcrypt": "hash"}) == {KEY: {"bcrypt": "hash"}}


def decide(value: str, choice: str = "") -> Decided:
    concern = Concern("password", value, "", ("hash", "plain", "none"), "hash")
    return Decided(CODE, concern, choice)


def test_the_report_counts_by_column_and_value_with_the_open_ones_first() -> None:
    tally = Tally(find_column_key)
    for decided in [decide("bcrypt"), decide("bcrypt"), decide("$xy$ + 43 characters", "none")]:
        tally.count(write_decision(decided))

    (entry,) = build_decisions((key, found.count) for key, found in tally)

    assert (entry["answer"], entry["count"], entry["open"]) == (KEY, 3, 2)
    assert [(each["value"], each["count"], each["choice"]) for each in entry["values"]] == [
        ("bcrypt", 2, ""),
        ("$xy$ + 43 characters", 1, "none"),
    ]


def test_values_beyond_the_limit_are_counted_together_for_their_column() -> None:
    tally = Tally(find_column_key, limit=2)
    for number in range(5):
        tally.count(write_decision(decide(f"value {number}")))

    (entry,) = build_decisions((key, found.count) for key, found in tally)

    assert {each["value"]: each["count"] for each in entry["values"]} == {
        "*": 3,
        "value 0": 1,
        "value 1": 1,
    }


def map_entry(kind: str, answers: dict[str, Any] | None = None) -> MappedRow:
    """Map an entry of a directory of which the first people have an nsUniqueId."""
    mapping = Mapping(
        provider="ldap_directory",
        rules=[Rule(source="(subject id)", target="subject_id")],
        answers=answers or {},
    )
    samples = {"(id attribute)": ColumnSample("(id attribute)", ("nsuniqueid",), 1.0)}
    entry = {"dn": "uid=ada,dc=example", "objectClass": "person", "uid": "ada", kind: "51a6f214"}
    return RecordMapper(mapping, {}, samples=samples).map_row(RawRow(1, 2, entry))


def test_id_from_another_attribute_than_the_first_ones_waits_for_a_decision() -> None:
    answered = map_entry("x", {"id_of_another_kind:(subject id)": "take"})

    assert [problem.code for problem in map_entry("x").problems] == ["id_of_another_kind"]
    assert map_entry("nsUniqueId").problems == ()
    assert answered.record is not None
    assert answered.record.subject_id == "ada"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
def test_guide_to_the_dry_run_names_the_decision_and_its_choices(kind: DecisionKind) -> None:
    rows = GUIDE.read_text().splitlines()

    [row] = [row for row in rows if row.startswith(f"| `{kind.code}` |")]

    is_listed_elsewhere = "hash-formats.md" in row
    assert is_listed_elsewhere or all(f"`{choice}`" in row for choice in kind.choice_ids)
