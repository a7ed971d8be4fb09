"""Read the values of INSERT and COPY: text, numbers and blanks, as the dump writes them.

Numbers stay text, so that no digit is lost. Bytes that are no text stay hexadecimal, 0x….
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from imports.core.readers.sql.grammar import ESCAPED_STRING, PLAIN_STRING, QUOTED, Dialect
from imports.core.readers.text import is_damaged

# https://dev.mysql.com/doc/refman/8.4/en/string-literals.html; \% and \_ keep their backslash.
MYSQL_ESCAPES = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}
MYSQL_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
# https://www.postgresql.org/docs/current/sql-copy.html and sql-syntax-lexical.html
POSTGRES_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
POSTGRES_ESCAPE = re.compile(
    r"\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL
)
UNICODE_ESCAPE = re.compile(
    r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|\+([0-9a-fA-F]{6})|([0-9a-fA-F]{4})|(\\))"
)
NUMBER = re.compile(r"[+-]?\s*(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
# Most values of SQL Server.
PLAIN = re.compile(r"N'([^']*+)'\s*|CAST\(N?'([^']+)' AS [A-Za-z]\w*(?:\(\d+\))?\)\s*")
HEXADECIMAL = re.compile(r"0[xX]([0-9a-fA-F]*)|[xX]'([0-9a-fA-F]*)'")
BITS = re.compile(r"[bB]'([01]*)'|0b([01]+)")
INTRODUCER = re.compile(
    r"_\w+\s+|[nN](?=')|(?:DATE|TIME|TIMESTAMP|DATETIME)\s+(?=')", re.IGNORECASE
)
BINARY = re.compile(r"_binary\s", re.IGNORECASE)
WORD = re.compile(r"[A-Za-z_]\w*")
SUFFIX = re.compile(
    r"\s*(?:::\s*(?:\"[^\"]*\"|\w+)(?:\s*\.\s*\w+|\s+varying|\s+precision"
    r"|\s+with(?:out)? time zone)?"
    r"(?:\([\d,\s]*\))?(?:\[\])*|COLLATE\s+[\w\".]+)",
    re.IGNORECASE,
)
TYPE = re.compile(r"\s+AS\s+\[?(\w+)\]?\s*(?:\([\w\s,]*\))?\s*", re.IGNORECASE)
NO_ARGUMENTS = re.compile(r"(?:\s*\(\s*\d?\s*\))?")
CONCATENATION = re.compile(r"\s*(?:\|\||\+)\s*")
WORDS = {"null": None, "true": "true", "false": "false"}
# The time at which the dump would be loaded is nobody's.
TIMES = frozenset(
    {
        *("now", "current_timestamp", "current_date", "localtimestamp", "getdate", "getutcdate"),
        *("sysdate", "sysdatetime", "sysutcdatetime", "sysdatetimeoffset", "utc_timestamp"),
    }
)
# Of functions that make text of constants, as dumps use them for line ends and the like.
DEEPEST = 8
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
SQL_SERVER_START = datetime(1900, 1, 1, tzinfo=UTC)
COMMON_START = datetime(1, 1, 1, tzinfo=UTC)


class NotLiteral(Exception):
    """A value is an expression that only the database can compute."""


class Literals:
    """Reads the values of one dump."""

    def __init__(self, dialect: Dialect, *, escapes: bool, encoding: str) -> None:
        self.may_make_surrogates = dialect != "mysql"
        self._is_mysql = dialect == "mysql"
        self._keeps_bytes = dialect == "tsql"
        self._escapes = escapes
        self._encoding = encoding
        self._string = re.compile(ESCAPED_STRING if escapes else PLAIN_STRING, re.DOTALL)
        self._escaped = re.compile(ESCAPED_STRING, re.DOTALL)
        self._quoted = re.compile(QUOTED, re.DOTALL)

    def read(self, raw: str) -> str | None:
        """Return the value of a constant; raise NotLiteral where there is none."""
        if raw[:1] == "'":
            if raw.count("'") == 2 and raw[-1] == "'" and "\\" not in raw:
                text = raw[1:-1]
                return text if text > "\x01" or not self._is_mysql else _read_bit(text)
            if self._string.fullmatch(raw):
                return self._read_string(raw)
        elif (found := PLAIN.fullmatch(raw)) and "\\" not in raw:
            return found[1] if found[1] is not None else found[2]
        return self._read_expression(raw.strip())

    def unescape_copied(self, cell: str) -> str | None:
        """Return a cell of COPY that has a backslash in it."""
        return None if cell == r"\N" else self._unescape(cell)

    def _read_expression(self, raw: str) -> str | None:
        value, end = self._read_sum(raw, 0, 0)
        if raw[end:].strip():
            raise NotLiteral
        return value

    def _read_sum(self, raw: str, at: int, depth: int) -> tuple[str | None, int]:
        """Return the value of constants that are put together, and where they end."""
        value, at = self._read_term(raw, at, depth)
        while found := CONCATENATION.match(raw, at):
            more, at = self._read_term(raw, found.end(), depth)
            value = None if value is None or more is None else value + more
        return value, at

    def _read_term(self, raw: str, at: int, depth: int) -> tuple[str | None, int]:
        value, at = self._read_constant(raw, at, depth)
        while found := SUFFIX.match(raw, at):
            at = found.end()
        return value, at

    def _read_constant(self, raw: str, at: int, depth: int) -> tuple[str | None, int]:
        is_binary = BINARY.match(raw, at) is not None
        if found := HEXADECIMAL.match(raw, at):
            digits = found[1] if found[1] is not None else found[2]
            return self._read_bytes(digits), found.end()
        if found := BITS.match(raw, at):
            return found[1] if found[1] is not None else found[2] or "", found.end()
        if raw[at : at + 2] in ("E'", "e'") and (found := self._escaped.match(raw, at + 1)):
            return self._unescape(found[0][1:-1].replace("''", "'")), found.end()
        if raw[at : at + 3] in ("U&'", "u&'") and (found := self._string.match(raw, at + 2)):
            return _read_unicode(found[0][1:-1].replace("''", "'")), found.end()
        if found := INTRODUCER.match(raw, at):
            at = found.end()
            if HEXADECIMAL.match(raw, at) or BITS.match(raw, at):
                return self._read_constant(raw, at, depth)
        for pattern in (self._string, self._quoted):
            if found := pattern.match(raw, at):
                text = self._read_string(found[0])
                return (_show_bytes(text) if is_binary else text), found.end()
        if found := NUMBER.match(raw, at):
            return "".join(found[0].split()), found.end()
        return self._read_word(raw, at, depth)

    def _read_word(self, raw: str, at: int, depth: int) -> tuple[str | None, int]:
        found = WORD.match(raw, at)
        if not found or depth > DEEPEST:
            raise NotLiteral
        word, at = found[0].lower(), found.end()
        if word in WORDS:
            return WORDS[word], at
        if word in TIMES:
            return None, NO_ARGUMENTS.match(raw, at).end()  # type: ignore[union-attr]
        if raw[at : at + 1] != "(":
            raise NotLiteral
        if word == "convert":
            at = raw.index(",", at) if "," in raw[at:] else at
        arguments, at = self._read_arguments(raw, at + 1, depth + 1)
        if word == "cast" and (type_ := TYPE.match(raw, at)):
            value, at = _cast(arguments[0], type_[1].lower()), type_.end()
        else:
            value = _call(word, arguments)
        if raw[at : at + 1] != ")":
            raise NotLiteral
        return value, at + 1

    def _read_arguments(self, raw: str, at: int, depth: int) -> tuple[list[str | None], int]:
        arguments = []
        while True:
            while raw[at : at + 1].isspace():
                at += 1
            value, at = self._read_sum(raw, at, depth)
            arguments.append(value)
            if raw[at : at + 1] != ",":
                return arguments, at
            at += 1

    def _read_string(self, quoted: str) -> str:
        mark = quoted[0]
        text = quoted[1:-1].replace(mark * 2, mark)
        if not self._escapes or "\\" not in text:
            return _read_bit(text) if self._is_mysql else text
        if not self._is_mysql:
            return self._unescape(text)
        return _read_bit(MYSQL_ESCAPE.sub(_unescape_mysql, quoted[1:-1].replace(mark * 2, mark)))

    def _unescape(self, text: str) -> str:
        """Return text without PostgreSQL's escapes; octal and \\x are bytes of the encoding."""
        text = POSTGRES_ESCAPE.sub(_unescape_postgres, text)
        if is_damaged(text) and not self._encoding.startswith("utf-16"):
            raw = text.encode(self._encoding, "surrogateescape")
            text = raw.decode(self._encoding, "surrogateescape")
        return text

    def _read_bytes(self, digits: str) -> str:
        """Return bytes as text where they are some; a single 0 or 1 is a bit."""
        if self._keeps_bytes:
            return f"0x{digits}"
        raw = bytes.fromhex(digits) if len(digits) % 2 == 0 else b"\0"
        if self._is_mysql and raw in (b"\0", b"\1") and len(digits) <= 2:
            return str(raw[0])
        text = raw.decode("utf-8", "surrogateescape")
        return f"0x{digits}" if not raw or UNPRINTABLE.search(text) else text


