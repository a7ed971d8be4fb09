"""The presets: each reads what its system writes, and names what it needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from accounts import hashing
from accounts.hashing import FORMATS
from accounts.hashing.presets import PRESETS, ROWS, find_preset
from tests.accounts.hashing.conftest import VECTORS

ANSWERS = json.loads((Path(__file__).parents[2] / "vectors" / "presets.json").read_text())
OWN = [each for each in PRESETS.values() if each.format_id]
MARKED = [(each.name, name) for each in PRESETS.values() for name in each.marked]


def test_no_two_presets_have_one_name() -> None:
    assert len(PRESETS) == len(list(ROWS))


@pytest.mark.parametrize("name", PRESETS)
def test_preset_has_a_format_or_formats_that_mark_their_values(name: str) -> None:
    preset = PRESETS[name]
    assert bool(preset.format_id) is not bool(preset.marked)
    assert {preset.format_id or preset.marked[0], *preset.marked} <= set(FORMATS)


@pytest.mark.parametrize("name", [each.name for each in OWN])
def test_preset_leaves_no_parameter_of_its_format_open(name: str) -> None:
    preset = PRESETS[name]
    parameters = FORMATS[preset.format_id].parameters
    told = {*preset.params, *preset.columns, *preset.secrets}
    # The user name comes from the record.
    needed = {each.name for each in parameters if each.required} - {"username"}
    assert needed <= told <= {each.name for each in parameters}


@pytest.mark.parametrize("name", [each.name for each in OWN])
def test_preset_reads_what_its_system_writes(name: str) -> None:
    preset = PRESETS[name]
    known = [each for each in ANSWERS if each["preset"] == name]
    assert {each["expect"] for each in known} == {True, False}
    for each in known:
        beside = {
            parameter: value
            for parameter, value in each["params"].items()
            if parameter in {*preset.columns, *preset.secrets, "username"}
        }
        stored = hashing.encode(preset.format_id, each["hash"], {**preset.params, **beside})
        assert hashing.verify(stored, each["password"]) is each["expect"]


@pytest.mark.parametrize("marked", MARKED, ids=" ".join)
def test_marked_values_are_read_without_a_format(marked: tuple[str, str]) -> None:
    _, format_id = marked
    found: list[Any] = [each for each in VECTORS if each.format_id == format_id and each.expected]
    settled = {hashing.settle_format(each.value)[0] for each in found if not each.params}
    assert format_id in settled


@pytest.mark.parametrize("name", ["grafana", " GRAFANA ", "Grafana"])
def test_preset_is_found_in_any_case(name: str) -> None:
    preset = find_preset(name)
    assert preset is not None
    assert preset.name == "Grafana"


def test_unknown_name_is_no_preset() -> None:
    assert find_preset("nonesuch") is None
