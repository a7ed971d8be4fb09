"""What a file can be: text, compressed text, an archive, a workbook or a database."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import PurePosixPath
from typing import BinaryIO, Protocol, cast

from imports.core.errors import FileFormatError
from imports.core.problems import Problem
from imports.core.problems.of_files import FILE_EMPTY, FILE_LIST_MISSING
from imports.core.readers.colon_files import COLON_READERS
from imports.core.readers.delimited import read_delimited
from imports.core.readers.detection import detect_options
from imports.core.readers.json_files.array import read_json_array, read_json_objects, take_start
from imports.core.readers.json_files.ndjson import read_ndjson
from imports.core.readers.json_files.outline import list_names, read_outline
from imports.core.readers.json_files.paths import Path, write_path
from imports.core.readers.json_files.tables import find_json_tables, is_list_of_tables
from imports.core.readers.ldif import read_ldif
from imports.core.readers.packed.archives import list_members, open_archive, unpack_member
from imports.core.readers.packed.streams import FirstBytes, Unpacked
from imports.core.readers.people import is_person, may_hold_people
from imports.core.readers.related_tables import FoundTable, Place
from imports.core.readers.rows import SPARSE_SYNTAXES, RawRow, ReaderOptions, Syntax
from imports.core.readers.sql.reader import read_sql
from imports.core.readers.sql.tables import list_dump_tables
from imports.core.readers.tables.databases import Database
from imports.core.readers.tables.workbooks import Workbook
from imports.core.readers.text import read_utf8

READERS = {
    **COLON_READERS,
    "csv": read_delimited,
    "json": read_json_array,
    "json_objects": read_json_objects,
    "ndjson": read_ndjson,
    "ldif": read_ldif,
    "sql": read_sql,
}
HEAD_BYTES = 2 << 20
# Looked at when the records at the start are broken or huge, so that they do not cost the others.
LONG_HEAD_BYTES = 32 << 20
SAMPLE_ROWS = 200
# As far as records are read one by one to find people among them.
FURTHER_BYTES = 32 << 20
# Rows of a sample that show what else is in a file whose users come far below its head.
NOT_PEOPLE_ROWS = 10
# Rows that show which columns a table has.
TABLE_ROWS = 20
DATA_ENDINGS = frozenset({".csv", ".tsv", ".txt", ".json", ".ndjson", ".jsonl", ".ldif", ".sql"})
# At the end of a head that is cut, these may be part of a character.
BEYOND_ASCII = bytes(range(128, 256))


class Container(Protocol):
    """A file that holds one or several tables, each a member.

    `label` says what it is; empty for a file that is the one table itself. The member that most
    likely holds the users comes first. `fixed_syntax` is that of all members, if they have one.
    Methods raise FileFormatError.
    """

    label: str
    members: tuple[str, ...]
    fixed_syntax: Syntax | None

    def detect(self, member: str) -> tuple[ReaderOptions, tuple[str, ...]]:
        """Return how to read a member, and sentences that say why."""

    def read(self, options: ReaderOptions) -> Iterator[RawRow]:
        """Yield the rows of the member that the options name."""

    def sample(self, options: ReaderOptions) -> list[RawRow]:
        """Return the member's first rows, from its head alone."""

    def find_tables(self, assumed: Iterable[str]) -> list[FoundTable]:
        """Return all tables; with those of the assumed names that may be where nobody looked."""

    def list_names(self, member: str) -> frozenset[str]:
        """Return the folded names at the top level of a JSON object; none for all else."""

    def close(self) -> None:
        """Let go of the file."""


