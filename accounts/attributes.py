"""Check custom attributes against their definitions; pure Python, shared with imports."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from accounts.patterns import PatternError, read_pattern

TRUE_WORDS = frozenset({"true", "yes", "y", "on", "1", "t"})
FALSE_WORDS = frozenset({"false", "no", "n", "off", "0", "f"})
# Longer values would not fit the index that keeps them unique.
UNIQUE_VALUE_MAX_LENGTH = 500
# What JSON readers take for a number.
LEAST_NUMBER, MOST_NUMBER = -(2**63), 2**64 - 1


class AttributeType(StrEnum):
    """Type of an attribute's values, as JSON has them; see docs/record-format.md."""

    STRING = "string"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    LIST = "list"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class AttributeRule:
    """The constraints on one attribute."""

    name: str
    type: AttributeType = AttributeType.STRING
    required: bool = False
    unique: bool = False
    choices: tuple[Any, ...] = ()
    pattern: str = ""


class AttributeValueError(ValueError):
    """A value does not satisfy its rule; `code` is stable, the message is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def check_rule(rule: AttributeRule) -> dict[str, str]:
    """Return what is wrong with a rule itself, by field; empty when it can be used."""
    faults = {}
    if rule.pattern:
        try:
            read_pattern(rule.pattern)
        except PatternError as error:
            faults["pattern"] = f"{error}."
        if rule.type != AttributeType.STRING:
            faults["pattern"] = (
                "Only a string attribute can have a pattern. Remove the pattern or change the type."
            )
    if rule.unique and rule.type in {AttributeType.LIST, AttributeType.OBJECT}:
        faults["unique"] = (
            "A list or an object cannot be unique. Clear “unique” or change the type."
        )
    for choice in rule.choices:
        try:
            if convert_value(choice, rule.type) != choice:
                raise AttributeValueError("attribute_wrong_type", "")
        except AttributeValueError:
            faults["choices"] = f"{choice!r} is not of type {rule.type.value}."
    return faults


def clean_value(value: Any, rule: AttributeRule) -> Any:
    """Return `value` as it is stored in JSON, or raise AttributeValueError."""
    cleaned = convert_value(value, rule.type)
    if rule.choices and cleaned not in rule.choices:
        allowed = ", ".join(str(choice) for choice in rule.choices[:10])
        raise AttributeValueError("attribute_not_a_choice", f"must be one of: {allowed}")
    if rule.pattern and read_pattern(rule.pattern).match_whole(cleaned) is None:
        raise AttributeValueError("attribute_no_match", f"must match the pattern {rule.pattern}")
    if rule.unique and len(str(cleaned)) > UNIQUE_VALUE_MAX_LENGTH:
        raise AttributeValueError(
            "attribute_too_long",
            f"is unique and may have at most {UNIQUE_VALUE_MAX_LENGTH} characters",
        )
    return cleaned


def convert_value(value: Any, kind: AttributeType) -> Any:
    """Return `value` converted to the JSON form of `kind`, or raise AttributeValueError."""
    try:
        return CONVERTERS[kind](value)
    except (ValueError, TypeError, InvalidOperation, OverflowError):
        raise AttributeValueError("attribute_wrong_type", f"must be of type {kind.value}") from None


def _to_string(value: Any) -> str:
    if isinstance(value, bool | dict | list):
        raise TypeError
    return str(value)


def _to_integer(value: Any) -> int:
    if isinstance(value, bool):
        raise TypeError
    number = int(value)
    if (isinstance(value, float) and number != value) or _is_long(number):
        raise ValueError
    return number


def _to_decimal(value: Any) -> str:
    if isinstance(value, bool):
        raise TypeError
    number = Decimal(str(value).strip())
    if not number.is_finite():
        raise ValueError
    return str(number)


def _to_boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ValueError


def _to_date(value: Any) -> str:
    return date.fromisoformat(str(value).strip()).isoformat()


def _to_datetime(value: Any) -> str:
    timestamp = datetime.fromisoformat(str(value).strip())
    return (timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)).isoformat()


def _to_list(value: Any) -> list[Any]:
    if isinstance(value, str):
        value = json.loads(value) if value.lstrip().startswith("[") else [value]
    if not isinstance(value, list):
        raise TypeError
    return [_spell_long_numbers(each) for each in value]


def _to_object(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        value = json.loads(value)
    if not isinstance(value, dict):
        raise TypeError
    return {name: _spell_long_numbers(each) for name, each in value.items()}


def _spell_long_numbers(value: Any) -> Any:
    """Return a value of JSON in which numbers that 64 bits cannot hold are texts.

    PostgreSQL gives a float as all of its digits, and JSON writers refuse an integer as long.
    """
    if isinstance(value, list):
        return [_spell_long_numbers(each) for each in value]
    if isinstance(value, dict):
        return {name: _spell_long_numbers(each) for name, each in value.items()}
    return str(value) if isinstance(value, int | float) and _is_long(value) else value


def _is_long(number: float) -> bool:
    """Return whether a number is none of 64 bits, or none at all."""
    return not LEAST_NUMBER <= number <= MOST_NUMBER


CONVERTERS = {
    AttributeType.STRING: _to_string,
    AttributeType.INTEGER: _to_integer,
    AttributeType.DECIMAL: _to_decimal,
    AttributeType.BOOLEAN: _to_boolean,
    AttributeType.DATE: _to_date,
    AttributeType.DATETIME: _to_datetime,
    AttributeType.LIST: _to_list,
    AttributeType.OBJECT: _to_object,
}