def _read_bit(text: str) -> str:
    return {"\0": "0", "\x01": "1"}.get(text, text)


def _show_bytes(text: str) -> str:
    """Return the bytes of a binary value as they are shown, if they are no text."""
    if not UNPRINTABLE.search(text):
        return text
    return f"0x{text.encode('utf-8', 'surrogateescape').hex()}"


def _unescape_mysql(found: re.Match[str]) -> str:
    letter = found[1]
    return found[0] if letter in "%_" else MYSQL_ESCAPES.get(letter, letter)


def _unescape_postgres(found: re.Match[str]) -> str:
    octal, hexadecimal, short, long, letter = found.groups()
    if letter is not None:
        return POSTGRES_ESCAPES.get(letter, letter)
    if short or long:
        return _write_character(short or long)
    number = int(octal, 8) & 255 if octal else int(hexadecimal, 16)
    return chr(number) if number < 128 else chr(0xDC00 + number)


def _read_unicode(text: str) -> str:
    return UNICODE_ESCAPE.sub(
        lambda found: found[5] or _write_character(next(filter(None, found.groups()))), text
    )


def _write_character(digits: str) -> str:
    number = int(digits, 16)
    return chr(number) if number <= 0x10FFFF else "\ufffd"


def _call(name: str, arguments: list[str | None]) -> str | None:
    """Return what a function makes of constants, for those that only write text in another way."""
    texts = [text for text in arguments if text is not None]
    if len(texts) < len(arguments):
        raise NotLiteral
    if name == "replace" and len(texts) == 3:
        return texts[0].replace(texts[1], texts[2])
    if name in ("char", "nchar", "chr") and all(map(str.isdecimal, texts)):
        return "".join(_write_character(f"{int(text):x}") for text in texts if len(text) < 8)
    if name == "unistr" and len(texts) == 1:
        return _read_unicode(texts[0])
    if name == "convert" and texts:
        return texts[0]
    if name in ("to_date", "to_timestamp") and texts:
        return texts[0]
    raise NotLiteral


