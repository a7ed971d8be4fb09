"""Find in the text of a JSON file the lists and map that may hold its records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from imports.core.readers.json_files.paths import (
    DEEPEST_PATH,
    ELEMENT,
    LOOKED_AT,
    MAP,
    Path,
    read_key,
    read_members,
    write_path,
    wrong_shape,
)
from imports.core.readers.json_files.splitter import Splitter
from imports.core.readers.people import has_names_of_people, is_named_like_a_user
from imports.core.values.names import fold_name

# The member that holds the users when an object has several lists, in lower case.
USUAL_NAMES = ("users", "aspnetusers", "identities", "resources", "value", "records", "data")
# The list of a batch or kickstart, beside which stand its keys and variables.
REQUESTS = "requests"
# The same for lists inside the elements of another list, where most names mean something else.
USUAL_INNER_NAMES = frozenset({"humanusers", "human_users"})
# What the list in each page of an answer is called.
OF_PAGES = frozenset(
    {
        *USUAL_NAMES,
        *("items", "results", "people", "members", "accounts", "rows", "entries", "content"),
        *("requests", "responses"),  # of a batch
    }
)
# These name users themselves, whatever else stands beside them.
OF_USERS = frozenset({"users", "aspnetusers", "resources"})
MAP_NAMES = frozenset({*OF_USERS, "accounts", "people", "members"})
# Entries of an object that are looked at to tell a map by its values.
ENTRIES_LOOKED_AT = 20


@dataclass(slots=True)
class Node:
    """An object or list, with all others at the same path; `names` are the keys of an object.

    `objects` counts the objects directly in it, `others` everything else.
    """

    path: Path
    is_list: bool
    names: dict[str, None] = field(default_factory=dict)
    children: dict[str, Node] = field(default_factory=dict)
    seen: int = 0
    objects: int = 0
    others: int = 0

    def note_text(self, text: bytes) -> None:
        """Take in what stands before the next bracket: plain members, or plain elements."""
        if not self.is_list:
            members = read_members(text)
            self.names |= dict.fromkeys(members)
            self.others += len(members)
        elif text.strip(b" \t\r\n,"):
            self.others += 1

    def enter(self, key: str, *, is_list: bool) -> Node | None:
        """Return the node of an element; None when enough of its kind were looked at."""
        self.objects += not is_list
        self.others += is_list
        name = ELEMENT if self.is_list else key
        if name not in self.children and len(self.children) >= ENTRIES_LOOKED_AT * 10:
            return None
        child = self.children.setdefault(name, Node((*self.path, name), is_list))
        if not self.is_list:
            self.names[name] = None
        child.seen += 1
        is_enough = self.is_list and child.seen > LOOKED_AT
        is_deep = len(child.path) > DEEPEST_PATH
        is_map = len(self.children) > ENTRIES_LOOKED_AT and not self.others
        return None if is_enough or is_deep or is_map or child.is_list != is_list else child

    def has_people(self) -> bool:
        """Return whether an object has columns of people, be it in objects below it."""
        return has_names_of_people(self.names) or any(
            child.has_people() for child in self.children.values() if not child.is_list
        )

    @property
    def is_map(self) -> bool:
        """Return whether the object is one of people by their ids."""
        entries = list(self.children.values())[:ENTRIES_LOOKED_AT]
        if self.is_list or self.others or not entries:
            return False
        if self.path and self.path[-1].lower() in MAP_NAMES:
            shared = set.intersection(*[set(entry.names) for entry in entries])
            return bool(shared) and not any(entry.is_map for entry in entries)
        return len(entries) > 1 and all(has_names_of_people(entry.names) for entry in entries)


@dataclass(slots=True)
class Outline:
    """What the start of a JSON file shows; `count` is that of the values at its top level."""

    root: Node
    count: int = 0

    def walk(self) -> Iterator[Node]:
        """Yield every object and list, those above first; of a map, no more than itself."""
        pending = [self.root]
        while pending:
            node = pending.pop(0)
            yield node
            if not node.is_map:
                pending += node.children.values()

    @property
    def lists(self) -> list[Node]:
        """Return the lists of objects, in the order of the file within each level."""
        return [node for node in self.walk() if node.is_list and node.objects]

    @property
    def empty(self) -> list[Path]:
        """Return the paths of lists without elements."""
        return [
            node.path
            for node in self.walk()
            if node.is_list and not (node.objects or node.others or node.children)
        ]

    @property
    def maps(self) -> list[Path]:
        """Return the paths of the entries of maps."""
        return [(*node.path, MAP) for node in self.walk() if node.is_map]

    @property
    def is_user(self) -> bool:
        """Return whether the values at the top level are users themselves."""
        names = {name.lower() for name in self.root.names}
        lists = {node.path[0].lower() for node in self.lists if len(node.path) == 1}
        return not self.root.is_list and is_named_like_a_user(names) and OF_USERS.isdisjoint(lists)

    @property
    def shows_people(self) -> bool:
        """Return whether it has a list or map of what looks like people, or is of them."""
        elements = [node.children.get(ELEMENT) for node in self.lists]
        return bool(self.maps) or any(node is not None and node.has_people() for node in elements)


def read_outline(blocks: Iterable[bytes]) -> Outline:
    """Return the outline of the text, as far as it goes."""
    splitter = Splitter(iter(blocks))
    root: Node | None = None
    count = 0
    levels: list[Node] = []
    while True:
        text, bracket = splitter.find_bracket()
        if not bracket:
            return Outline(root or Node((), is_list=False), count)
        if levels:
            levels[-1].note_text(text)
        if bracket in b"}]":
            del levels[-1:]
            continue
        is_list = bracket == b"["
        if levels:
            node = levels[-1].enter(read_key(text), is_list=is_list)
        else:
            root = root or Node((), is_list)
            count += 1
            node = root if count <= LOOKED_AT and root.is_list == is_list else None
        if node is None:
            splitter.skip_element()
        else:
            levels.append(node)


def choose_path(outline: Outline) -> str:
    """Return the list or map that holds the records; raise FileFormatError if none is obvious."""
    lists = outline.lists
    outer = [node.path for node in lists if ELEMENT not in node.path]
    maps = [path for path in outline.maps if ELEMENT not in path]
    inner = [node.path for node in lists if name_list(node.path).lower() in USUAL_INNER_NAMES]
    usual = inner or list_usual([*outer, *maps])
    if usual or len(maps) == 1:
        return write_path((usual or maps)[0])
    requests = [path for path in outer if name_list(path).lower() == REQUESTS]
    if len(outer) == 1 or len(requests) == 1:
        only = (requests or outer)[0]
        nested = choose_inner(outline) if not is_of_people(lists, only) else ""
        return nested or write_path(only)
    if outer:
        names = ", ".join(map(write_path, outer))[:300]
        raise wrong_shape(
            f"It is a JSON object with several lists: {names}. Say by its path which one is read."
        )
    if found := list_usual([path for path in outline.empty if ELEMENT not in path]):
        return write_path(found[0])
    raise wrong_shape(describe_nothing(outline))


def describe_nothing(outline: Outline) -> str:
    """Return what an object is in which no level looks like people."""
    plain = "It is one JSON object, not a list of objects or an object with such a list."
    names = ", ".join(f"“{name[:40]}”" for name in list(outline.root.names)[:8])
    return f"{plain} It has {names}." if names else plain


def is_of_people(lists: list[Node], path: Path) -> bool:
    elements = [node.children.get(ELEMENT) for node in lists if node.path == path]
    return any(node is not None and node.has_people() for node in elements)


def choose_inner(outline: Outline) -> str:
    """Return the lists of people in the elements of another list, such as pages; else nothing."""
    if outline.root.is_list and is_of_people(outline.lists, ()):
        return ""
    found = [
        node.path
        for node in outline.lists
        if ELEMENT in node.path
        and node.path[-1].lower() in OF_PAGES
        and is_of_people(outline.lists, node.path)
    ]
    found += [path for path in outline.maps if ELEMENT in path]
    return write_path(min(found, key=len)) if found else ""


def list_usual(paths: list[Path]) -> list[Path]:
    """Return the lists with a usual name: the most usual first, then the least nested."""
    return [
        path
        for name in USUAL_NAMES
        for path in sorted(paths, key=len)
        if name_list(path).lower() == name
    ]


def name_list(path: Path) -> str:
    steps = [step for step in path if step not in (ELEMENT, MAP)]
    return steps[-1] if steps else ""


def list_names(outline: Outline) -> frozenset[str]:
    """Return the folded names at the top level of an object."""
    return frozenset(map(fold_name, outline.root.names))
