"""What of SQL a dump is made of, as each tool writes it: patterns, and which tool it was.

pg_dump: https://www.postgresql.org/docs/current/app-pgdump.html and sql-syntax-lexical.html;
mysqldump, phpMyAdmin and the like: https://dev.mysql.com/doc/refman/8.4/en/string-literals.html;
the .dump of sqlite3: https://sqlite.org/lang_expr.html#literal_values_constants_; scripts of SQL
Server Management Studio: https://learn.microsoft.com/sql/t-sql/data-types/constants-transact-sql.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Dialect = Literal["standard", "mysql", "tsql"]

START_LENGTH = 8192
HEAD_LENGTH = 1 << 16
# Comments and settings, then what fills a table; or a comment by which a tool names itself.
START = re.compile(
    r"\s*+(?:(?:--|#|\\\w|USE\b|IF\s|DECLARE\s|PRINT\s|mysqldump:|Enter password:)[^\n]*\n"
    r"|/\*.*?\*/;?|SET\b[^;\n]*[;\n]|(?:GO|END)\s*\n|\s"
    r"|(?:PRAGMA|BEGIN|START|DROP|LOCK|DELETE|TRUNCATE|ALTER\s+TABLE|SELECT)\b[^;]*;)*+"
    r"(?:CREATE\s+(?:(?:OR\s+REPLACE|GLOBAL|LOCAL|TEMP|TEMPORARY|UNIQUE|UNLOGGED)\s+)*"
    r"(?:TABLE|DATABASE|SCHEMA|TYPE|EXTENSION|FUNCTION|SEQUENCE|DOMAIN|INDEX|USER|ROLE)\b"
    r"|(?:INSERT|REPLACE)\s+(?:IGNORE\s+|OR\s+\w+\s+)?INTO\s+[\w\[`\".]+|INSERT\s+\[\w+\]"
    r"|COPY\s+[\w\".]+\s*\()"
    r"|\s*+(?:--[^\n]*\n\s*)*-- (?:PostgreSQL database|MySQL|MariaDB|phpMyAdmin SQL) dump"
    r"|\s*+-- Adminer|\s*+/\*M?!\d+[^*]*\*/",
    re.IGNORECASE | re.DOTALL,
)
IS_SQLITE = re.compile(r"\s*PRAGMA foreign_keys", re.IGNORECASE)
IS_POSTGRES = re.compile(r"-- PostgreSQL database|^COPY .* FROM stdin;", re.MULTILINE)
IS_MYSQL = re.compile(
    r"^/\*M?!\d|^(?:--|#|/\*)[^\n]*(?:MySQL|MariaDB|phpMyAdmin|HeidiSQL)|^\)\s*ENGINE\s*="
    r"|^(?:INSERT|REPLACE)\s+(?:IGNORE\s+)?INTO\s+`",
    re.MULTILINE | re.IGNORECASE,
)
IS_TSQL = re.compile(
    r"^\s*GO\s*$|^INSERT\s+(?:INTO\s+)?\[|SET IDENTITY_INSERT", re.MULTILINE | re.IGNORECASE
)
BACKSLASH_IN_STRINGS = re.compile(r"standard_conforming_strings\s*=\s*off", re.IGNORECASE)
# An escaped quote; where the backslash is none, a quote after it ends the value.
ESCAPED_QUOTE = re.compile(r"\\'(?!'|\s*[,);:|])")
# How Python writes a dump of SQLite.
IS_PLAIN = re.compile(r"\s*BEGIN TRANSACTION;")

PLAIN_STRING = r"'[^']*+(?:''[^']*+)*+'"
ESCAPED_STRING = r"'[^'\\]*+(?:(?:''|\\.)[^'\\]*+)*+'"
QUOTED = r'"[^"]*+(?:""[^"]*+)*+"'
IDENTIFIER = rf"(?:{QUOTED}|`[^`]*+(?:``[^`]*+)*+`|\[[^\]\n]*+(?:\]\][^\]\n]*+)*+\]|[\w$#@]++)"
NAME = rf"{IDENTIFIER}(?:\s*\.\s*{IDENTIFIER}){{0,3}}"
ONE_IDENTIFIER = re.compile(IDENTIFIER)
COMMENT = r"--[^\n]*+|/\*.*?\*/"

INSERT = re.compile(
    r"(?:INSERT|REPLACE)\b(?:\s+(?:IGNORE|DELAYED|LOW_PRIORITY|HIGH_PRIORITY|OR\s+\w+))*+"
    rf"(?:\s+INTO\b)?\s*(?P<table>{NAME})\s*"
    rf"(?:\((?P<columns>\s*{IDENTIFIER}(?:\s*,\s*{IDENTIFIER})*+\s*)\)\s*)?+"
    r"(?:OVERRIDING\s+\w+\s+VALUE\s*)?(?P<values>VALUES?\b\s*(?=\())?",
    re.IGNORECASE,
)
COPY = re.compile(
    rf"COPY\s+(?P<table>{NAME})\s*(?:\((?P<columns>[^()]*)\)\s*)?FROM\s+(?P<from>stdin|'[^']*')"
    r"(?P<options>[^;\n]*);[ \t\r]*(?=\n)",
    re.IGNORECASE,
)
TABLE = re.compile(
    r"CREATE\s+(?:(?:GLOBAL|LOCAL|TEMP|TEMPORARY|UNLOGGED|FOREIGN)\s+)*TABLE\s+"
    rf"(?:IF\s+NOT\s+EXISTS\s+)?(?P<table>{NAME})\s*(?=\()",
    re.IGNORECASE,
)
ROUTINE = re.compile(
    r"CREATE\s+(?:OR\s+(?:REPLACE|ALTER)\s+)?(?:DEFINER\s*=\s*\S+\s+)?(?:(?:TEMP|TEMPORARY"
    r"|CONSTRAINT|AGGREGATE|MATERIALIZED)\s+)?(?:FUNCTION|PROC|PROCEDURE|TRIGGER|EVENT|RULE|VIEW)\b"
    r"|ALTER\s+PROC",
    re.IGNORECASE,
)
DELIMITER = re.compile(r"DELIMITER\s+(\S+)[^\n]*", re.IGNORECASE)
AFTER_ROWS = re.compile(r"\s*+(?:;|(?=ON\b|RETURNING\b|AS\b)(?P<more>))", re.IGNORECASE)
# A line that begins a statement; scripts of SQL Server end few of theirs with a semicolon.
NEXT_STATEMENT = re.compile(
    r"[ \t]*(?:INSERT\s|REPLACE\s+INTO\b|COPY\s|CREATE\s+TABLE\b|SET\s+IDENTITY_INSERT\b|GO\s*$)",
    re.IGNORECASE | re.MULTILINE,
)
GO = re.compile(r"GO[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
SPACE = re.compile(
    r"(?:\s++|;|--[^\n]*+|#[^\n]*+|/\*.*?\*/|\\[\w.][^\n]*+|GO[ \t\r]*(?=\n|\Z))*+",
    re.IGNORECASE | re.DOTALL,
)
BLOCK_WORDS = re.compile(r"\b(BEGIN|CASE|END)\b", re.IGNORECASE)
# A column that is computed from others; pg_dump writes DEFAULT for it.
GENERATED = re.compile(r"\bGENERATED\s+ALWAYS\s+AS\s*\((?!.*\bIDENTITY\b)", re.IGNORECASE)
# Items of CREATE TABLE that are no columns.
CONSTRAINTS = frozenset(
    {"constraint", "primary", "unique", "foreign", "check", "exclude", "like", "period"}
)
INDEXES = frozenset({"key", "index", "fulltext", "spatial"})


def looks_like_sql(text: str) -> bool:
    """Return whether a file that begins like this is a dump of SQL statements."""
    return START.match(text[:START_LENGTH]) is not None


def detect_dialect(head: str) -> tuple[Dialect, bool]:
    """Return the dialect of a dump, and whether a backslash in a string escapes what follows."""
    if IS_SQLITE.match(head) or IS_POSTGRES.search(head):
        return "standard", BACKSLASH_IN_STRINGS.search(head) is not None
    if IS_MYSQL.search(head):
        return "mysql", True
    if IS_TSQL.search(head):
        return "tsql", False
    return "standard", not IS_PLAIN.match(head) and ESCAPED_QUOTE.search(head) is not None


def compile_cells(*, escapes: bool) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return patterns of the values in parentheses, of each value, and of a part of a statement."""
    string = ESCAPED_STRING if escapes else PLAIN_STRING
    atom, inner = write_atom(escapes=escapes)
    cell = rf"(?:{atom}|\({inner}\))*+"
    values = re.compile(rf"\s*+\(({inner})\)\s*+(,?)", re.DOTALL)
    value = re.compile(rf"\s*+({cell})(?:,|\Z)", re.DOTALL)
    part = re.compile(
        rf"[^;'\"`$\n/#-]++|{string}|{QUOTED}|`[^`]*+`|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|{COMMENT}|.",
        re.DOTALL,
    )
    return values, value, part