@lru_cache(maxsize=1024)
def _cast(value: str | None, kind: str) -> str | None:
    """Return a constant as the type that CAST names: dates of SQL Server may be bytes."""
    if value is None or not value.startswith("0x"):
        return value
    raw = bytes.fromhex(value[2:]) if len(value) % 2 == 0 else b""
    try:
        if kind == "datetime" and len(raw) == 8:
            days = int.from_bytes(raw[:4], "big", signed=True)
            ticks = int.from_bytes(raw[4:], "big")
            return _write_date(SQL_SERVER_START, days, ticks / 300)
        if kind == "smalldatetime" and len(raw) == 4:
            minutes = int.from_bytes(raw[2:], "big")
            return _write_date(SQL_SERVER_START, int.from_bytes(raw[:2], "big"), minutes * 60)
        if kind in ("datetime2", "date") and len(raw) >= 3:
            ticks = int.from_bytes(raw[1:-3], "little")
            seconds = ticks / 10 ** raw[0] if kind == "datetime2" else 0
            return _write_date(COMMON_START, int.from_bytes(raw[-3:], "little"), seconds)
    except OverflowError:
        pass
    raise NotLiteral


def _write_date(start: datetime, days: int, seconds: float) -> str:
    found = start + timedelta(days=days, milliseconds=round(seconds * 1000))
    return found.replace(tzinfo=None).isoformat(timespec="milliseconds")
