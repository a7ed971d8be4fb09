"""What every reader takes and gives: the options of a file, and its rows as they were read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from imports.core.problems import Problem

Syntax = Literal["csv", "json", "ndjson", "ldif"]
SYNTAXES: tuple[Syntax, ...] = get_args(Syntax)
SYNTAX_NAMES = {"csv": "CSV", "json": "JSON", "ndjson": "NDJSON", "ldif": "LDIF"}
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}

# Characters or bytes; the largest real records seen carry a base64 photograph.
RECORD_LIMIT = 1 << 20
RECORD_LIMIT_LABEL = "1 MB"
# orjson writes at most 254 levels, and every row has to be written again.
DEPTH_LIMIT = 100


@dataclass(frozen=True, slots=True)
class RawRow:
    """One record as the file has it.

    `row_number` counts records from 1, `line_number` is the line on which the record starts.
    `values` maps a CSV header to the cell's text, or is the JSON object; None when unreadable.
    orjson can always write them.
    """

    row_number: int
    line_number: int | None
    values: dict[str, Any] | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    """How to read a file.

    Of CSV, `skip_lines` lines are passed over before the header, or before the first row where
    there is none. Of JSON, `path` leads to the list of records, such as `data.users`, or to
    several in the elements of another, such as `orgs[].people`; empty to look for it. Adjacent
    rows with the same value in the column `merge_on` are one record.
    """

    syntax: Syntax = "csv"
    encoding: str = "utf-8"
    delimiter: str = ","
    has_header: bool = True
    skip_lines: int = 0
    path: str = ""
    merge_on: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the form that is stored with a job."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ReaderOptions:
        """Return the options that `to_json` wrote; absent ones have their defaults."""
        return cls(**{item.name: stored[item.name] for item in fields(cls) if item.name in stored})
