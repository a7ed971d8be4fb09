"""The record format carries every field, whichever way it is written."""

import json
from typing import Any

import pytest

from imports.core.providers.systems.native import PROVIDER
from imports.core.records.targets import list_targets
from tests.fixtures.make_golden import FOLDER, find_golden

FIXTURE = FOLDER / "native" / "every_field.json"


def read_golden(name: str) -> Any:
    return json.loads(find_golden(FIXTURE.with_name(name)).read_text("utf-8"))


def find_value(record: Any, path: str) -> Any:
    for step in path.split("."):
        record = record.get(step) if isinstance(record, dict) else None
    return record


@pytest.mark.parametrize("path", list_targets())
def test_field_of_the_fixture_is_carried(path: str) -> None:
    given = json.loads(FIXTURE.read_text("utf-8"))
    values = [find_value(record, path) for record in given]
    assert any(value is not None for value in values), f"Put {path} into {FIXTURE.name}."
    for row, value in zip(read_golden(FIXTURE.name)["rows"], values, strict=True):
        assert row["problems"] == []
        carried = find_value(row["record"], path)
        # Golden files leave out what is as it would be anyway, such as the algorithm -7.
        kept = {"algorithm": -7}
        if path == "authenticators.passkeys" and carried:
            carried = [kept | each for each in carried]
        assert carried == value


def test_every_field_in_csv_makes_the_same_records_as_in_json() -> None:
    assert read_golden("every_field.csv")["rows"] == read_golden("every_field.json")["rows"]


def test_file_with_an_id_of_ours_and_columns_of_others_is_not_the_record_format() -> None:
    assert PROVIDER.recognise(["subject_id", "email"], []) is None
