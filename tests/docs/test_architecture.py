"""docs/architecture.md names functions that exist, in the order in which they call each other."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"
NAME = re.compile(r"`((?:accounts|imports|importer_site)(?:\.\w+)+)`")
LINE = re.compile(r"( *)- `([\w.]+)`(.*)")
COUNTS = re.compile(r": (\d+) files, (\d+) climbs?\.")
# From the bottom; a module belongs to the longest of these that begins its name.
LAYERS = (
    "accounts.hashing",
    "accounts",
    "imports.core",
    "imports.states",
    "imports.models",
    "imports.record_filters",
    "imports.engine",
    "imports.services",
    "imports.selectors",
    "imports",
)
MOST = {
    "One record": (30, 4),
    "One password": (15, 2),
    "One retry": (15, 3),
    "One problem": (15, 4),
}


@dataclass
class Stop:
    """A line of a tour: a function, how deep it is indented, and what stands before the call."""

    depth: int
    name: str
    said: str
    caller: Stop | None = field(default=None, repr=False)

    @property
    def module(self) -> str:
        return split_name(self.name)[0].__name__

    @property
    def is_indirect(self) -> bool:
        return self.said.startswith(" *by ")

    @property
    def climbs(self) -> bool:
        if self.caller is None:
            return self.said.startswith(" *by message*")
        return rank(self.module) > rank(self.caller.module)


def split_name(name: str) -> tuple[ModuleType, list[str]]:
    """Return the module of a dotted name and the rest of the name."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        path = ".".join(parts[:length])
        try:
            return import_module(path), parts[length:]
        except ModuleNotFoundError as error:
            if not path.startswith(str(error.name)):
                raise
    raise AssertionError(f"{name} is in no module")


def find_object(name: str) -> Any:
    found, rest = split_name(name)
    for part in rest:
        found = getattr(found, part)
    return found


def rank(module: str) -> int:
    return max(
        (len(layer), place)
        for place, layer in enumerate(LAYERS)
        if f"{module}.".startswith(f"{layer}.")
    )[1]


def read_tours() -> dict[str, tuple[tuple[int, int], list[Stop]]]:
    """Return by heading what a tour says of itself, and its lines."""
    tours = {}
    for section in PAGE.read_text("utf-8").split("\n## ")[1:]:
        heading, _, text = section.partition("\n")
        if counted := COUNTS.search(text):
            tours[heading] = ((int(counted[1]), int(counted[2])), list(read_stops(text)))
    return tours


def read_stops(text: str) -> Iterator[Stop]:
    above: list[Stop] = []
    for line in text.splitlines():
        if match := LINE.fullmatch(line):
            stop = Stop(len(match[1]), match[2], match[3])
            above = [each for each in above if each.depth < stop.depth]
            stop.caller = above[-1] if above else None
            above.append(stop)
            yield stop


TOURS = read_tours()
CALLS = [
    pytest.param(stop, id=f"{heading.split()[-1]}-{number}-{stop.name.rpartition('.')[2]}")
    for heading, (_, stops) in TOURS.items()
    for number, stop in enumerate(stops)
    if stop.caller and not stop.is_indirect
]


@pytest.mark.parametrize("name", sorted(set(NAME.findall(PAGE.read_text("utf-8")))))
def test_everything_that_is_named_exists(name: str) -> None:
    find_object(name)


@pytest.mark.parametrize("stop", CALLS)
def test_function_is_called_by_the_one_above_it(stop: Stop) -> None:
    assert stop.caller
    caller = find_object(stop.caller.name)
    source = inspect.getsource(caller.fget if isinstance(caller, property) else caller)
    assert re.search(rf"\b{stop.name.rpartition('.')[2]}\b", source)


@pytest.mark.parametrize("heading", MOST)
def test_way_is_as_long_as_it_says_and_no_longer_than_wanted(heading: str) -> None:
    said, stops = TOURS[heading]
    counted = len({stop.module for stop in stops}), sum(stop.climbs for stop in stops)
    assert counted == said
    assert all(count <= most for count, most in zip(counted, MOST[heading], strict=True))


def test_nobody_decides_a_status_but_planning() -> None:
    """Everybody else gets the plan, and its action with it, from `plan_record` and its like."""
    decides = re.compile(r"\bPlan\(|\bplan_(?:update|refusal)\b|\bplan\.action = ")
    deciding = {
        str(path.parent.relative_to(PAGE.parents[1]))
        for path in (PAGE.parents[1] / "imports").rglob("*.py")
        if decides.search(path.read_text("utf-8"))
    }
    assert deciding == {"imports/core/planning"}


def test_page_says_in_which_one_module_a_status_is_decided() -> None:
    [answer] = re.findall(r"\| What is a record's status\? \| (.*) \|", PAGE.read_text("utf-8"))
    assert {split_name(name)[0].__name__ for name in NAME.findall(answer)} == {
        "imports.core.planning.planner"
    }
