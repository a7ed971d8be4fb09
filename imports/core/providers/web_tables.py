"""What the users' tables of web applications have in common: NULL as a word, seconds."""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from imports.core.providers.contract import Values, fold_name
from imports.core.providers.values import is_blank, read_text
from imports.core.values.timestamps import NO_DATE

NULL_WORDS = frozenset({"NULL", "null", r"\N"})
# A second before 1980 is no time of an account, but a flag or a small number.
FIRST_SECOND = 315_532_800


def clear_nulls(values: Mapping[str, Any]) -> Values:
    """Return the values with NULL words as blanks."""
    return {
        name: None if isinstance(value, str) and value in NULL_WORDS else value
        for name, value in values.items()
    }


def fold_row(values: Mapping[str, Any]) -> Values:
    """Return the values by folded name, with NULL words as blanks."""
    return {fold_name(name): value for name, value in clear_nulls(values).items()}


def omit_folded(values: Mapping[str, Any], names: Collection[str]) -> Values:
    """Return a copy without the columns of these folded names, and without NULL words."""
    return {
        name: value for name, value in clear_nulls(values).items() if fold_name(name) not in names
    }


def fold_all(columns: Sequence[str]) -> frozenset[str]:
    return frozenset(map(fold_name, columns))


def is_date(value: Any) -> bool:
    """Return whether a column that holds a date or nothing holds one."""
    text = read_text(value)
    return bool(text) and not NO_DATE.fullmatch(text) and text.lower() not in ("false", "f")


def read_seconds(value: Any) -> Any:
    """Return seconds since 1970 as ISO 8601, and 0 as blank; what is no such number, as it is."""
    text = read_text(value)
    if text in ("0", ""):
        return None
    if not text.isdecimal() or not FIRST_SECOND < int(text[:12]) < 1 << 33:
        return value
    return datetime.fromtimestamp(int(text), UTC).isoformat().replace("+00:00", "Z")


def pick_date(value: Any) -> Any:
    """Return a date; blank for a zero date, or one of the year 1754 that stands for none."""
    text = read_text(value)
    return None if is_blank(text) or NO_DATE.fullmatch(text) or text.startswith("1754-") else value


def write_pbkdf2(digits: str, salt: bytes, rounds: int | str) -> str:
    """Return a hexadecimal PBKDF2-SHA256 key with its salt in PHC form; as it is if it is none."""
    try:
        key = bytes.fromhex(digits)
    except ValueError:
        return digits
    return f"$pbkdf2-sha256$i={rounds}${write_base64(salt)}${write_base64(key)}" if key else ""


def write_base64(value: bytes) -> str:
    """Return bytes as PHC texts have them: base64 without padding."""
    return base64.b64encode(value).decode().rstrip("=")
