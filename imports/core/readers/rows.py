"""What every reader takes and gives: the options of a file, and its rows as they were read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

import orjson

from imports.core.problems import Problem
from imports.core.readers.related_tables import Table

Syntax = Literal[
    "csv",
    "json",
    "ndjson",
    "json_objects",
    "ldif",
    "sql",
    "passwd",
    "shadow",
    "master_passwd",
    "smbpasswd",
    "htpasswd",
    "htdigest",
    "dovecot",
    "dokuwiki",
    "xlsx",
    "sqlite",
]
SYNTAXES: tuple[Syntax, ...] = get_args(Syntax)
BINARY = frozenset({"xlsx", "sqlite"})
# Of text; the others are known by the first bytes of a file, and only by those.
TEXT_SYNTAXES: tuple[Syntax, ...] = tuple(each for each in SYNTAXES if each not in BINARY)
JSON_SYNTAXES: tuple[Syntax, ...] = ("json", "ndjson", "json_objects")
# Of these, only the records themselves say which columns there are.
SPARSE_SYNTAXES: frozenset[Syntax] = frozenset({*JSON_SYNTAXES, "ldif"})
COLON_SYNTAXES: tuple[Syntax, ...] = tuple(
    each for each in TEXT_SYNTAXES if each not in {"csv", "ldif", "sql", *JSON_SYNTAXES}
)
SYNTAX_NAMES = {
    "csv": "CSV",
    "json": "JSON",
    "ndjson": "NDJSON",
    "json_objects": "JSON objects one after another",
    "ldif": "LDIF",
    "sql": "SQL dump",
    "passwd": "Unix passwd file",
    "shadow": "Unix shadow file",
    "master_passwd": "BSD master.passwd file",
    "smbpasswd": "Samba smbpasswd file",
    "htpasswd": "Apache htpasswd file",
    "htdigest": "Apache htdigest file",
    "dovecot": "Dovecot passwd-file",
    "dokuwiki": "DokuWiki users.auth.php",
    "xlsx": "Excel workbook",
    "sqlite": "SQLite database",
}
DELIMITERS = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "vertical bar",
    "^": "caret",
    "~": "tilde",
}
# Of lists of names and hashes; elsewhere both stand within cells.
OTHER_DELIMITERS = {":": "colon", " ": "space"}

# Characters or bytes; the largest real records seen carry a base64 photograph.
RECORD_LIMIT = 1 << 20
RECORD_LIMIT_LABEL = "1 MB"


@dataclass(frozen=True, slots=True)
class RawRow:
    """One record as the file has it.

    `row_number` counts records from 1, `line_number` is the line on which the record starts.
    `values` maps a CSV header to the cell's text, or is the JSON object; None when unreadable.
    orjson can always write them. `corrections` are the numbers of those of its job that the row is
    mapped with.
    """

    row_number: int
    line_number: int | None
    values: dict[str, Any] | None
    problems: tuple[Problem, ...] = ()
    corrections: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    """How to read a file.

    Of CSV, `skip_lines` lines are passed over before the header, or before the first row where
    there is none. `member` is the file of an archive, sheet of a workbook or table of a database
    that is read, unless `tables` says which of them are joined. Of JSON, `path` leads to the list
    of records, such as `data.users`, to an object of records by their ids, such as `users{}`, or to
    several lists in the elements of another, such as `orgs[].people` or `[name=users].data`; of an
    SQL dump, it is the name of the table, such as `public.users`; empty to look for it. Adjacent
    rows with the same value in the column `merge_on` are one record.
    """

    syntax: Syntax = "csv"
    encoding: str = "utf-8"
    delimiter: str = ","
    has_header: bool = True
    skip_lines: int = 0
    path: str = ""
    merge_on: str = ""
    member: str = ""
    tables: Table | None = None

    @property
    def is_table(self) -> bool:
        """Return whether every row has all columns, which therefore are known from the head."""
        return self.syntax not in SPARSE_SYNTAXES and self.tables is None

    def to_json(self) -> dict[str, Any]:
        """Return the form that is stored with a job."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ReaderOptions:
        """Return the options that `to_json` wrote; absent ones have their defaults."""
        given = {item.name: stored[item.name] for item in fields(cls) if item.name in stored}
        if isinstance(given.get("tables"), Mapping):
            given["tables"] = Table.from_json(given["tables"])
        return cls(**given)


def encode_row(row: RawRow) -> bytes:
    """Return one row as it stands in a payload: a line of JSON without its end."""
    problems = [problem.to_json() for problem in row.problems]
    return orjson.dumps([row.row_number, row.line_number, row.values, problems, row.corrections])


def decode_row(encoded: bytes) -> RawRow:
    """Return the row that `encode_row` wrote."""
    row_number, line_number, values, problems, corrections = orjson.loads(encoded)
    return RawRow(
        row_number=row_number,
        line_number=line_number,
        values=values,
        problems=tuple(Problem.from_json(problem) for problem in problems),
        corrections=tuple(corrections),
    )
