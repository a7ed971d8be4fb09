"""What a source of several tables consists of, and where in a file each of them is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from imports.core.names import fold_name


@dataclass(frozen=True, slots=True)
class Link:
    """The column of a table that names a row of its parent, and the parent's column it names.

    Both may be paths. `prefix` is what the parent's value begins with and the table's does not.
    """

    column: str
    parent_column: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table is: a member of an archive, workbook or database, and a path in JSON."""

    member: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of an export, and the tables whose rows belong to its rows.

    `columns` are what every such table has, whatever the table is called. The first link for
    which a row has a value counts. Where `places` are several, one follows the other.
    """

    name: str
    columns: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    children: tuple[Table, ...] = ()
    places: tuple[Place, ...] = ()

    def walk(self) -> Iterator[Table]:
        """Yield this table and all below it, each before its children."""
        yield self
        for child in self.children:
            yield from child.walk()

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Table:
        """Return the table that `dataclasses.asdict` wrote."""
        return cls(
            name=stored["name"],
            columns=tuple(stored["columns"]),
            links=tuple(Link(**link) for link in stored["links"]),
            children=tuple(cls.from_json(child) for child in stored["children"]),
            places=tuple(Place(**place) for place in stored["places"]),
        )


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table that is in a file: its place, what it is called there, and its columns."""

    place: Place
    name: str
    columns: tuple[str, ...]

    def is_like(self, table: Table) -> bool:
        """Return whether the columns are those of the table, or its name when it has none."""
        if not self.columns:
            return fold_name(self.name) == fold_name(table.name)
        return {fold_name(name) for name in table.columns} <= set(map(fold_name, self.columns))


def find_tables(table: Table, found: list[FoundTable]) -> Table | None:
    """Return the table and its children with their places; None when it is not there.

    A table that could be several goes by its name, else to the one with the most columns known.
    """
    places: dict[str, list[Place]] = {}
    every = list(table.walk())
    for each in found:
        alike = [known for known in every if each.is_like(known)]
        named = [known for known in alike if fold_name(known.name) in fold_name(each.name)]
        if best := max(named or alike, key=lambda known: len(known.columns), default=None):
            places.setdefault(best.name, []).append(each.place)
    return place_table(table, places)


def place_table(table: Table, places: Mapping[str, list[Place]]) -> Table | None:
    if table.name not in places:
        return None
    children = (place_table(child, places) for child in table.children)
    return replace(
        table,
        places=tuple(places[table.name]),
        children=tuple(child for child in children if child),
    )
