"""Read the text of one JSON record, keeping whatever of it can be kept."""

from __future__ import annotations

import json
from typing import Any

import orjson

from imports.core.problems import Problem
from imports.core.readers.json_files.extended import EXTENDED, unwrap
from imports.core.readers.rows import (
    RECORD_LIMIT,
    RECORD_LIMIT_LABEL,
    SYNTAX_NAMES,
    RawRow,
    Syntax,
)
from imports.core.readers.text import REPLACEMENT, SURROGATE, describe_damage, is_damaged, repair
from imports.core.values.json_text import LONG_NUMBER, load_patiently
from imports.core.values.nesting import DEPTH_LIMIT, measure_depth

# Makes of each byte what is quickly looked for: every digit a 0, every opening bracket a {.
OUTLINE = bytes(
    ord("0") if byte in b"0123456789" else ord("{") if byte in b"{[" else ord(" ")
    for byte in range(256)
)
NUL, ESCAPED_NUL = b"\0", b"\\u0000"


def read_record(raw: bytes, row_number: int, line_number: int, syntax: Syntax) -> RawRow:
    """Return the row that the bytes of one record make."""
    if len(raw) > RECORD_LIMIT:
        problem = Problem("row_too_large", params={"limit": RECORD_LIMIT_LABEL})
        return RawRow(row_number, line_number, None, (problem,))
    outline = raw.translate(OUTLINE)
    if outline.count(b"{") > DEPTH_LIMIT and measure_depth(raw) > DEPTH_LIMIT:
        problem = Problem("row_too_deep", params={"limit": DEPTH_LIMIT})
        return RawRow(row_number, line_number, None, (problem,))
    has_long_number = b"0" * 19 in outline and LONG_NUMBER.search(raw)
    if not (has_long_number or NUL in raw or ESCAPED_NUL in raw):
        try:
            values = orjson.loads(raw)
        except orjson.JSONDecodeError:
            pass
        else:
            if type(values) is dict:
                if b'"$' in raw and EXTENDED.search(raw):
                    values = unwrap(values)
                return RawRow(row_number, line_number, values)
            return make_row(row_number, line_number, values, [])
    return read_patiently(raw, row_number, line_number, syntax)


def read_patiently(raw: bytes, row_number: int, line_number: int, syntax: Syntax) -> RawRow:
    """Return the row of a record that is odd: long numbers, damaged bytes, not quite JSON."""
    text = raw.decode("utf-8", "surrogateescape")
    problems = [describe_damage(text, "utf-8")] if is_damaged(text) else []
    try:
        values = load_patiently(text)
    except json.JSONDecodeError as error:
        detail = f"{error.msg} (line {line_number + error.lineno - 1}, column {error.colno})"
        params = {"syntax": SYNTAX_NAMES[syntax], "detail": detail}
        problems.insert(0, Problem("row_unreadable", params=params))
        return RawRow(row_number, line_number, None, tuple(problems))
    return make_row(row_number, line_number, values, problems)


def make_row(row_number: int, line_number: int, values: Any, problems: list[Problem]) -> RawRow:
    if not isinstance(values, dict):
        problem = Problem("row_not_an_object", params={"found": name_kind(values)})
        return RawRow(row_number, line_number, None, (problem, *problems))
    damaged: list[tuple[str, str]] = []
    values = repair_nested(unwrap(values), "", damaged)
    if damaged:
        column, text = damaged[0]
        problems = [describe_text_damage(text, column)]
    return RawRow(row_number, line_number, values, tuple(problems))


def describe_text_damage(text: str, column: str) -> Problem:
    """Return the problem of a value with a damaged byte or an escaped half of a surrogate pair."""
    found = SURROGATE.search(text)
    code = ord(found.group()) if found else 0
    if 0xDC80 <= code <= 0xDCFF:
        return describe_damage(text, "utf-8", column)
    half = f"half of a surrogate pair (U+{code:04X})"
    character = half if found else "a NUL character (U+0000)"
    return Problem("invalid_character", column=column, params={"character": character})


def repair_nested(value: Any, path: str, damaged: list[tuple[str, str]]) -> Any:
    """Return the value without lone surrogates, noting the path and text of each that had one.

    Keys lose NUL characters, too: they become names of columns. Recursion is bounded by
    DEPTH_LIMIT.
    """
    if isinstance(value, str) and is_damaged(value):
        damaged.append((path, value))
        return repair(value)
    if isinstance(value, list):
        return [repair_nested(item, path, damaged) for item in value]
    if isinstance(value, dict):
        repaired = {}
        for key, item in value.items():
            clean = repair(key).replace("\0", REPLACEMENT)
            inner = f"{path}.{clean}".removeprefix(".")
            if clean != key:
                damaged.append((inner, key))
            repaired[clean] = repair_nested(item, inner, damaged)
        return repaired
    return value


def name_kind(value: Any) -> str:
    """Return what a person calls a JSON value that is not an object."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, list):
        return "a list"
    return "text" if isinstance(value, str) else "a number"
