"""Suggestions follow names and values, and say why."""

import io

import pytest

from accounts.attributes import AttributeRule
from imports.core.inspection import inspect_file
from imports.core.mapping import Suggestion, build_mapping, check_mapping, suggest_mapping
from imports.core.mapping.suggestions import NAMES
from imports.core.targets import is_target

BCRYPT = "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr."


def suggest(columns: dict[str, str], attributes=()) -> dict[str, Suggestion]:
    content = "\t".join(columns) + "\n" + "\t".join(columns.values()) + "\n"
    inspection = inspect_file(io.BytesIO(content.encode()), file_name="x.tsv")
    rules = {name: AttributeRule(name) for name in attributes}
    return {each.source: each for each in suggest_mapping(inspection, rules)}


@pytest.mark.parametrize(
    ("column", "value", "target"),
    [
        ("mail", "a@x.org", "profile.email"),
        ("E-Mail Address", "a@x.org", "profile.email"),
        ("contact", "a@x.org", "profile.email"),
        ("login", "ann", "profile.username"),
        ("sub", "17", "subject_id"),
        ("UID", "17", "subject_id"),
        ("First Name", "Ann", "profile.given_name"),
        ("surname", "Lee", "profile.family_name"),
        ("Mobile", "+441632960001", "profile.phone"),
        ("reachable", "+441632960001", "profile.phone"),
        ("emailverified", "true", "profile.email_verified"),
        ("password", "geheim", "authenticators.password.plaintext"),
        ("password", BCRYPT, "authenticators.password.hash"),
        ("credential", BCRYPT, "authenticators.password.hash"),
        ("passwrd_hash", BCRYPT, "authenticators.password.hash"),
        ("roles", "a;b", "memberships.roles"),
        ("email", "yes", None),
        ("created", "somewhere", None),
        ("newsletter", "yes", None),
        ("shoe size", "43", None),
    ],
)
def test_column_is_suggested_for_the_field_it_looks_like(column, value, target):
    suggestion = suggest({column: value, "other": "x"})[column]
    assert suggestion.target == target
    assert suggestion.reason


def test_opposite_of_active_is_inverted():
    suggestion = suggest({"disabled": "true", "id": "1"})["disabled"]
    assert suggestion.target == "profile.active"
    assert suggestion.transforms[0].apply("true") is False


def test_attribute_of_the_same_name_is_suggested():
    assert suggest({"Cost Center": "7", "id": "1"}, ["cost_center"])["Cost Center"].target == (
        "profile.attributes.cost_center"
    )


def test_field_of_one_value_is_suggested_once_for_the_surest_column():
    found = suggest({"contact": "b@x.org", "email": "a@x.org"})
    assert (found["contact"].target, found["email"].target) == (None, "profile.email")
    assert "“email”" in found["contact"].reason


def test_field_that_is_a_list_is_suggested_for_several_columns():
    found = suggest({"roles": "a", "role": "b"})
    assert {each.target for each in found.values()} == {"memberships.roles"}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_synonym_leads_to_a_field_that_exists(name):
    assert is_target(NAMES[name])


def test_mapping_built_from_suggestions_can_be_used():
    found = suggest({"id": "1", "mail": "a@x.org", "newsletter": "x"})
    mapping = build_mapping(found.values(), "generic", "shop")
    check_mapping(mapping, list(found), {})
    assert (mapping.source_name, mapping.ignored) == ("shop", ["newsletter"])


def test_unknown_field_of_the_record_format_is_not_left_out_unseen():
    content = b'[{"subject_id": "1", "profile": {"emial": "a@x.org"}}]'
    inspection = inspect_file(io.BytesIO(content), file_name="x.json")
    assert inspection.provider == "native"
    suggestions = suggest_mapping(inspection, {})
    assert "check its spelling" in suggestions[1].reason
    assert build_mapping(suggestions, "native", "").ignored == []
