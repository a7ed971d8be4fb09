"""Read LDIF (RFC 2849): one row for each entry, by the names of its attributes.

An attribute with several values is a list. Values in base64 become text where they are text, and
stay as they are where they are binary.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from imports.core.errors import FileFormatError
from imports.core.problems import Problem
from imports.core.readers.json_files.ndjson import split_lines
from imports.core.readers.rows import RECORD_LIMIT, RECORD_LIMIT_LABEL, RawRow, ReaderOptions
from imports.core.readers.text import describe_damage, is_damaged, read_utf8, repair
from imports.core.secrecy import show

# YAML may begin with a version, too; a key without a value follows there.
START = re.compile(
    r"(?:(?:[# ][^\n]*|\r?)\n)*"
    r"(?:version:[ ]*\d(?![^\n]*\n\s*(?:#[^\n]*\n\s*)*(?!dn:)[\w-]+:[ ]*\r?\n)|dn::?[ ]*\S)",
    re.IGNORECASE,
)
DN = re.compile(rb"dn:", re.IGNORECASE)
# Lines of ldapsearch that are no entries: where to go on, and how the search ended.
NO_ENTRIES = frozenset({"search", "result", "ref", "version"})
# What it prints of the end in the lines after, among them the controls of a search in pages.
OF_RESULT = frozenset(
    {
        *("matcheddn", "text", "control", "pagedresults", "sortresult", "vlvresult", "ppolicy"),
        *("authzid", "sessiontracking", "deref"),
    }
)
# What samba-tool user getpassword says after each user.
CHATTER = b"Got password OK"
# RFC 4517 and Active Directory; 16 bytes of a GUID may happen to be text.
BINARY = frozenset(
    [
        "objectguid",
        "objectsid",
        "jpegphoto",
        "thumbnailphoto",
        "photo",
        "audio",
        "usercertificate",
        "cacertificate",
        "userpkcs12",
        "usersmimecertificate",
        "msexchmailboxguid",
        "unicodepwd",
        "sidhistory",
        "guid",
        "ms-ds-consistencyguid",
    ]
)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(slots=True)
class Entry:
    """The lines of one entry, with continuations joined; `lines` holds each one's line number."""

    lines: list[tuple[int, bytes]] = field(default_factory=list)
    size: int = 0
    is_cut: bool = False
    """Whether the file ends within its last line."""


def looks_like_ldif(text: str) -> bool:
    """Return whether the first line that says something is a version or the name of an entry."""
    return START.match(text) is not None


def read_ldif(file: BinaryIO, options: ReaderOptions) -> Iterator[RawRow]:
    """Yield one row for each entry; comments and the end of a search are passed over."""
    row_number = 0
    for entry in split_entries(split_lines(read_utf8(file, options.encoding))):
        row_number += 1
        yield read_entry(entry, row_number)
    if row_number == 0:
        raise FileFormatError(Problem("file_no_records"))


def split_entries(lines: Iterator[bytes]) -> Iterator[Entry]:
    """Yield the entries, which blank lines part; of one that is too large, only its start."""
    entry, in_comment = Entry(), False
    for number, raw in enumerate(lines, start=1):
        line = raw.rstrip(b"\r\n")
        if not line:
            if is_entry(entry):
                yield entry
            entry, in_comment = Entry(), False
            continue
        is_continued = line.startswith(b" ")
        in_comment = line.startswith(b"#") or (in_comment and is_continued)
        if in_comment:
            continue
        if DN.match(line) and is_entry(entry):
            # Two people must not become one where the blank line between them is missing.
            yield entry
            entry = Entry()
        entry.size += len(line)
        entry.is_cut = not raw.endswith(b"\n")
        if entry.size > RECORD_LIMIT:
            continue
        if is_continued and entry.lines:
            first, start = entry.lines[-1]
            entry.lines[-1] = (first, start + line[1:])
        else:
            entry.lines.append((number, line))
    if is_entry(entry):
        yield entry


