"""What amendments make of a mapping."""

import pytest

from imports.core.corrections.amendments import Amendment, Repair, amend_mapping, find_target
from imports.core.mapping import Mapping, RecordMapper, Rule
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


def amend(mapping: Mapping, *changes: dict[str, object]) -> Mapping:
    amendments = [
        Amendment.model_validate({"number": number, "attempt": 2, **change})
        for number, change in enumerate(changes, start=1)
    ]
    return amend_mapping(mapping, amendments)


def read(mapping: Mapping, values: dict[str, object]) -> dict[str, object]:
    return RecordMapper(mapping, {}).read_values(RawRow(1, 1, dict(values)))


def test_trimming_and_lower_case_come_before_all_other_transforms() -> None:
    amended = amend(
        GENERIC,
        {"repair": Repair.TRIM, "target": "profile.username"},
        {"repair": Repair.LOWER, "target": "profile.username"},
    )

    assert read(amended, ROW)["profile"]["username"] == "ada"


def test_a_value_is_replaced_as_the_file_has_it() -> None:
    change = {"repair": Repair.REPLACE, "target": "profile.active", "key": "perhaps", "value": "no"}

    assert read(amend(GENERIC, change), ROW)["profile"]["active"] is False


def test_of_two_replacements_of_one_value_the_later_one_holds() -> None:
    first = {"repair": Repair.REPLACE, "target": "profile.username", "key": "x", "value": "y"}

    amended = amend(GENERIC, first, {**first, "value": "z"})

    assert read(amended, {**ROW, "name": "x"})["profile"]["username"] == "z"


def test_a_value_can_be_replaced_by_none() -> None:
    change = {"repair": Repair.REPLACE, "target": "profile.username", "key": " Ada ", "value": ""}

    assert "username" not in read(amend(GENERIC, change), ROW)["profile"]


def test_a_default_stands_only_where_there_is_no_value() -> None:
    amended = amend(GENERIC, {"repair": Repair.DEFAULT, "target": "profile.active", "value": "yes"})

    assert read(amended, {**ROW, "on": ""})["profile"]["active"] is True
    assert "active" not in read(amended, ROW)["profile"]


def test_a_part_of_the_record_is_ignored_with_all_of_its_fields() -> None:
    amended = amend(GENERIC, {"repair": Repair.IGNORE, "target": "authenticators.password"})

    assert "authenticators" not in read(amended, ROW)


@pytest.mark.parametrize("repair", [Repair.GROUP, Repair.ROLE])
def test_groups_and_roles_are_renamed(repair: Repair) -> None:
    amended = amend(GENERIC, {"repair": repair, "key": "a", "value": "b"})

    assert getattr(amended, f"{repair}s") == {"a": "b"}


def test_fields_of_the_record_format_are_amended_without_a_rule_for_them() -> None:
    record = {"subject_id": "1", "profile": {"username": " ADA ", "phone": "none"}}

    amended = amend(
        NATIVE,
        {"repair": Repair.LOWER, "target": "profile.username"},
        {"repair": Repair.TRIM, "target": "profile.username"},
        {"repair": Repair.IGNORE, "target": "profile.phone"},
    )

    assert read(amended, record) == {"subject_id": "1", "profile": {"username": "ada"}}


def test_what_was_taken_back_does_nothing() -> None:
    change = {"repair": Repair.IGNORE, "target": "profile.username", "is_taken_back": True}

    assert amend(GENERIC, change) == GENERIC


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
