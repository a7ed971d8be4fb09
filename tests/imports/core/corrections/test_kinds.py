"""What corrections make of a mapping, kind by kind, and that each says all that it has to."""

from pathlib import Path

import pytest

from imports.core.corrections import (
    KINDS,
    Asks,
    Failure,
    correct_mapping,
    find_target,
    read_corrections,
)
from imports.core.mapping import Mapping, RecordMapper, Rule
from imports.core.problems import Problem
from imports.core.readers import RawRow
from imports.core.transforms.families.words import Boolean

GENERIC = Mapping(
    rules=[
        Rule(source="id", target="subject_id"),
        Rule(source="name", target="profile.username"),
        Rule(source="on", target="profile.active", transforms=[Boolean()]),
        Rule(source="hash", target="authenticators.password.hash"),
        Rule(source="kind", target="authenticators.password.format"),
        Rule(source="groups", target="memberships.groups"),
    ]
)
NATIVE = Mapping(provider="native")
ROW = {"id": "1", "name": " Ada ", "on": "perhaps", "hash": "x", "kind": "y", "groups": "a;b"}


def correct(mapping: Mapping, *changes: dict[str, object]) -> Mapping:
    stored = [
        {"number": number, "attempt": 2, **change} for number, change in enumerate(changes, start=1)
    ]
    return correct_mapping(mapping, read_corrections(stored))


def read(mapping: Mapping, values: dict[str, object]) -> dict[str, object]:
    return RecordMapper(mapping, {}).read_values(RawRow(1, 1, dict(values)))


def test_trimming_and_lower_case_come_before_all_other_transforms() -> None:
    corrected = correct(
        GENERIC,
        {"kind": "trim", "target": "profile.username"},
        {"kind": "lower", "target": "profile.username"},
    )

    assert read(corrected, ROW)["profile"]["username"] == "ada"


def test_a_value_is_replaced_as_the_file_has_it() -> None:
    change = {"kind": "replace", "target": "profile.active", "key": "perhaps", "value": "no"}

    assert read(correct(GENERIC, change), ROW)["profile"]["active"] is False


def test_of_two_replacements_of_one_value_the_later_one_holds() -> None:
    first = {"kind": "replace", "target": "profile.username", "key": "x", "value": "y"}

    corrected = correct(GENERIC, first, {**first, "value": "z"})

    assert read(corrected, {**ROW, "name": "x"})["profile"]["username"] == "z"


def test_a_value_can_be_replaced_by_none() -> None:
    change = {"kind": "replace", "target": "profile.username", "key": " Ada ", "value": ""}

    assert "username" not in read(correct(GENERIC, change), ROW)["profile"]


def test_a_default_stands_only_where_there_is_no_value() -> None:
    corrected = correct(GENERIC, {"kind": "default", "target": "profile.active", "value": "yes"})

    assert read(corrected, {**ROW, "on": ""})["profile"]["active"] is True
    assert "active" not in read(corrected, ROW)["profile"]


def test_a_part_of_the_record_is_ignored_with_all_of_its_fields() -> None:
    corrected = correct(GENERIC, {"kind": "drop_field", "target": "authenticators.password"})

    assert "authenticators" not in read(corrected, ROW)


@pytest.mark.parametrize(("kind", "value"), [("rename_membership", "b"), ("drop_membership", "")])
@pytest.mark.parametrize("part", ["groups", "roles"])
def test_groups_and_roles_are_renamed_or_dropped(part: str, kind: str, value: str) -> None:
    change = {"kind": kind, "target": f"memberships.{part}", "key": "a", "value": value}

    assert getattr(correct(GENERIC, change), part) == {"a": value}


def test_a_format_is_set_for_all_hashes() -> None:
    change = {"kind": "set_format", "value": "unsalted_md5"}

    assert correct(GENERIC, change).constants == {"authenticators.password.format": "unsalted_md5"}


def test_numbers_without_a_country_code_are_read_as_those_of_the_country() -> None:
    mapping = Mapping(rules=[Rule(source="tel", target="profile.phone")])
    corrected = correct(mapping, {"kind": "set_country", "target": "profile.phone", "value": "GB"})

    assert read(corrected, {"tel": "01632 960001"})["profile"]["phone"] == "+441632960001"
    assert read(corrected, {"tel": "+49 30 901820"})["profile"]["phone"] == "+4930901820"