def is_entry(entry: Entry) -> bool:
    """Drop the version and the lines around an entry; return whether one is left."""
    entry.lines = [(number, line) for number, line in entry.lines if line != CHATTER]
    passed_over = NO_ENTRIES
    while entry.lines and (name := read_name(entry.lines[0][1]).lower()) in passed_over:
        if name == "result":
            passed_over = NO_ENTRIES | OF_RESULT
        del entry.lines[0]
    return bool(entry.lines)


def read_name(line: bytes) -> str:
    return line.partition(b":")[0].decode("utf-8", "replace").strip()


def read_entry(entry: Entry, row_number: int) -> RawRow:
    """Return the row of an entry, with the first thing that is wrong with it."""
    line_number = entry.lines[0][0]
    if entry.size > RECORD_LIMIT:
        problem = Problem("row_too_large", params={"limit": RECORD_LIMIT_LABEL})
        return RawRow(row_number, line_number, None, (problem,))
    if (first := read_name(entry.lines[0][1])).lower() != "dn":
        detail = (
            f"the entry in line {line_number} begins with “{show('', first[:40])}”, not with its dn"
        )
        return RawRow(row_number, line_number, None, (explain(detail),))
    values: dict[str, str | list[str]] = {}
    problems: list[Problem] = []
    spellings: dict[str, str] = {}
    for number, line in entry.lines:
        if line == b"-":
            continue
        try:
            name, value = read_line(line)
        except ValueError as error:
            is_cut = entry.is_cut and number == entry.lines[-1][0]
            problems.append(explain(f"line {number} {error}", is_cut=is_cut))
            continue
        if is_damaged(value):
            problems.append(describe_damage(value, "utf-8", name))
        name = spellings.setdefault(name.lower(), name)
        add_value(values, name, repair(value))
    if change := find_change(values):
        problems = [Problem("row_is_a_change", params={"change": change})]
    return RawRow(row_number, line_number, dict(values), tuple(problems[:1]))


def explain(detail: str, *, is_cut: bool = False) -> Problem:
    if is_cut:
        return Problem("row_truncated", params={"detail": detail})
    return Problem("row_unreadable", params={"syntax": "LDIF", "detail": detail})


def read_line(line: bytes) -> tuple[str, str]:
    """Return name and value of an attribute; raise ValueError that says what is wrong."""
    name, colon, rest = line.decode("utf-8", "surrogateescape").partition(":")
    name = repair(name.strip()).replace("\0", "")
    if not (name and colon):
        raise ValueError("is not a name, a colon and a value")
    if not rest.startswith(":"):
        return name, rest.lstrip(" ")  # an address after "<" is kept, and never fetched
    try:
        raw = base64.b64decode(rest[1:].strip().encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise ValueError(f"has a value of {name[:40]} that is not base64") from None
    return name, read_bytes(name, raw)


def read_bytes(name: str, raw: bytes) -> str:
    """Return text; of what is none, the base64 it came in."""
    base, _, options = name.lower().partition(";")
    if base not in BINARY and "binary" not in options.split(";"):
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            text = "\0"
        if not CONTROL.search(text):
            return text
    return base64.b64encode(raw).decode()


def add_value(values: dict[str, str | list[str]], name: str, value: str) -> None:
    known = values.get(name)
    if known is None:
        values[name] = value
    elif isinstance(known, list):
        known.append(value)
    else:
        values[name] = [known, value]


def find_change(values: dict[str, str | list[str]]) -> str:
    """Take away what makes an entry an addition; return what any other change is called."""
    names = {name.lower(): name for name in values}
    change = values.get(names.get("changetype", ""), "")
    kind = change if isinstance(change, str) else change[0]
    if kind.lower() not in {"", "add"}:
        return kind[:40]
    for name in ("changetype", "control"):
        values.pop(names.get(name, ""), None)
    return ""
