"""What a source of several tables consists of, and where in a file each of them is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from imports.core.values.names import fold_name


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
    """A table that is in a file: its place, what it is called there, and its columns.

    Of a dump, `has_rows` says whether it has any.
    """

    place: Place
    name: str
    columns: tuple[str, ...]
    has_rows: bool = True

    def is_named(self, table: Table) -> bool:
        """Return whether it is called like the table, and can be it by its columns.

        The table of users has to have all that such tables have, others what they are joined by.
        """
        if not fold_name(self.name).endswith(fold_name(table.name)):
            return False
        if not table.links:
            return not self.columns or self.is_like(table)
        first = fold_name(table.links[0].column.partition(".")[0])
        return not self.columns or first in map(fold_name, self.columns)

    def is_like(self, table: Table) -> bool:
        """Return whether it has the columns of the table, whatever it is called."""
        return bool(table.columns) and (
            {fold_name(name) for name in table.columns} <= set(map(fold_name, self.columns))
        )


def find_tables(table: Table, found: list[FoundTable]) -> Table | None:
    """Return the table and its children with their places; None when it is not there.

    Tables go by their names; one that nothing is called like, by its columns if only one table
    has those.
    """
    every = list(table.walk())
    places: dict[str, list[Place]] = {}
    nameless: dict[str, list[Place]] = {}
    for each in found:
        named = [known for known in every if each.is_named(known)]
        alike = [known for known in every if each.is_like(known)]
        if named:
            best = max(named, key=lambda known: len(known.name))
            places.setdefault(best.name, []).append(each.place)
        elif alike:
            best = max(alike, key=lambda known: len(known.columns))
            nameless.setdefault(best.name, []).append(each.place)
    lone = {name: known for name, known in nameless.items() if len(known) == 1}
    return place_table(table, lone | places)


def place_table(table: Table, places: Mapping[str, list[Place]]) -> Table | None:
    if table.name not in places:
        return None
    children = (place_table(child, places) for child in table.children)
    return replace(
        table,
        places=tuple(places[table.name]),
        children=tuple(child for child in children if child),
    )
