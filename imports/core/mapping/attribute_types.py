"""Guess what attribute a column makes: its name, and its type from all values at hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from accounts.attributes import FALSE_WORDS, TRUE_WORDS, AttributeType
from imports.core.values.date_formats import find_date_formats

NAME_LENGTH = 100
# The border between two words that are written together: costCenter.
BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# Numbers with a leading zero are codes: as numbers they would lose it.
INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,17})")
DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,17})\.\d{1,18}")
WORDS = TRUE_WORDS | FALSE_WORDS


def name_attribute(column: str) -> str:
    """Return the name of an attribute for a column, such as cost_center for “Cost Center”."""
    words = re.sub(r"\W+", "_", BORDER.sub("_", column)).strip("_").lower()
    return words[:NAME_LENGTH] or "attribute"


def guess_type(values: Sequence[Any]) -> AttributeType:
    """Return the narrowest type that every value has; text where there are none."""
    filled = [value for value in values if value is not None and value != ""]
    if not filled:
        return AttributeType.STRING
    if not all(isinstance(value, str) for value in filled):
        return _guess_json_type(filled)
    texts = [value.strip() for value in filled]
    for kind, fits in TESTS.items():
        if all(map(fits, texts)):
            return kind
    if formats := find_date_formats(list(dict.fromkeys(texts))):
        has_time = any(part in formats[0] for part in ("%H", "%I")) or _has_time(texts)
        return AttributeType.DATETIME if has_time else AttributeType.DATE
    return AttributeType.STRING


def _has_time(texts: Sequence[str]) -> bool:
    return any(len(text) > len("2020-12-31") and ":" in text for text in texts)


def _guess_json_type(values: Sequence[Any]) -> AttributeType:
    for kind, types in JSON_TYPES.items():
        if all(type(value) in types for value in values):
            return kind
    return AttributeType.STRING


JSON_TYPES: dict[AttributeType, tuple[type, ...]] = {
    AttributeType.BOOLEAN: (bool,),
    AttributeType.INTEGER: (int,),
    AttributeType.DECIMAL: (int, float),
    AttributeType.LIST: (list,),
    AttributeType.OBJECT: (dict,),
}
TESTS: dict[AttributeType, Callable[[str], bool]] = {
    AttributeType.INTEGER: lambda text: bool(INTEGER.fullmatch(text)) and text not in {"-0"},
    AttributeType.DECIMAL: lambda text: bool(DECIMAL.fullmatch(text) or INTEGER.fullmatch(text)),
    AttributeType.BOOLEAN: lambda text: text.lower() in WORDS,
}