class TextFile:
    """A file of text, compressed or not: its one member has no name."""

    label = ""
    members: tuple[str, ...] = ("",)
    fixed_syntax: Syntax | None = None

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def open(self, member: str) -> BinaryIO:
        return self._file

    def detect(self, member: str) -> tuple[ReaderOptions, tuple[str, ...]]:
        stream = self.open(member)
        head, is_cut = read_head(stream, HEAD_BYTES)

        def read_far(encoding: str) -> Iterator[bytes]:
            return take_start(read_utf8(stream, encoding))

        return detect_options(head, read_far if is_cut else None)

    def read(self, options: ReaderOptions) -> Iterator[RawRow]:
        stream = self.open(options.member)
        row_number = 0
        for row in read_stream(stream, options):
            row_number = row.row_number
            yield row
        if isinstance(stream, Unpacked) and stream.fault:
            yield RawRow(row_number + 1, None, None, (stream.fault,))

    def sample(self, options: ReaderOptions) -> list[RawRow]:
        stream = self.open(options.member)
        if options.syntax == "sql":
            # Other tables, however large, may come before the table that is read.
            return list(islice(read_stream(stream, options), SAMPLE_ROWS))
        head, is_cut = read_head(stream, HEAD_BYTES)
        try:
            rows = sample_rows(head, options, is_cut=is_cut)
        except FileFormatError as error:
            is_below = is_cut and error.problem.kind is FILE_LIST_MISSING
            if not is_below or not (rows := sample_further(stream, options)):
                raise
            return rows
        if is_cut and not any(row.values is not None for row in rows):
            head, is_cut = read_head(stream, LONG_HEAD_BYTES)
            rows = sample_rows(head, options, is_cut=is_cut)
        is_sparse = options.syntax in SPARSE_SYNTAXES
        if is_cut and is_sparse and not any(is_person(row.values) for row in rows):
            further = sample_further(stream, options)
            if further and is_person(further[0].values):
                rows = [*rows[:NOT_PEOPLE_ROWS], *further]
        return rows

    def find_tables(self, assumed: Iterable[str]) -> list[FoundTable]:
        return [table for member in self.members for table in self._find_in_member(member, assumed)]

    def list_names(self, member: str) -> frozenset[str]:
        head, _ = read_head(self.open(member), HEAD_BYTES)
        options, _ = detect_options(head)
        if options.syntax != "json":
            return frozenset()
        return list_names(read_outline(read_utf8(io.BytesIO(head), options.encoding)))

    def close(self) -> None:
        if isinstance(self._file, Unpacked):
            self._file.close()

    def _find_in_member(self, member: str, assumed: Iterable[str]) -> Iterator[FoundTable]:
        head, is_cut = read_head(self.open(member), HEAD_BYTES)
        try:
            options, _ = detect_options(head)
        except FileFormatError as error:
            if error.problem.kind is FILE_EMPTY:
                yield FoundTable(Place(member), PurePosixPath(member).stem, ())
            return
        if options.syntax == "json" and is_list_of_tables(head):
            blocks = take_start(read_utf8(self.open(member), options.encoding))
            for name, where, columns in find_json_tables(blocks):
                yield FoundTable(Place(member, where), name, columns)
            return
        if options.syntax == "sql":
            for table in list_dump_tables(self.open(member), options.encoding):
                place = Place(member, table.name)
                yield FoundTable(place, table.own_name, table.columns, table.has_rows)
            return
        if options.syntax != "json" or head.lstrip()[:1] == b"[":
            columns = list_columns(head, options)
            yield FoundTable(Place(member), PurePosixPath(member).stem, columns)
            return
        outline = read_outline([head])
        lists = [node.path for node in outline.lists]
        for path in [path for path in (*lists, *outline.empty) if path and "[]" not in path]:
            place = Place(member, write_path(path))
            columns = list_columns(head, ReaderOptions("json", options.encoding, path=place.path))
            yield FoundTable(place, path[-1], columns)
        if is_cut:
            yield from assume_tables(member, assumed, lists)


class Archive(TextFile):
    """A zip archive of text files."""

    label = "zip archive"

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self._archive = open_archive(file)
        self._entries = {member.filename: member for member in list_members(self._archive)}
        self.members = tuple(sorted(self._entries, key=self._rank))
        if not self.members:
            raise FileFormatError(Problem("file_empty"))

    def open(self, member: str) -> BinaryIO:
        if member not in self._entries:
            detail = f"The archive has no member “{member[:80]}”."
            raise FileFormatError(Problem("file_wrong_shape", params={"detail": detail}))
        return cast(BinaryIO, unpack_member(self._archive, self._entries[member]))

    def detect(self, member: str) -> tuple[ReaderOptions, tuple[str, ...]]:
        try:
            return super().detect(member)
        except FileFormatError as error:
            raise name_member(error, member) from error

    def close(self) -> None:
        self._archive.close()

    def _rank(self, name: str) -> tuple[bool, bool, int]:
        path = PurePosixPath(name.lower())
        size = self._entries[name].file_size
        return path.suffix not in DATA_ENDINGS, "user" not in path.name, -size


