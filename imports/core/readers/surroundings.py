"""Go through a file once more for what it holds besides the records that are read from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, BinaryIO, Self

from imports.core.errors import FileFormatError
from imports.core.readers.containers.kinds import Container, TextFile
from imports.core.readers.containers.opening import open_container
from imports.core.readers.json_files.paths import (
    ELEMENT,
    MAP,
    Path,
    parse_path,
    read_key,
    read_members,
)
from imports.core.readers.json_files.splitter import Splitter
from imports.core.readers.more import find_more
from imports.core.readers.rows import ReaderOptions
from imports.core.readers.sql.tables import count_rows
from imports.core.readers.text import read_utf8

# Objects around the list that may say how a page ends, and how deep they are looked into.
PAGING = (
    *("meta", "_meta", "pag", "_pag", "link", "_link", "cursor", "result", "response", "info"),
    *("next", "detail", "total", "summary", "search", "query"),
)
DEEPEST = 6
# Names of plain members that are kept, and of parts.
MOST_NAMES = 1000


@dataclass(slots=True)
class Surroundings:
    """What a file holds besides the records that are read.

    `more` says in words each sign that there are more records than the file has. `parts` counts
    the elements of each list or object beside the users; `settings` names the plain members around
    them. `members` counts the records of the other files, sheets or tables in the same file, with 0
    for those that cannot be read as such.
    """

    more: list[str] = field(default_factory=list)
    parts: dict[str, int] = field(default_factory=dict)
    settings: list[str] = field(default_factory=list)
    members: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the form that is stored with a job."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return what `to_json` wrote; nothing of a job that was not staged."""
        return cls(**stored)


def survey(file: BinaryIO, options: ReaderOptions) -> Surroundings:
    """Return what a seekable file holds besides the records that the options read."""
    found = Surroundings()
    with open_container(file) as container:
        read = list_paths(options)
        for member in container.members:
            if member in read:
                _survey_member(container, member, options, read[member], found)
            elif member:
                _survey_unread(container, member, found)
    return found


def list_paths(options: ReaderOptions) -> dict[str, set[str]]:
    """Return the members that are read, with the paths of lists or tables read in each."""
    places = (
        [(place.member, place.path) for table in options.tables.walk() for place in table.places]
        if options.tables
        else [(options.member, options.path)]
    )
    found: dict[str, set[str]] = {}
    for member, path in places:
        found.setdefault(member, set()).update([path] if path else [])
    return found


def _survey_unread(container: Container, member: str, found: Surroundings) -> None:
    """Count the records of a member that is not read, or the parts of one that is an object."""
    try:
        options = replace(container.detect(member)[0], member=member)
        if options.syntax == "sql" and isinstance(container, TextFile):
            _count_tables(container, member, options, set(), found)
            return
        if options.syntax == "json" and isinstance(container, TextFile):
            walk = Walk(Splitter(read_utf8(container.open(member), options.encoding)), ())
            walk.go()
            if walk.parts:
                found.parts |= {f"{member}: {part}": count for part, count in walk.parts.items()}
                return
        found.members[member] = sum(1 for row in container.read(options) if row.values)
    except FileFormatError:
        found.members[member] = 0


def _survey_member(
    container: Container,
    member: str,
    options: ReaderOptions,
    read: set[str],
    found: Surroundings,
) -> None:
    if not isinstance(container, TextFile) or not read:
        return
    if options.syntax == "sql" or (options.tables and container.detect(member)[0].syntax == "sql"):
        _count_tables(container, member, options, read, found)
        return
    targets = set(map(parse_path, read))
    walk = Walk(Splitter(read_utf8(container.open(member), options.encoding)), targets)
    walk.go()
    name = f"{member}: " if len(container.members) > 1 else ""
    found.more += [f"{name}{said}" for said in find_more(walk.plain, walk.rows, walk.pages)]
    for part, count in walk.parts.items():
        found.parts[f"{name}{part}"] = count
    found.settings += [f"{name}{'.'.join(path)}" for path in walk.settings]


def _count_tables(
    container: TextFile, member: str, options: ReaderOptions, read: set[str], found: Surroundings
) -> None:
    """Count the rows of the tables of a dump that are not read."""
    name = f"{member}: " if len(container.members) > 1 else ""
    for table, count in count_rows(container.open(member), options.encoding).items():
        if table not in read and count and len(found.parts) < MOST_NAMES:
            found.parts[f"{name}Table {table}"] = count


class Walk:
    """One pass over a JSON file: what stands around the lists, or maps by id, at the `targets`.

    Files of several objects, one after another, are several pages.
    """

    def __init__(self, splitter: Splitter, targets: Iterable[Path]) -> None:
        self._splitter = splitter
        self._targets = frozenset(targets)
        on_way = {path[:size] for path in self._targets for size in range(len(path))}
        self._on_way = on_way or {()}
        self._levels: list[tuple[Path, bool]] = []
        self.plain: dict[Path, list[Any]] = {}
        self.parts: dict[str, int] = {}
        self.rows = self.pages = 0

    @property
    def settings(self) -> list[Path]:
        """Return the paths of the plain members, but for those that rows are read with."""
        return [path for path in self.plain if ELEMENT not in path]

    def go(self) -> None:
        while True:
            text, bracket = self._splitter.find_bracket()
            if not bracket:
                return
            self._note_members(text)
            if bracket in b"}]":
                del self._levels[-1:]
            else:
                self._enter(self._extend_path(text), is_list=bracket == b"[")

    def _enter(self, path: Path, *, is_list: bool) -> None:
        if path in self._targets and is_list:
            self.pages += 1
            self.rows += self._splitter.count_elements()
        elif path and (*path[:-1], MAP) in self._targets:
            self.rows += 1
            self._splitter.count_nested()
        elif path in self._on_way or (not is_list and self._may_say_more(path)):
            self.pages += (*path, MAP) in self._targets
            self._levels.append((path, is_list))
        else:
            splitter = self._splitter
            count = splitter.count_elements() if is_list else max(1, splitter.count_nested())
            name = ".".join(self._name_part(path))
            if count and (name in self.parts or len(self.parts) < MOST_NAMES):
                self.parts[name] = self.parts.get(name, 0) + count

    def _may_say_more(self, path: Path) -> bool:
        """Return whether an object beside the list may speak of pages, and is looked into."""
        return len(path) <= DEEPEST and self._name_part(path)[-1].lower().startswith(PAGING)

    def _name_part(self, path: Path) -> Path:
        """Return the path down to the first step that leads away from the targets."""
        size = next(size for size in range(len(path) + 1) if path[:size] not in self._on_way)
        return tuple(step for step in path[:size] if step != ELEMENT) or path[:1]

    def _note_members(self, text: bytes) -> None:
        if not self._levels or self._levels[-1][1]:
            return
        above = self._levels[-1][0]
        for key, value in read_members(text).items():
            path = (*above, key)
            if path in self.plain or len(self.plain) < MOST_NAMES:
                self.plain.setdefault(path, []).append(value)
                del self.plain[path][1:-1]

    def _extend_path(self, text: bytes) -> Path:
        if not self._levels:
            return ()
        path, is_list = self._levels[-1]
        return (*path, ELEMENT if is_list else read_key(text))
