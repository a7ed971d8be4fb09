"""Read account files of lines with fields between colons, which have no header.

Formats: passwd(5), shadow(5), master.passwd(5) of FreeBSD, smbpasswd(5), Apache's htpasswd(1) and
htdigest(1), Dovecot's passwd-file and DokuWiki's conf/users.auth.php (inc/auth plugin authplain).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from imports.core.errors import FileFormatError
from imports.core.problems import Problem
from imports.core.readers.json_files.ndjson import split_lines
from imports.core.readers.rows import (
    RECORD_LIMIT,
    RECORD_LIMIT_LABEL,
    RawRow,
    ReaderOptions,
    Syntax,
)
from imports.core.readers.text import describe_damage, is_damaged, read_utf8, repair
from imports.core.secrecy import Evidence, weigh

SAMPLE_LINES = 50
# Of the first lines, the share that has to be of a kind of file for it to be one.
SHARE = 0.9
# What DokuWiki writes with a backslash before it; an unescaped # begins a comment.
ESCAPED_FIELD = re.compile(r"((?:\\.|[^\\:#])*)(:|#.*|\\?$)", re.DOTALL)
ESCAPE = re.compile(r"\\(.)")
NAME = r"[^:,;|\t\"{}\[\]#=]+"
SCHEME = r"\{[A-Za-z][\w.-]*\}"


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields of a kind of file.

    `fewest` is how many of them every line has; `keeps_rest` says that the last may hold colons.
    `pattern` is that of a line; `secrets` the field of which half have to look secret, by
    `evidence`, for the file to be recognised as one; none where the pattern is enough.
    """

    fields: tuple[str, ...]
    fewest: int
    pattern: re.Pattern[str]
    secrets: int = 0
    evidence: Evidence = Evidence.RANDOM
    keeps_rest: bool = False
    is_escaped: bool = False


PASSWD = ("name", "password", "uid", "gid", "gecos", "home", "shell")
SHADOW = (
    *("name", "password", "last_changed", "min_days", "max_days"),
    *("warn_days", "inactive_days", "account_expires", "reserved"),
)
MASTER_PASSWD = (
    *("name", "password", "uid", "gid", "class", "change_by", "account_expires", "gecos"),
    *("home", "shell"),
)
SMBPASSWD = ("name", "uid", "lm_hash", "nt_hash", "account_flags", "last_changed", "rest")
HTPASSWD = ("name", "password", "comment")
HTDIGEST = ("name", "realm", "digest")
DOVECOT = ("name", "password", "uid", "gid", "gecos", "home", "shell", "extra_fields")
DOKUWIKI = ("login", "password", "full_name", "email", "groups")

# In the order in which they are tried: those of which a line can be mistaken for no other first.
SHAPES: dict[Syntax, Shape] = {
    "smbpasswd": Shape(
        SMBPASSWD,
        4,
        re.compile(
            r"[^:]+:\d+:([0-9A-Fa-fX]{32}|NO PASSWORD[X*]+)?:([0-9A-Fa-fX]{32}|NO PASSWORD[X*]+)?"
            r"(:\[[A-Z ]*\](:LCT-[0-9A-Fa-f]{8}(:.*)?)?|:[^:]*:[^:]*:?)?"
        ),
        keeps_rest=True,
    ),
    "dokuwiki": Shape(
        DOKUWIKI,
        4,
        re.compile(rf"{NAME}:[^:]{{8,}}:(?:\\.|[^\\:])*:[^:@\s]+@[^:@\s]+(:[^:]*)?"),
        secrets=1,
        is_escaped=True,
    ),
    "shadow": Shape(SHADOW, 8, re.compile(rf"{NAME}:[^:\s]*(:-?\d*){{6}}:[^:]*"), keeps_rest=True),
    "master_passwd": Shape(
        MASTER_PASSWD, 10, re.compile(rf"{NAME}:[^:\s]*:-?\d+:-?\d+:[^:]*:\d*:\d*(:[^:]*){{3}}")
    ),
    "passwd": Shape(
        PASSWD,
        7,
        re.compile(rf"{NAME}:(?!{SCHEME})[^:\s]*:-?\d+:-?\d+:[^:]*:(?:/[^:]*)?:(?:/[^:]*)?"),
    ),
    "htdigest": Shape(HTDIGEST, 3, re.compile(rf"{NAME}:[^:]+:[0-9a-f]{{32}}")),
    "htpasswd": Shape(
        HTPASSWD,
        2,
        re.compile(
            rf"{NAME}:(?:\$[\w-]+\$[^:\s]+|\{{(?:SHA|SSHA|PLAIN)\}}[^:\s]+|[./0-9A-Za-z]{{13}}"
            r"|[!*]?)(?::(?!\d*:).*)?"
        ),
        secrets=1,
        keeps_rest=True,
    ),
    "dovecot": Shape(
        DOVECOT,
        1,
        re.compile(
            rf"{NAME}:(?:{SCHEME}|\$|)[^:]*(?::\d*(?::\d*(?::[^:]*(?::[^:]*(?::[^:]*(?::.*)?)?)?)?)?)?"
        ),
        secrets=1,
        evidence=Evidence.MARKED,
        keeps_rest=True,
    ),
}
# The comment that DokuWiki writes into each of its files.
DOKUWIKI_START = re.compile(r"#\s*users\.auth\.php")
# Lines by which passwd and shadow take in the accounts of a network service.
NETWORK = re.compile(r"[+-]@?[^:]*(:[^:]*)*")


