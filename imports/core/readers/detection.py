"""Tell from the first bytes of a file how it has to be read."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace

import orjson

from imports.core.errors import FileFormatError
from imports.core.problems import Problem
from imports.core.readers.colon_files import detect_colon_file
from imports.core.readers.foreign import refuse_foreign
from imports.core.readers.json_files.outline import (
    OF_PAGES,
    Outline,
    choose_inner,
    choose_path,
    is_of_people,
    list_usual,
    read_outline,
)
from imports.core.readers.json_files.paths import ELEMENT, MAP, write_path
from imports.core.readers.json_files.tables import is_list_of_tables
from imports.core.readers.layout import detect_layout
from imports.core.readers.ldif import looks_like_ldif
from imports.core.readers.rows import (
    COLON_SYNTAXES,
    JSON_SYNTAXES,
    SYNTAX_NAMES,
    ReaderOptions,
    Syntax,
)
from imports.core.readers.sql.grammar import looks_like_sql
from imports.core.readers.text import BOM, encode_damaged, finish_decoding, make_decoder

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How files begin that are no text, and what to call them.
SIGNATURES = (
    (b"PK\x03\x04", "it is a workbook or archive among other files of an archive"),
    (b"\x1f\x8b", "it is compressed twice, or inside an archive"),
    (b"\xd0\xcf\x11\xe0", "it is an old Excel workbook, or one with a password"),
    (b"SQLite format 3\x00", "it is a database among other files of an archive"),
    (b"%PDF", "it is a PDF document"),
    (b"BZh", "it is compressed with bzip2"),
    (b"\xfd7zXZ", "it is compressed with xz"),
    (b"\x28\xb5\x2f\xfd", "it is compressed with Zstandard; unpack it first (zstd -d)"),
    (b"7z\xbc\xaf\x27\x1c", "it is a 7z archive; pack the files into a zip archive"),
    (b"Rar!", "it is a RAR archive; pack the files into a zip archive"),
    (
        b"PGDMP",
        "it is a dump of PostgreSQL in its own format; write its table of users as text with"
        " pg_restore --data-only --table=users --file=users.sql, and upload that",
    ),
    (b"PAR1", "it is a Parquet file; write the table as CSV"),
    (b"Obj\x01", "it is an Avro file; write its records as JSON"),
    (b"bplist00", "it is a binary property list; convert it to JSON"),
    (b"Salted__", "it is encrypted with OpenSSL; decrypt it first"),
    (b"\x00\x01\x00\x00Standard ", "it is an Access database; export its table of users as CSV"),
    (b"REDIS", "it is a snapshot of Redis; export the users from the application"),
)
BSON = (
    "it is BSON as mongodump writes it; run bsondump --outFile=users.json users.bson, or export"
    " with mongoexport"
)
# A type below 20 and the name of a field, which ends with zero.
BSON_ELEMENT = re.compile(rb"[\x01-\x13][\w$.-]{1,100}\x00")
TAR_MARK, TAR_MARK_AT = b"ustar", 257
CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
# What windows-1252 has beyond ASCII that occurs in names and addresses.
WESTERN = re.compile(rb"[\x80\x82\x84\x85\x8a\x8c\x8e\x91-\x97\x9a\x9c\x9e\x9f\xa0\xaa\xab\xb0"
                     rb"\xb4\xb7\xba\xbb\xbf-\xd6\xd8-\xf6\xf8-\xfe]+")  # fmt: skip
NON_ASCII = re.compile(rb"[\x80-\xff]+")
SAMPLE_LINES = 50
# Of lists and NDJSON, enough to see whether their elements are pages of users.
ELEMENTS_LOOKED_AT = 256 << 10
Far = Callable[[str], Iterable[bytes]]


def detect_options(head: bytes, far: Far | None = None) -> tuple[ReaderOptions, tuple[str, ...]]:
    """Return how to read the file that begins with these bytes, and sentences that say why.

    `far` gives the file in UTF-8 by its encoding, where more comes after the head: people may come
    megabytes below it.

    Raise FileFormatError when it is empty or no text.
    """
    if not head.strip(b"\0 \t\r\n"):
        raise FileFormatError(Problem("file_empty"))
    encoding, evidence = detect_encoding(head)
    text = decode_head(head, encoding)
    refuse_binary(head, text)
    syntax = detect_syntax(text)
    if syntax in ("csv", "json", "ndjson"):
        refuse_foreign(text)
    if syntax == "csv":
        options, reasons = detect_layout(text)
        return replace(options, encoding=encoding), (*evidence, *reasons)
    options = ReaderOptions(syntax=syntax, encoding=encoding)
    if syntax in JSON_SYNTAXES:
        options, reason = detect_json(text, options, far)
        return options, (*evidence, reason)
    return options, (*evidence, SYNTAX_REASONS[syntax])


def detect_json(text: str, options: ReaderOptions, far: Far | None) -> tuple[ReaderOptions, str]:
    """Return how to read JSON text, and why: where its users are, and whether it is one user."""
    is_ndjson = options.syntax == "ndjson"
    is_short = is_ndjson or text.lstrip()[:1] == "["
    raw = encode_damaged(text[:ELEMENTS_LOOKED_AT] if is_short else text)
    outline = read_outline([raw])
    if is_ndjson:
        path = "" if outline.is_user else choose_page(outline)
        return with_path(options, path) if path else (options, SYNTAX_REASONS["ndjson"])
    if outline.root.is_list:
        path = "" if is_list_of_tables(raw) else choose_inner(outline)
        return with_path(options, path) if path else (options, SYNTAX_REASONS["json"])
    if outline.is_user:
        return replace(options, syntax="json_objects"), SYNTAX_REASONS["json_objects"]
    if far is not None and not outline.shows_people:
        outline = read_outline(far(options.encoding))
    # Where no list is obvious, whoever reads the file says so.
    with suppress(FileFormatError):
        return with_path(options, choose_path(outline))
    if outline.count > 1:
        return replace(options, syntax="json_objects"), SYNTAX_REASONS["json_objects"]
    return options, SYNTAX_REASONS["json"]


def choose_page(outline: Outline) -> str:
    """Return the list of users in each of several objects, if they are such pages."""
    pages = [
        node.path
        for node in outline.lists
        if len(node.path) <= 2
        and ELEMENT not in node.path
        and node.path[-1].lower() in OF_PAGES
        and is_of_people(outline.lists, node.path)
    ]
    return write_path(pages[0]) if pages and not outline.root.has_people() else ""


def with_path(options: ReaderOptions, path: str) -> tuple[ReaderOptions, str]:
    """Return the options with the path to the users, and what is there."""
    options = replace(options, syntax="json", path=path)
    if path.endswith(MAP):
        where = f"object {path.removesuffix(MAP)}" if path != MAP else "object itself"
        return options, f"Its users are the entries of the {where}, by their ids."
    if path.startswith("["):
        return options, f"Its users are in the lists {path}, such as in pages of an answer."
    return options, f"It is a JSON object; its users are the list {path}."


SYNTAX_REASONS = {
    syntax: f"It is of the kind {SYNTAX_NAMES[syntax]}: lines of its fields between colons, without"
    " a header."
    for syntax in COLON_SYNTAXES
} | {
    "json": "It is JSON: it starts with a bracket and is not one object per line.",
    "json_objects": "It is JSON: objects that come one after another, each of them a user.",
    "ldif": "It is LDIF: its entries begin with a dn, and blank lines part them.",
    "ndjson": "It is NDJSON: each line is a JSON object by itself.",
    "sql": "It is an SQL dump: statements that fill tables. None of them is executed.",
}


def refuse_binary(head: bytes, text: str) -> None:
    detail = next((name for start, name in SIGNATURES if head.startswith(start)), "")
    if not detail and is_bson(head):
        detail = BSON
    if head[TAR_MARK_AT:].startswith(TAR_MARK):
        detail = "it is a tar archive; pack the files into a zip archive"
    if not detail and len(CONTROL.findall(text)) > len(text) // 20:
        detail = "it holds control characters as no text does"
    if detail:
        raise FileFormatError(Problem("file_not_text", params={"detail": detail}))


def is_bson(head: bytes) -> bool:
    """Return whether the file begins with a document of BSON: its length, a type, and a name."""
    size = int.from_bytes(head[:4], "little")
    is_whole = 5 < size <= 16 << 20 and (size > len(head) or head[size - 1 : size] == b"\0")
    return is_whole and BSON_ELEMENT.match(head, 4) is not None


def detect_encoding(head: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the encoding, and why it was chosen unless it is plain UTF-8."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return encoding, (f"Its byte order mark says {encoding.upper()}.",)
    nul_share = head.count(0) / len(head)
    if nul_share > 0.3:
        encoding = "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"
        return encoding, (f"Every second byte is zero, as in {encoding.upper()}.",)
    text = decode_head(head, "utf-8")
    if text.isascii() or not is_western(head, text):
        return "utf-8", ()
    return "windows-1252", (
        "Letters beyond ASCII are not valid UTF-8 but would be letters in windows-1252.",
    )


def is_western(head: bytes, text: str) -> bool:
    """Return whether no character is UTF-8 and all could be those of Western languages."""
    beyond = [char for char in text if char > "\x7f"]
    if any(not "\udc80" <= char <= "\udcff" for char in beyond if char != BOM):
        return False
    return all(WESTERN.fullmatch(found) for found in NON_ASCII.findall(head))


def decode_head(head: bytes, encoding: str) -> str:
    decoder = make_decoder(encoding)
    text = decoder.decode(head) + finish_decoding(decoder)
    return text.removeprefix(BOM)


def detect_syntax(text: str) -> Syntax:
    start = text.lstrip()[:1]
    if start == "[" and looks_like_array(text):
        return "json"
    if start != "{":
        if looks_like_sql(text):
            return "sql"
        return "ldif" if looks_like_ldif(text) else detect_colon_file(text) or "csv"
    lines = [
        line for line in text.split("\n", SAMPLE_LINES + 1)[: SAMPLE_LINES + 1] if line.strip()
    ]
    complete = [line for line in lines if is_object(line)]
    # The last line may be cut; one object in one line is NDJSON unless it holds a list of records.
    if len(complete) > 1 or (len(lines) > 1 and complete and lines[1].lstrip()[:1] == "{"):
        return "ndjson"
    if len(lines) == len(complete) == 1 and not holds_users(lines[0]):
        return "ndjson"
    return "json"


def looks_like_array(text: str) -> bool:
    """Return whether what follows the bracket can be JSON, so that “[id],[name]” stays CSV."""
    return re.match(r'\s*\[\s*([{\["\]\d-]|null|true|false|\Z)', text) is not None


def is_object(line: str) -> bool:
    try:
        return isinstance(orjson.loads(line.encode("utf-8", "replace")), dict)
    except orjson.JSONDecodeError:
        return False


def holds_users(line: str) -> bool:
    """Return whether an object holds a list or map of users rather than being one."""
    outline = read_outline([line.encode("utf-8", "replace")])
    if outline.is_user:
        return False
    return bool(outline.lists or outline.maps or list_usual(outline.empty))
