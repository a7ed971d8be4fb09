"""Hashes that a source presents as a JSON object: typed access to its fields."""

from __future__ import annotations

import json
from dataclasses import dataclass

from accounts.hashing.encodings import read_number
from accounts.hashing.errors import HashFormatError


def compact_json(value: str) -> str:
    """Drop the white space of a JSON text; anything else is left for the parser to refuse."""
    try:
        return json.dumps(json.loads(value), separators=(",", ":"))
    except (ValueError, RecursionError):
        return value.strip()


def read_json(text: str) -> object:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        raise HashFormatError("the value is not JSON") from None
    return value


@dataclass(frozen=True, slots=True, repr=False)
class Fields:
    """One JSON object. A field that is missing or of another type is a format error."""

    values: dict[str, object]

    def has(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text or number as text; lists of one element stand for the element."""
        value = self.values.get(name)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if value is None:
            value = default
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise HashFormatError(f"the field {name!r} is missing or not a text")
        return str(value)

    def number(self, name: str, default: int | None = None) -> int:
        return read_number(
            self.text(name, None if default is None else str(default)), f"the field {name!r}"
        )

    def flag(self, name: str) -> bool:
        return self.values.get(name) is True

    def fields(self, name: str) -> Fields:
        """Return an object inside this one, also when it is written as a JSON text."""
        value = self.values.get(name)
        return as_fields(read_json(value) if isinstance(value, str) else value)


def as_fields(value: object) -> Fields:
    if not isinstance(value, dict):
        raise HashFormatError("the value is not a JSON object")
    return Fields(value)


def read_fields(text: str) -> Fields:
    return as_fields(read_json(text))
