"""Join the tables of an export into one row for each user, on disk rather than in memory.

On disk they are encrypted: `imports.core.readers.tables.sqlite_storage`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import fields, replace
from itertools import chain
from typing import Any

import orjson

from imports.core.errors import FileFormatError
from imports.core.files.spools import BLOCK_BYTES
from imports.core.problems import Problem
from imports.core.problems.of_files import ARCHIVE_REFUSED
from imports.core.readers.containers.kinds import SAMPLE_ROWS, Container, name_member
from imports.core.readers.related_tables import Link, Place, Table
from imports.core.readers.rows import RawRow, ReaderOptions
from imports.core.readers.tables.sqlite_storage import open_scratch
from imports.core.values.names import fold_name

BATCH_ROWS = 1000
CACHE_KIB = 32 << 10
UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


def read_joined(
    container: Container, options: ReaderOptions, *, is_sample: bool = False
) -> Iterator[RawRow]:
    """Yield the rows of the root table, each with the rows of other tables that belong to it.

    Those are lists under the names of their tables. At the end comes one row for each table that
    has rows for nobody, and for each of its rows that cannot be read; a sample leaves them out.
    """
    root = options.tables
    assert root is not None  # noqa: S101 - whoever calls this has looked
    reader = PlaceReader(container, options, root.places[0], is_sample=is_sample)
    with closing(Joiner()) as joiner:
        for table in root.walk():
            if table is not root:
                joiner.load(table, reader.read(table))
        row_number = 0
        for row_number, row in enumerate(reader.read(root), start=1):
            yield joiner.attach(root, replace(row, row_number=row_number))
        if row_number == 0:
            raise FileFormatError(Problem("file_no_records"))
        if not is_sample:
            for number, problem in enumerate(joiner.find_left_over(root), start=row_number + 1):
                yield RawRow(number, None, None, (problem,))


class PlaceReader:
    """Reads the tables of a container where they are, each in the way its head says.

    Where the options differ from what the head of the first place says, they were chosen by a
    person, and hold for all places; but not the syntax, which each has its own.
    """

    def __init__(
        self, container: Container, options: ReaderOptions, first: Place, *, is_sample: bool
    ) -> None:
        self._container = container
        self._is_sample = is_sample
        self._dumps: dict[str, bool] = {}
        detected = self._detect(first)
        self._chosen = {
            item.name: getattr(options, item.name)
            for item in fields(ReaderOptions)
            if item.name not in {"syntax", "member", "path", "tables", "merge_on"}
            and getattr(options, item.name) != getattr(detected, item.name)
        }

    def read(self, table: Table) -> Iterator[RawRow]:
        """Yield the rows of a table, whose row numbers start from 1 in each place."""
        return chain.from_iterable(map(self._read_place, table.places))

    def _read_place(self, place: Place) -> Iterator[RawRow]:
        name = ".".join(filter(None, (place.member, place.path)))
        try:
            options = replace(self._detect(place), **self._chosen)
            if self._is_sample:
                yield from self._container.sample(options)
            else:
                yield from self._container.read(options)
        except FileFormatError as error:
            if error.problem.kind is ARCHIVE_REFUSED:
                raise
            if not error.problem.kind.is_empty_list:
                raise name_member(error, name) from error

    def _detect(self, place: Place) -> ReaderOptions:
        if place.path and not self._is_dump(place.member):
            return ReaderOptions("json", member=place.member, path=place.path)
        detected = self._container.detect(place.member)[0]
        return replace(detected, member=place.member, path=place.path)

    def _is_dump(self, member: str) -> bool:
        if member not in self._dumps:
            self._dumps[member] = self._container.detect(member)[0].syntax == "sql"
        return self._dumps[member]


class Joiner:
    """Tables in a temporary database: by key, and in the order in which they were read."""

    def __init__(self) -> None:
        self._base = open_scratch()
        self._connection = self._base.connection
        self._connection.execute(f"PRAGMA page_size = {BLOCK_BYTES}")
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        self._connection.execute("CREATE TABLE faults (table_name TEXT, problem BLOB)")
        self._names: dict[str, str] = {}
        self._readers: dict[str, list[KeyReader]] = {}

    def load(self, table: Table, rows: Iterable[RawRow]) -> None:
        """Keep the rows of a table under their keys."""
        name = self._names[table.name] = f"table_{len(self._names)}"
        self._readers[table.name] = [KeyReader(link) for link in table.links]
        self._connection.execute(f"CREATE TABLE {name} (key TEXT, body BLOB, used INTEGER)")
        statement = f"INSERT INTO {name} VALUES (?, ?, 0)"  # noqa: S608
        batch: list[tuple[str | None, bytes]] = []
        self._connection.execute("BEGIN")
        for row in rows:
            if row.values is None:
                self._keep_fault(table, row)
                continue
            batch.append((self._read_key(table, row.values), encode(row)))
            if len(batch) == BATCH_ROWS:
                self._connection.executemany(statement, batch)
                batch.clear()
        self._connection.executemany(statement, batch)
        self._connection.execute(f"CREATE INDEX {name}_key ON {name} (key)")
        self._connection.execute("COMMIT")

    def attach(self, root: Table, row: RawRow) -> RawRow:
        """Return a row of the root table with the rows that belong to it."""
        if row.values is None:
            return row
        problems = list(row.problems)
        values = self._collect(root, row.values, problems)
        return replace(row, values=values, problems=tuple(problems))

    def find_left_over(self, root: Table) -> Iterator[Problem]:
        """Yield what is wrong with rows that went to nobody."""
        for (problem,) in self._connection.execute("SELECT problem FROM faults ORDER BY rowid"):
            yield Problem.from_json(orjson.loads(problem))
        for table in root.children:
            ((count, example),) = self._connection.execute(
                f"SELECT count(*), min(key) FROM {self._names[table.name]} WHERE NOT used"  # noqa: S608
            )
            if count:
                key = (example or "").partition(":")[2][:80] or "nothing"
                rows = "1 row" if count == 1 else f"{count:,} rows"
                named = f"such as {table.links[0].column} {key}"
                detail = f"{rows} of {table.name} name nobody in {root.name}, {named}"
                params = {"count": count, "table": table.name, "detail": detail}
                yield Problem("table_orphans", params=params)

    def close(self) -> None:
        """Let go of the database, which is gone then."""
        self._base.close()

    def _collect(
        self, parent: Table, values: dict[str, Any], problems: list[Problem]
    ) -> dict[str, Any]:
        values = dict(values)
        for table in parent.children:
            found = []
            for body, faults in self._find(table, values):
                problems += (name_column(table, fault) for fault in faults)
                found.append(self._collect(table, body, problems))
            values[table.name] = found
        return values

    def _find(
        self, table: Table, parent: dict[str, Any]
    ) -> Iterator[tuple[dict[str, Any], list[Problem]]]:
        """Yield the rows whose keys name the parent, in the order of the file."""
        name = self._names[table.name]
        keys = [
            f"{number}:{key}"
            for number, reader in enumerate(self._readers[table.name])
            if (key := reader.read_parent(parent))
        ]
        marks = ",".join("?" * len(keys))
        rows = self._connection.execute(
            f"SELECT rowid, body FROM {name} WHERE key IN ({marks}) ORDER BY rowid",  # noqa: S608
            keys,
        )
        found = list(rows)
        if found:
            self._connection.execute(
                f"UPDATE {name} SET used = 1 WHERE key IN ({marks}) AND NOT used",  # noqa: S608
                keys,
            )
        for _, body in found:
            row, faults = orjson.loads(body)
            yield row, [Problem.from_json(fault) for fault in faults]

    def _read_key(self, table: Table, values: dict[str, Any]) -> str | None:
        for number, reader in enumerate(self._readers[table.name]):
            if key := reader.read(values):
                return f"{number}:{key}"
        return None

    def _keep_fault(self, table: Table, row: RawRow) -> None:
        line = f"line {row.line_number}: " if row.line_number else ""
        params = {"table": table.name, "detail": line + row.problems[0].message}
        problem = Problem("table_row_unreadable", params=params)
        self._connection.execute(
            "INSERT INTO faults VALUES (?, ?)", (table.name, orjson.dumps(problem.to_json()))
        )


class KeyReader:
    """Reads both ends of a link; names of columns are told without case and punctuation."""

    def __init__(self, link: Link) -> None:
        self._steps = tuple(map(fold_name, link.column.split(".")))
        self._parent_steps = tuple(map(fold_name, link.parent_column.split(".")))
        self._prefix = link.prefix

    def read(self, values: dict[str, Any]) -> str:
        return write_key(walk(values, self._steps))

    def read_parent(self, values: dict[str, Any]) -> str:
        return write_key(walk(values, self._parent_steps), self._prefix)


def walk(values: Any, steps: tuple[str, ...]) -> Any:
    for step in steps:
        if not isinstance(values, dict):
            return None
        values = next((item for key, item in values.items() if fold_name(key) == step), None)
    return values


def write_key(value: Any, prefix: str = "") -> str:
    """Return a value as tables are joined by it: UUIDs and e-mail addresses in lower case."""
    if value is None or isinstance(value, dict | list):
        return ""
    text = str(value).strip().removeprefix(prefix)
    return text.lower() if "@" in text or UUID.fullmatch(text) else text


def encode(row: RawRow) -> bytes:
    return orjson.dumps([row.values, [problem.to_json() for problem in row.problems]])


def name_column(table: Table, problem: Problem) -> Problem:
    """Return the problem of a row with its table before the column."""
    return replace(problem, column=".".join(filter(None, (table.name, problem.column))))


def sample_joined(container: Container, options: ReaderOptions) -> list[RawRow]:
    """Return the first joined rows, from the heads of the tables alone."""
    rows = []
    for row in read_joined(container, options, is_sample=True):
        rows.append(row)
        if len(rows) == SAMPLE_ROWS:
            break
    return rows
