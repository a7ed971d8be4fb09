"""Read JSON without losing a digit: a number that 64 bits cannot hold becomes text.

orjson makes a float of it. Ids at Google have 21 digits, and some exports write them as numbers.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import orjson

LONG_NUMBER = re.compile(rb"[:,\[\s-][0-9]{19}")
LONG_NUMBER_IN_TEXT = re.compile(LONG_NUMBER.pattern.decode())
JSON_INTEGERS = range(-(2**63), 2**64)


def load_json(text: str) -> Any:
    """Return what JSON says. Raises json.JSONDecodeError for what is not JSON."""
    return load_patiently(text) if LONG_NUMBER_IN_TEXT.search(text) else orjson.loads(text)


def load_patiently(text: str) -> Any:
    """Return what JSON says, also with control characters in strings, and NaN where values lack."""
    return json.loads(
        text,
        strict=False,
        parse_int=read_integer,
        parse_float=read_number,
        parse_constant=read_constant,
    )


def read_integer(digits: str) -> int | str:
    """Return the number, as text when 64 bits cannot hold it."""
    if len(digits) <= 20 and (number := int(digits)) in JSON_INTEGERS:
        return number
    return digits


def read_number(digits: str) -> float | str:
    """Return the number, as text when it is beyond the range of a float."""
    number = float(digits)
    return number if math.isfinite(number) else digits


def read_constant(name: str) -> str | None:
    """Return None for NaN, which data tools write for a missing value; Infinity stays text."""
    return None if name == "NaN" else name
