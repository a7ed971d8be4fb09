"""Each provider recognises its files, and turns them into the records they have to become."""

import io
import json

import pytest

from imports.core.inspection.inspection import inspect_file
from imports.core.mapping import suggest_mapping
from imports.core.providers import PROVIDERS
from imports.core.providers.systems.aspnet_identity import normalise
from imports.core.readers import read_rows
from imports.core.records.targets import is_target
from tests.fixtures.make_golden import find_golden, list_fixtures, read_fixture

FIXTURES = [pytest.param(path, id=f"{path.parent.name}-{path.name}") for path in list_fixtures()]
ASKED = [each for each in FIXTURES if PROVIDERS[each.values[0].parent.name].questions]


@pytest.mark.parametrize("path", FIXTURES)
def test_fixture_becomes_its_golden_records(path):
    assert read_fixture(path) == json.loads(find_golden(path).read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FIXTURES)
def test_fixture_is_recognised_by_its_content(path):
    inspection = inspect_file(io.BytesIO(path.read_bytes()), file_name="export")
    assert inspection.provider == path.parent.name
    assert inspection.evidence


@pytest.mark.parametrize("path", FIXTURES)
def test_every_column_of_a_fixture_has_a_suggestion_with_a_reason(path):
    inspection = inspect_file(io.BytesIO(path.read_bytes()), file_name="export")
    suggestions = suggest_mapping(inspection, {})
    assert [each.source for each in suggestions] == [each.name for each in inspection.columns]
    assert all(each.reason and 0 <= each.confidence <= 1 for each in suggestions)
    assert all(each.target is None or is_target(each.target) for each in suggestions)


@pytest.mark.parametrize("path", ASKED)
def test_answers_add_no_column_that_the_mapping_was_not_made_for(path):
    provider = PROVIDERS[path.parent.name]
    answers = {each.name: (*each.choices, "bWFkZSB1cA==")[0] for each in provider.questions}
    with path.open("rb") as file:
        inspection = inspect_file(file, file_name=path.name)
        known = {column.name for column in inspection.columns}
        added = {
            column
            for row in read_rows(file, inspection.options)
            for column in provider.normalise(dict(row.values), answers)
            if column not in known and provider.find_preset(column)
        }
    assert added == set()


@pytest.mark.parametrize("name", PROVIDERS)
def test_provider_is_registered_under_its_name_and_says_how_to_export(name):
    assert PROVIDERS[name].name == name
    assert PROVIDERS[name].how_to_export


@pytest.mark.parametrize(
    ("columns", "active"),
    [
        ({"LockoutEnd": "9999-12-31 23:59:59.9999999 +00:00", "LockoutEnabled": "1"}, False),
        ({"LockoutEnd": "12/31/9999 11:59:59 PM +00:00", "LockoutEnabled": "True"}, False),
        ({"LockoutEnd": "9999-12-31T23:59:59Z"}, False),
        ({"LockoutEndDateUtc": "2114-01-01 00:00:00.000", "LockoutEnabled": True}, False),
        ({"LockoutEnd": "9999-12-31 23:59:59.9999999 +00:00", "LockoutEnabled": "0"}, True),
        ({"LockoutEnd": "2024-05-31 09:30:00.0000000 +00:00", "LockoutEnabled": "1"}, True),
        ({"LockoutEnd": "NULL", "LockoutEnabled": "1"}, True),
        ({"LockoutEnd": None, "LockoutEnabled": 1}, True),
    ],
)
def test_aspnet_account_is_disabled_by_a_lockout_for_decades(columns, active):
    assert normalise(columns, {})["(active)"] is active


def test_aspnet_export_without_lockout_says_nothing_about_it():
    assert "(active)" not in normalise({"Id": "1"}, {})


@pytest.mark.parametrize("word", ["NULL", "null", r"\N"])
def test_aspnet_null_words_are_blank(word):
    assert normalise({"PhoneNumber": word}, {})["PhoneNumber"] is None


def test_aspnet_normalising_leaves_the_row_as_it_was():
    row = {"Id": "1", "Email": "NULL"}
    normalise(row, {})
    assert row == {"Id": "1", "Email": "NULL"}


def test_aspnet_hash_of_another_hasher_is_left_to_be_recognised():
    assert "(hash format)" not in normalise({"PasswordHash": "$2b$10$abc"}, {})