class Sheets(Workbook):
    """A workbook whose sheets are members."""

    fixed_syntax: Syntax | None = "xlsx"

    def sample(self, options: ReaderOptions) -> list[RawRow]:
        return list(islice(self.read(options), SAMPLE_ROWS))

    def list_names(self, member: str) -> frozenset[str]:
        return frozenset()

    def find_tables(self, assumed: Iterable[str]) -> list[FoundTable]:
        return [FoundTable(Place(name), name, self.list_columns(name)) for name in self.members]


class Tables(Database):
    """A database whose tables are members."""

    fixed_syntax: Syntax | None = "sqlite"

    def detect(self, member: str) -> tuple[ReaderOptions, tuple[str, ...]]:
        return ReaderOptions(syntax="sqlite", member=member), ()

    def sample(self, options: ReaderOptions) -> list[RawRow]:
        return list(islice(self.read(options), SAMPLE_ROWS))

    def list_names(self, member: str) -> frozenset[str]:
        return frozenset()

    def find_tables(self, assumed: Iterable[str]) -> list[FoundTable]:
        return [FoundTable(Place(name), name, self.list_columns(name)) for name in self.members]


def read_stream(stream: BinaryIO, options: ReaderOptions) -> Iterator[RawRow]:
    """Yield the rows of text; raise FileFormatError when it is damaged before the first."""
    if options.syntax not in READERS:
        detail = f"It is text, not {options.syntax}."
        raise FileFormatError(Problem("file_wrong_shape", params={"detail": detail}))
    try:
        yield from READERS[options.syntax](stream, options)
    except FileFormatError as error:
        if isinstance(stream, Unpacked) and stream.fault:
            raise FileFormatError(stream.fault) from error
        raise


def read_head(stream: BinaryIO, size: int) -> tuple[bytes, bool]:
    """Return the start up to a line end if there is one, and whether more comes after it."""
    stream.seek(0)
    head = stream.read(size)
    is_cut = bool(stream.read(1))
    if isinstance(stream, Unpacked) and stream.fault and not head:
        raise FileFormatError(stream.fault)
    if is_cut:
        head = head[: head.rfind(b"\n") + 1] or head.rstrip(BEYOND_ASCII)
    return head, is_cut


def sample_rows(head: bytes, options: ReaderOptions, *, is_cut: bool) -> list[RawRow]:
    """Return the first rows; of a head that is cut, without the row that the cut went through.

    The only row there is stays: whole or not, it shows the columns.
    """
    rows = list(islice(read_stream(io.BytesIO(head), options), SAMPLE_ROWS + 1))
    if is_cut and 1 < len(rows) <= SAMPLE_ROWS:
        del rows[-1:]
    return rows[:SAMPLE_ROWS]


def sample_further(stream: BinaryIO, options: ReaderOptions) -> list[RawRow]:
    """Return the first rows of people, and those that follow, from far below the head.

    Where nobody is found as far as it is looked, return the first row.
    """
    start = FirstBytes(stream, FURTHER_BYTES)
    if not any(map(may_hold_people, read_utf8(cast(BinaryIO, start), options.encoding))):
        return []
    rows = read_stream(cast(BinaryIO, start), options)
    first = list(islice(rows, 1))
    for row in chain(first, rows):
        if is_person(row.values):
            following = islice(rows, SAMPLE_ROWS - NOT_PEOPLE_ROWS)
            return [row, *(each for each in following if each.values is not None)]
    return first


def list_columns(head: bytes, options: ReaderOptions) -> tuple[str, ...]:
    """Return the columns of the first rows; none when there are no rows."""
    try:
        rows = list(islice(read_stream(io.BytesIO(head), options), TABLE_ROWS))
    except FileFormatError:
        return ()
    return tuple(dict.fromkeys(name for row in rows for name in row.values or ()))


def assume_tables(member: str, names: Iterable[str], lists: list[Path]) -> Iterator[FoundTable]:
    """Yield the tables that may come further down in a large JSON object."""
    outer = {path[:-1] for path in lists if "[]" not in path}
    for parents in outer:
        for name in names:
            if (*parents, name) not in lists:
                yield FoundTable(Place(member, write_path((*parents, name))), name, ())


def name_member(error: FileFormatError, member: str) -> FileFormatError:
    """Return the error with the member that it is about."""
    params = {"member": member[:200], "detail": str(error)}
    return FileFormatError(Problem("member_unreadable", params=params))