def detect_colon_file(text: str) -> Syntax | None:
    """Return which of these files the text is the start of; None when it is none."""
    *whole, last = [line.strip() for line in text.split("\n")]
    whole = [line for line in whole[:SAMPLE_LINES] if line and not line.startswith("#")]
    # The last may be cut, but is all that a file of one line without an end has.
    lines = [line for line in whole if not NETWORK.fullmatch(line)] or whole or [last]
    shapes = {"dokuwiki": SHAPES["dokuwiki"]} if DOKUWIKI_START.match(text) else SHAPES
    for name, shape in shapes.items():
        fitting = sum(1 for line in lines if shape.pattern.fullmatch(line))
        if fitting and fitting >= SHARE * len(lines) and has_secrets(lines, shape):
            return cast("Syntax", name)
    return None


def has_secrets(lines: list[str], shape: Shape) -> bool:
    """Return whether half of the lines have a hash, or a scheme, where the shape needs one."""
    if not shape.secrets:
        return True
    cells = [split_line(line, shape) for line in lines]
    found = [row[shape.secrets] for row in cells if len(row) > shape.secrets]
    hits = sum(1 for cell in found if weigh(cell) >= shape.evidence or re.match(SCHEME, cell))
    return hits * 2 >= len(lines)


def read_colon_file(file: BinaryIO, options: ReaderOptions) -> Iterator[RawRow]:
    """Yield one row for each line; blank lines and comments are passed over."""
    shape = SHAPES[options.syntax]
    row_number = 0
    for line_number, raw in enumerate(split_lines(read_utf8(file, options.encoding)), start=1):
        line = raw.decode("utf-8", "surrogateescape").strip("\r\n").lstrip(" \t")
        if line_number <= options.skip_lines or not line.strip() or line.startswith("#"):
            continue
        row_number += 1
        yield read_line(line, row_number, line_number, shape)
    if row_number == 0:
        raise FileFormatError(Problem("file_no_records"))


def read_line(line: str, row_number: int, line_number: int, shape: Shape) -> RawRow:
    """Return the row of a line, with what is wrong with it."""
    if len(line) > RECORD_LIMIT:
        problem = Problem("row_too_large", params={"limit": RECORD_LIMIT_LABEL})
        return RawRow(row_number, line_number, None, (problem,))
    cells = split_line(line, shape)
    width = len(shape.fields)
    values = dict.fromkeys(shape.fields, "")
    values |= dict(zip(shape.fields, map(repair, cells), strict=False))
    problems = []
    if len(cells) < shape.fewest:
        params = {"cells": len(cells), "columns": shape.fewest}
        problems.append(Problem("row_too_few_cells", params=params))
    elif len(cells) > width:
        params = {"cells": len(cells), "columns": width}
        problems.append(Problem("row_too_many_cells", params=params))
        values |= {f"(cell {n})": repair(cell) for n, cell in enumerate(cells, 1) if n > width}
    if is_damaged(line):
        column = next(n for n, cell in zip(values, cells, strict=False) if is_damaged(cell))
        problems.append(describe_damage(line, "utf-8", column))
    return RawRow(row_number, line_number, values, tuple(problems))


def split_line(line: str, shape: Shape) -> list[str]:
    """Return the fields of a line; all beyond the last as a part of it where it may hold colons."""
    if shape.is_escaped:
        return list(split_escaped(line))
    return line.split(":", len(shape.fields) - 1 if shape.keeps_rest else -1)


def split_escaped(line: str) -> Iterator[str]:
    """Yield the fields of a line of DokuWiki, up to a comment, without the backslashes."""
    position = 0
    while found := ESCAPED_FIELD.match(line, position):
        yield ESCAPE.sub(r"\1", found[1])
        if found[2] != ":":
            return
        position = found.end()


COLON_READERS: dict[str, Callable[[BinaryIO, ReaderOptions], Iterator[RawRow]]] = dict.fromkeys(
    cast("dict[str, Shape]", SHAPES), read_colon_file
)