def write_atom(*, escapes: bool) -> tuple[str, str]:
    """Return patterns of a part of a value, and of what stands between parentheses."""
    string = ESCAPED_STRING if escapes else PLAIN_STRING
    atom = rf"[^'\"(),eE]++|{string}|[eE](?:{ESCAPED_STRING}|)|{QUOTED}"
    inner = rf"(?:{atom}|,)*+"
    for _ in range(5):
        inner = rf"(?:{atom}|,|\({inner}\))*+"
    return atom, inner


def compile_many(*, escapes: bool) -> re.Pattern[str]:
    """Return the pattern of any number of rows, each with a comma behind it."""
    _, inner = write_atom(escapes=escapes)
    return re.compile(rf"(?:\s*+\({inner}\)\s*+,)*+", re.DOTALL)


@lru_cache(maxsize=256)
def compile_alike(head: str, *, escapes: bool) -> re.Pattern[str]:
    """Return the pattern of any number of statements of one row that begin with this text."""
    _, inner = write_atom(escapes=escapes)
    start = rf"\s*+(?:GO\b\s*+)?{re.escape(head)}"
    return re.compile(rf"(?:{start}\s*+\({inner}\)\s*+(?:;|(?=INSERT\b|GO\b)))*+", re.DOTALL)


def compile_definition(*, escapes: bool) -> re.Pattern[str]:
    """Return the pattern of what stands between the parentheses of CREATE TABLE."""
    string = ESCAPED_STRING if escapes else PLAIN_STRING
    atom = rf"{COMMENT}|{string}|{QUOTED}|`[^`]*+`|\[[^\]\n]*+\]|[^'\"`\[(),/-]++|[/-]"
    inner = rf"(?:{atom}|,)*+"
    for _ in range(4):
        inner = rf"(?:{atom}|,|\({inner}\))*+"
    return re.compile(rf"\s*+((?:{atom}|\({inner}\))*+)([,)])", re.DOTALL)


def unquote(identifier: str) -> str:
    """Return a name without the quotes of any dialect."""
    text = identifier.strip()
    mark, inner = text[:1], text[1:-1]
    if mark == "[":
        return inner.replace("]]", "]")
    return inner.replace(mark * 2, mark) if mark and mark in '"`' else text


@lru_cache(maxsize=256)
def split_name(name: str) -> tuple[str, ...]:
    """Return the parts of a table's name, such as its schema and itself, without quotes."""
    return tuple(map(unquote, ONE_IDENTIFIER.findall(name)))


@lru_cache(maxsize=256)
def split_columns(columns: str | None) -> tuple[str, ...]:
    return tuple(map(unquote, ONE_IDENTIFIER.findall(columns or "")))