def test_countries_of_assigned_numbers_are_offered_first() -> None:
    rows = [RawRow(1, 1, {"tel": "030 901820"}), RawRow(2, 2, {"tel": "089 2180"})]
    failure = Failure(Problem("invalid_phone", "profile.phone", "tel"), rows=rows)

    assert next(iter(KINDS["set_country"].list_choices(failure))) == "DE"


LAST_NAME = "profile.attributes.last_name"


@pytest.mark.parametrize(
    ("part", "name", "expected"),
    [
        ("first word", "Ada Mary King", "Ada"),
        ("words before the last", "Ada Mary King", "Ada Mary"),
        ("last word", "Ada Mary King", "King"),
        ("words after the first", "Ada Mary King", "Mary King"),
        ("words before the comma", "van Dyk, Ada M.", "van Dyk"),
        ("words after the comma", "van Dyk, Ada M.", "Ada M."),
        ("last word", "Ada", None),
        ("last word", "King, Ada", None),
        ("words before the comma", "Ada King", None),
    ],
)
def test_part_of_a_full_name_fills_a_name(part: str, name: str, expected: str | None) -> None:
    mapping = Mapping(rules=[Rule(source="last", target=LAST_NAME)])
    change = {"kind": "split_name", "target": LAST_NAME, "value": f"{part} of Full name"}

    values = read(correct(mapping, change), {"Full name": name, "last": ""})

    assert values.get("profile", {}).get("attributes", {}).get("last_name") == expected


def test_columns_with_full_names_are_offered_for_the_name_that_is_missing() -> None:
    row = RawRow(1, 1, {"Full name": "Ada King", "Nickname": "ada", "Street": "High Street"})
    problem = Problem("missing_required", LAST_NAME, params={"label": "last_name"})
    kind = KINDS["split_name"]

    assert kind.applies(problem)
    assert not kind.applies(Problem("missing_required", "profile.attributes.team"))
    assert list(kind.list_choices(Failure(problem, rows=[row]))) == [
        "last word of Full name", "words after the first of Full name",
        "words before the comma of Full name",
    ]  # fmt: skip


@pytest.mark.parametrize("name", list(KINDS))
def test_each_kind_has_the_words_that_its_place_on_the_page_needs(name: str) -> None:
    kind = KINDS[name]

    assert len(kind.button.replace("“", "").split()) <= 3
    if kind.asks is Asks.NOTHING:
        assert not kind.label
    assert bool(kind.heading) is (kind.asks is not Asks.NOTHING)
    assert bool(kind.label) is (kind.asks in {Asks.CHOICE, Asks.TEXT, Asks.MEMBERSHIP})


@pytest.mark.parametrize("name", list(KINDS))
def test_each_kind_is_in_the_docs(name: str) -> None:
    page = Path(__file__).parents[4] / "docs" / "results.md"

    assert f"| `{name}` |" in page.read_text()


def test_fields_of_the_record_format_are_corrected_without_a_rule_for_them() -> None:
    record = {"subject_id": "1", "profile": {"username": " ADA ", "phone": "none"}}

    corrected = correct(
        NATIVE,
        {"kind": "lower", "target": "profile.username"},
        {"kind": "trim", "target": "profile.username"},
        {"kind": "drop_field", "target": "profile.phone"},
    )

    assert read(corrected, record) == {"subject_id": "1", "profile": {"username": "ada"}}


def test_what_was_undone_does_nothing() -> None:
    change = {"kind": "drop_field", "target": "profile.username", "is_undone": True}

    assert correct(GENERIC, change) == GENERIC


@pytest.mark.parametrize(
    ("field", "target"),
    [
        ("profile.email", "profile.email"),
        ("profile.emails[1].email", "profile.emails"),
        ("profile.attributes.shoe size", "profile.attributes.shoe size"),
        ("authenticators.password", ""),
        ("", ""),
    ],
)
def test_the_target_of_a_problem_is_the_field_that_holds_it(field: str, target: str) -> None:
    assert find_target(field) == target
