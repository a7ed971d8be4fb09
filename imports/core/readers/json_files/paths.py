"""Find the lists in a JSON file by their paths, such as `realm.users` or `orgs[].people`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from imports.core.errors import FileFormatError
from imports.core.problems import Problem
from imports.core.readers.json_files.splitter import Splitter

Path = tuple[str, ...]
ELEMENT = "[]"
# All entries of an object whose keys are ids.
MAP = "{}"
KEY_BEFORE = re.compile(rb'("[^"\\]*(?:\\.[^"\\]*)*")\s*:\s*\Z')
KEY_LIMIT = 1000
PLAIN_MEMBER = re.compile(
    rb'("(?:[^"\\]|\\.)*+")\s*+:\s*+("(?:[^"\\]|\\.)*+"|[^\s,:"\[\]{}]++)\s*+(?=,|\Z)', re.DOTALL
)
# A step of a path as it is written: “[]” or “{}” are all elements or entries, “[name=users]” those
# elements that have this member before what follows.
STEP = re.compile(r"\[[^\]]*\]|\{\}|[^\[\].{}]+(?:[{}]+[^\[\].{}]+)*")
CHOSEN_ELEMENT = re.compile(r"\[(?P<name>[^=\]]+)=(?P<value>[^\]]*)\]")
DEEPEST_PATH = 6
# Elements of a list that are looked at for the lists that they hold: in a list of requests, those
# of users come after those that set up the rest.
LOOKED_AT = 30
# Fields of the elements of an array that is the whole file have no name to be filed under.
NAMELESS = "(outer)"


@dataclass(slots=True)
class Level:
    """A bracket that was entered on the way to a list, and the plain members seen in it."""

    path: Path
    is_list: bool
    members: dict[str, Any] = field(default_factory=dict)


class Walk:
    """Goes through a JSON file and stops behind the opening bracket of each list on its way.

    `leads_on` is asked about the path of each element whether to go into it. The object at
    `map_path` is one of records by their ids, and so as good as a list.
    """

    def __init__(
        self,
        splitter: Splitter,
        leads_on: Callable[[Path], bool],
        map_path: Path | None = None,
    ) -> None:
        self.splitter = splitter
        self.levels: list[Level] = []
        self._leads_on = leads_on
        self._map_path = map_path

    def find_lists(self) -> Iterator[Path]:
        """Yield the path of each list; whoever reads a list moves the splitter behind its end."""
        while True:
            text, bracket = self.splitter.find_bracket()
            if not bracket:
                return
            top = self.levels[-1] if self.levels else None
            if top and top.path[-1:] == (ELEMENT,):
                top.members |= read_members(text)
            if bracket in b"}]":
                del self.levels[-1:]
                continue
            path = self._extend_path(text)
            if not self._leads_on(path):
                self.splitter.skip_element()
                continue
            self.levels.append(Level(path, bracket == b"["))
            if bracket == b"[" or path == self._map_path:
                self.splitter.is_closed = False
                yield path
                if self.splitter.is_closed:
                    del self.levels[-1:]

    def read_outer_members(self) -> dict[str, Any]:
        """Return the plain members before the list in the objects that it is nested in.

        They are filed under the path of the list that those objects are elements of.
        """
        found: dict[str, Any] = {}
        for level in self.levels:
            if level.members:
                node = found
                for step in [step for step in level.path if step != ELEMENT] or [NAMELESS]:
                    node = node.setdefault(step, {})
                node.update(level.members)
        return found

    def _extend_path(self, text: bytes) -> Path:
        if not self.levels:
            return ()
        top = self.levels[-1]
        return (*top.path, ELEMENT if top.is_list else read_key(text))


def read_key(text: bytes) -> str:
    """Return the key at the end of a text; empty when there is none."""
    found = KEY_BEFORE.search(text[-KEY_LIMIT:])
    return read_text(found[1]) if found else ""


def read_text(quoted: bytes) -> str:
    try:
        return str(orjson.loads(quoted))
    except orjson.JSONDecodeError:
        return quoted.decode("utf-8", "replace").strip('"')


def read_members(text: bytes) -> dict[str, Any]:
    """Return the members of an object whose values are no brackets, from the text between those."""
    members = {}
    for key, value in PLAIN_MEMBER.findall(text):
        try:
            members[read_text(key)] = orjson.loads(value)
        except orjson.JSONDecodeError:
            continue
    return members


def parse_path(text: str) -> Path:
    """Return the steps of a path as a person writes it; brackets at its end are left out."""
    steps = [ELEMENT if step.startswith("[") else step for step in STEP.findall(text)]
    while steps and steps[-1] == ELEMENT and len(steps) > 1:
        steps.pop()
    return tuple(steps)


def parse_choice(text: str) -> dict[int, tuple[str, str]]:
    """Return by their position the steps of a path that choose elements: member and value."""
    steps = enumerate(map(CHOSEN_ELEMENT.fullmatch, STEP.findall(text)))
    return {position: (found["name"], found["value"]) for position, found in steps if found}


def write_path(path: Path) -> str:
    """Return the path as a person writes it."""
    return ".".join(path).replace(f".{ELEMENT}", ELEMENT).replace(f".{MAP}", MAP)


def wrong_shape(detail: str) -> FileFormatError:
    return FileFormatError(Problem("file_wrong_shape", params={"detail": detail}))
