"""Find what a provider takes out of a row and makes nothing of.

Whether a part is read is tried, not declared: it is taken away or changed, and the row normalised
again. What gives the same record without it is neither imported nor listed, and so it is lost.

Trying costs as much as mapping a row several times. So the verdict on a part comes from sample
rows, which their numbers alone decide on; other rows are tried only for parts that no sample row
has shown yet. In which records the value of an unread part is lost is looked up in every row: where
it stands in another field, nothing is. All of it is the same however a file is cut into chunks and
whoever works on which.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Protocol, Self

import orjson

from imports.core.decisions import pick_questions
from imports.core.mapping import Mapping as ColumnMapping
from imports.core.providers import get_provider
from imports.core.readers.joined.merging import FURTHER_ROWS
from imports.core.records.records import is_nothing

Path = tuple[str | int, ...]
# A value with its place, and the part that it belongs to.
Leaf = tuple[str, Path, Any]
# The rows that are tried whatever is known: the first, and one in so many after them.
FIRST_SAMPLES, SAMPLE_DISTANCE = 16, 512
# Further parts are counted together and not tried; objects keyed by ids have so many.
MOST_PARTS = 1000
FURTHER = ""
# Of so many forms of objects it is remembered what of them is to be looked at.
MOST_FORMS = 2000
# Where the value of one path is looked for before it is looked for in all of the row.
MOST_PLACES = 4
ABSENT = object()
CONTAINERS = frozenset({dict, list})
# What a text is changed to: what no reader takes for a date or word, and what many do.
OTHER_TEXTS = ("2099-01-02T03:04:05Z", "1")
# What may stand elsewhere in a record by chance: row ids and words for yes and no.
COMMON = re.compile(r"\d{1,6}|true|false|yes|no|[tfyn]", re.IGNORECASE)
LONGEST_COMMON = 6
# How what JSON writes without quotation marks begins.
NUMERIC = frozenset("0123456789-tfin")
# Dates are written as `str` does.
WRITING = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Evidence(IntEnum):
    """What is known of whether a part is read; what stands higher outweighs the rest.

    Of a part that is carried, all values so far stand elsewhere, too, so that nothing is lost.
    """

    CARRIED = 0
    UNREAD = 1
    READ = 2
    UNREAD_IN_SAMPLE = 3
    READ_IN_SAMPLE = 4


NOT_READ = frozenset({Evidence.UNREAD, Evidence.UNREAD_IN_SAMPLE})


@dataclass(slots=True)
class Parts:
    """In how many records each part has a value that stands nowhere else, and what is known of it.

    Those of which a sample has shown that they are read are not counted. The `replaceable` are read
    in other records, where their values arrive.
    """

    counts: Counter[str] = field(default_factory=Counter)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    replaceable: set[str] = field(default_factory=set)

    def count(
        self, part: str, number: int, evidence: Evidence, *, is_replaceable: bool = False
    ) -> None:
        if part in self.evidence or len(self.evidence) < MOST_PARTS:
            self.counts[part] += number
            self.evidence[part] = max(self.evidence.get(part, evidence), evidence)
            if is_replaceable:
                self.replaceable.add(part)
        elif evidence in NOT_READ:
            self.counts[FURTHER] += number
            self.evidence[FURTHER] = Evidence.UNREAD

    def add(self, other: Parts) -> None:
        """Add what was found in another part of the file."""
        for part, evidence in other.evidence.items():
            self.count(part, other.counts[part], evidence, is_replaceable=part in other.replaceable)

    def list_unread(self) -> list[tuple[str, int, bool]]:
        """Return part, records and if it is replaceable of what is not read, most records first."""
        found = [
            (part, count, part in self.replaceable)
            for part, count in self.counts.items()
            if count and self.evidence[part] in NOT_READ
        ]
        return sorted(found, key=lambda item: (-item[1], item[0]))

    def to_json(self) -> dict[str, list[int]]:
        """Return the form that is stored with a chunk."""
        return {
            part: [self.counts[part], known, part in self.replaceable]
            for part, known in self.evidence.items()
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Sequence[int]]) -> Self:
        """Return what `to_json` wrote."""
        found = cls()
        for part, (number, known, is_replaceable) in stored.items():
            found.count(part, number, Evidence(known), is_replaceable=bool(is_replaceable))
        return found


class SourceRow(Protocol):
    """A row as it was read, and as rules see it."""

    @property
    def row_number(self) -> int: ...
    @property
    def source(self) -> Mapping[str, Any]: ...
    @property
    def raw(self) -> Mapping[str, Any]: ...


class UnreadParts:
    """Knows how the rows of a job are normalised, and what it has found out about their parts.

    What it remembers spares work and changes no result: all of it is true of the job's file.
    """

    def __init__(self, mapping: ColumnMapping) -> None:
        self._normalise = get_provider(mapping.provider).normalise
        self._answers = pick_questions(mapping.answers)
        self._known: dict[str, Evidence] = {}
        self._replaceable: set[str] = set()
        self._places: dict[Path, list[Path]] = {}
        # By form of an object, the members to be looked at, the part of each, and if it is nested.
        self._members: dict[tuple[str | type, ...], list[tuple[str, str, bool]]] = {}

    def count(self, rows: Iterable[SourceRow]) -> Parts:
        """Return in how many records the value of each part is lost, and what they show of it.

        `rows` are those that make records.
        """
        rows = [row for row in rows if row.raw is not row.source]
        seen: set[str] = set()
        # First, so that what they settle need not be tried in the others.
        for row in filter(is_sample, rows):
            seen.update(self._try_sample(row))
        lost: list[str] = []
        for row in rows:
            if leaves := self._list_open(row):
                lost.extend(self._list_lost(row, leaves))
        counts = Counter(lost)
        found = Parts()
        for part in sorted(seen.union(counts)):
            name = UNSTORABLE.sub("\ufffd", part)
            known = self._known[part] if part else Evidence.UNREAD
            found.count(name, counts[part], known, is_replaceable=part in self._replaceable)
        return found

    def _try_sample(self, row: SourceRow) -> set[str]:
        """Settle which parts of a sample row are read; return those that it shows something of."""
        tried: set[str] = set()
        shown: set[str] = set()
        carried = Carried(row.source, self._places)
        for part, path, value in list_taken(row):
            if part in tried or not self._has_room(part):
                continue
            if self._known.get(part) is Evidence.READ_IN_SAMPLE:
                tried.add(part)
            elif carried.has(path, value):
                self._known.setdefault(part, Evidence.CARRIED)
                self._try_carried(row, part, path, value)
            else:
                tried.add(part)
                self._settle(part, is_read=self._is_read(row, path, value))
            shown.add(part)
        return shown

    def _try_carried(self, row: SourceRow, part: str, path: Path, value: Any) -> None:
        """Find out whether a value that stands elsewhere does so because it is read."""
        if row.row_number > FIRST_SAMPLES or part in self._replaceable:
            return
        if self._is_read(row, path, value):
            if is_common(value):
                self._settle(part, is_read=True)
            else:
                self._replaceable.add(part)

    def _settle(self, part: str, *, is_read: bool) -> None:
        self._known[part] = Evidence.READ_IN_SAMPLE if is_read else Evidence.UNREAD_IN_SAMPLE
        if is_read:
            self._members.clear()

    def _list_lost(self, row: SourceRow, leaves: Iterable[Leaf]) -> set[str]:
        """Return the parts of which a value stands nowhere else; try those not settled yet."""
        lost: set[str] = set()
        carried = Carried(row.source, self._places)
        for part, path, value in leaves:
            known = self._known.get(part, Evidence.CARRIED)
            if known > Evidence.UNREAD:
                # Once a part is lost, what may stand elsewhere by chance counts as lost as well.
                if part not in lost and (is_common(value) or not carried.has(path, value)):
                    lost.add(part)
            elif self._has_room(part):
                self._known[part] = known
                if not carried.has(path, value):
                    lost.add(part)
                    is_read = self._is_read(row, path, value)
                    self._known[part] = Evidence.READ if is_read else Evidence.UNREAD
                elif is_common(value):
                    lost.add(part)
            elif FURTHER not in lost and not carried.has(path, value):
                lost.add(FURTHER)
        return lost

    def _has_room(self, part: str) -> bool:
        return part in self._known or len(self._known) < MOST_PARTS

    def _is_read(self, row: SourceRow, path: Path, value: Any) -> bool:
        return any(
            self._normalise(change_value(row.raw, path, other), self._answers) != row.source
            for other in list_others(value)
        )

    def _list_open(self, row: SourceRow) -> list[Leaf]:
        """Return the values of `list_taken` of which no sample has shown that they are read."""
        found: list[Leaf] = []
        source = row.source
        for name, part, is_nested in self._list_members(row.raw, ""):
            value = row.raw[name]
            if value is source.get(name, ABSENT):
                continue
            if is_nested:
                self._gather_open(value, part, (name,), found)
            elif not is_nothing(value):
                found.append((part, (name,), value))
        return found

    def _gather_open(self, node: Any, part: str, path: Path, found: list[Leaf]) -> None:
        if node.__class__ is dict:
            for name, inner, is_nested in self._list_members(node, part):
                value = node[name]
                if is_nested:
                    if value:
                        self._gather_open(value, inner, (*path, name), found)
                elif not is_nothing(value):
                    found.append((inner, (*path, name), value))
            return
        for place, value in enumerate(node):
            if value.__class__ in CONTAINERS:
                self._gather_open(value, part, (*path, place), found)
            elif not (self._known.get(part) is Evidence.READ_IN_SAMPLE or is_nothing(value)):
                found.append((part, (*path, place), value))

    def _list_members(self, node: Mapping[str, Any], part: str) -> list[tuple[str, str, bool]]:
        form: tuple[str | type, ...] = (part, *node, *map(type, node.values()))
        members = self._members.get(form)
        if members is None:
            if len(self._members) >= MOST_FORMS:
                self._members.clear()
            members = self._members[form] = list(self._choose_members(node, part))
        return members

    def _choose_members(
        self, node: Mapping[str, Any], part: str
    ) -> Iterator[tuple[str, str, bool]]:
        for name, value in node.items():
            inner = part if name == FURTHER_ROWS else f"{part}.{name}" if part else name
            is_nested = value.__class__ in CONTAINERS
            if is_nested or self._known.get(inner) is not Evidence.READ_IN_SAMPLE:
                yield name, inner, is_nested


class Carried:
    """The texts of what a provider made of a row, in which values are looked up.

    `places` are where the value of a path stood in other rows: there it mostly stands again.
    """

    def __init__(self, source: Mapping[str, Any], places: dict[Path, list[Path]]) -> None:
        self._source = source
        self._places = places
        self._texts: dict[str, Path] | None = None
        self._written: str | None = None

    def has(self, path: Path, value: Any) -> bool:
        """Return whether the value, or the name that leads to it, stands elsewhere too."""
        if isinstance(value, str) and value in path:
            return True
        text = fold(value)
        for place in self._places.get(path, ()):
            if fold(find_value(self._source, place)) == text:
                return True
        if self._texts is None:
            if not self._may_have(text):
                return False
            self._texts = {fold(leaf): place for place, leaf in list_leaves(self._source, ())}
        if text not in self._texts:
            return False
        if len(self._places) < MOST_FORMS:
            self._places.setdefault(path, []).append(self._texts[text])
            del self._places[path][MOST_PLACES:]
        return True

    def _may_have(self, text: str) -> bool:
        """Return whether the folded text may be a value, which for most is ruled out quickly."""
        if self._written is None:
            self._written = write_folded(self._source)
        if text not in self._written:
            return '"' in text or "\\" in text or not text.isprintable() or not self._written
        return text[0] in NUMERIC or f'"{text}"' in self._written


def write_folded(values: Mapping[str, Any]) -> str:
    """Return values as JSON without regard to case; nothing where they cannot be written."""
    try:
        return fold(orjson.dumps(values, default=str, option=WRITING).decode())
    except orjson.JSONEncodeError:
        return ""


def is_common(value: Any) -> bool:
    """Return whether a value may stand elsewhere by chance."""
    text = value if value.__class__ is str else str(value)
    return len(text) <= LONGEST_COMMON and COMMON.fullmatch(text) is not None


def is_sample(row: SourceRow) -> bool:
    return row.row_number <= FIRST_SAMPLES or row.row_number % SAMPLE_DISTANCE == 0


def list_taken(row: SourceRow) -> Iterator[Leaf]:
    """Yield the values of the columns that are not among those that the provider has left."""
    for name, value in row.raw.items():
        if value is not row.source.get(name, ABSENT):
            for path, leaf in list_leaves(value, (name,)):
                yield name_part(path), path, leaf


def list_leaves(node: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(node, Mapping):
        for name, value in node.items():
            yield from list_leaves(value, (*path, name))
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from list_leaves(value, (*path, place))
    elif not is_nothing(node):
        yield path, node


def name_part(path: Path) -> str:
    """Return the path as columns are named, the same for every place in a list."""
    return ".".join(step for step in path if type(step) is str and step != FURTHER_ROWS)


def fold(value: Any) -> str:
    return (value if value.__class__ is str else str(value)).casefold()


def find_value(node: Any, path: Path) -> Any:
    """Return what stands at a path, or None."""
    for step in path:
        if node.__class__ is dict:
            node = node.get(step)
        elif node.__class__ is list and isinstance(step, int) and step < len(node):
            node = node[step]
        else:
            return None
    return node


def list_others(value: Any) -> Iterator[Any]:
    """Yield what a value is changed to, to see whether anything changes with it."""
    yield ABSENT
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, str):
        yield f"x{value}"
        yield from OTHER_TEXTS
    else:
        yield value + 1


def change_value(node: Any, path: Path, value: Any) -> Any:
    """Return a copy of nested values with another one at the path, or without it."""
    step, *rest = path
    changed: Any = dict(node) if isinstance(node, Mapping) else list(node)
    if rest:
        changed[step] = change_value(changed[step], tuple(rest), value)
    elif value is ABSENT:
        del changed[step]
    else:
        changed[step] = value
    return changed
