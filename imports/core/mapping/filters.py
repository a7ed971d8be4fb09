"""Exclude rows of a file from its import: those that meet conditions set by its operator."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from collections.abc import Mapping as MappingType
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from accounts.attributes import FALSE_WORDS, TRUE_WORDS
from imports.core.mapping.sources import compile_source
from imports.core.records.targets import ATTRIBUTES, SECRET_TARGETS, get_label, is_target
from imports.core.secrecy import may_show
from imports.core.values.timestamps import to_utc

Values = MappingType[str, Any]
Test = Callable[[Any], bool]
TIMESTAMP = TypeAdapter(datetime)
WORDS = dict.fromkeys(TRUE_WORDS, "true") | dict.fromkeys(FALSE_WORDS, "false")


class Operator(StrEnum):
    """How a condition compares; only `is_not`, `empty` and `filled` can be met by a blank.

    `is`, `is_not`, `contains`, `starts_with` and `ends_with` compare text, `before` and `after`
    dates, `below` and `above` numbers.
    """

    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    BEFORE = "before"
    AFTER = "after"
    BELOW = "below"
    ABOVE = "above"
    EMPTY = "empty"
    FILLED = "filled"

    @property
    def takes_value(self) -> bool:
        return self not in {Operator.EMPTY, Operator.FILLED}


WORDS_OF = {
    Operator.IS: "is",
    Operator.IS_NOT: "is not",
    Operator.CONTAINS: "contains",
    Operator.STARTS_WITH: "starts with",
    Operator.ENDS_WITH: "ends with",
    Operator.BEFORE: "is before",
    Operator.AFTER: "is after",
    Operator.BELOW: "is below",
    Operator.ABOVE: "is above",
    Operator.EMPTY: "is empty",
    Operator.FILLED: "is filled",
}


class Condition(BaseModel):
    """A target field or a source column, and what its value is compared with.

    A field is compared as the mapping fills it, a column as it stands in the file. Case does not
    count, and true, yes and 1 are the same word. A list meets a condition when any item does.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str = Field(
        default="",
        description="Target field, such as `profile.last_login`. Empty with a column.",
    )
    column: str = Field(default="", description="Source column. Empty with a field.")
    operator: Operator = Field(description="How the value is compared.")
    value: Annotated[str, Field(max_length=200)] = Field(
        default="",
        description="What it is compared with: text, a date as in 2024-05-31, or a number. Empty"
        " for `empty` and `filled`.",
    )

    @property
    def sentence(self) -> str:
        """Return what is said of a row that meets the condition."""
        subject = get_label(self.field).removeprefix(f"{ATTRIBUTES}.") or f"column “{self.column}”"
        value = f" {self.value}" if self.operator.takes_value else ""
        return f"{subject} {WORDS_OF[self.operator]}{value}"


class Filter(BaseModel):
    """Conditions of which a row has to meet all in order to be excluded."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    conditions: Annotated[tuple[Condition, ...], Field(min_length=1)] = Field(
        description="All of them have to be met.",
    )

    @property
    def sentence(self) -> str:
        return " and ".join(condition.sentence for condition in self.conditions)


class RowFilter:
    """Tells for each row whether it is excluded; made once, used for every row."""

    def __init__(self, filters: Iterable[Filter]) -> None:
        self._filters = [(tuple(map(_compile, each.conditions)), each.sentence) for each in filters]

    def explain(self, record: Values, source: Values) -> str:
        """Return why the row is excluded; empty when it is not.

        `record` is what the mapping made of the row, before validation; `source` its columns.
        """
        for conditions, sentence in self._filters:
            if all(is_met(record, source) for is_met in conditions):
                return sentence
        return ""


def find_filter_faults(filters: Iterable[Filter], columns: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with the conditions; no columns mean that not all are known."""
    for condition in (condition for each in filters for condition in each.conditions):
        if bool(condition.field) == bool(condition.column):
            yield "A condition for leaving rows out needs either a field or a column."
        elif condition.field and not is_target(condition.field):
            yield f"There is no target field “{condition.field}” to leave rows out by."
        elif condition.field in SECRET_TARGETS:
            yield f"Records cannot be excluded by “{get_label(condition.field)}”: it is a secret."
        elif condition.operator.takes_value and not may_show(
            condition.column or condition.field, condition.value
        ):
            yield "Records cannot be excluded by a secret value: it would be stored in plain text."
        elif condition.column and columns and condition.column not in columns:
            yield f"The file has no column “{condition.column}” to leave rows out by."
        elif fault := _find_value_fault(condition):
            yield f"“{condition.sentence}” cannot be compared: {fault}"


def _find_value_fault(condition: Condition) -> str:
    if not condition.operator.takes_value:
        return ""
    if not condition.value.strip():
        return "the value is missing."
    if condition.operator in {Operator.BEFORE, Operator.AFTER} and not read_timestamp(
        condition.value
    ):
        return "write the date as in 2024-05-31."
    if (
        condition.operator in {Operator.BELOW, Operator.ABOVE}
        and _read_number(condition.value) is None
    ):
        return "write a number such as 100."
    return ""


def _compile(condition: Condition) -> Callable[[Values, Values], bool]:
    test = _compile_test(condition)
    read = compile_source(condition.column or condition.field)
    if condition.column:
        return lambda record, source: test(read(source))
    return lambda record, source: test(read(record))


def _compile_test(condition: Condition) -> Test:
    match condition.operator:
        case Operator.EMPTY:
            return _is_blank
        case Operator.FILLED:
            return lambda value: not _is_blank(value)
        case Operator.BEFORE | Operator.AFTER:
            return _compare(condition, read_timestamp)
        case Operator.BELOW | Operator.ABOVE:
            return _compare(condition, _read_number)
        case _:
            return _compare_text(condition)


def _compare(condition: Condition, read: Callable[[Any], Any]) -> Test:
    limit = read(condition.value)
    is_below = condition.operator in {Operator.BEFORE, Operator.BELOW}

    def test(value: Any) -> bool:
        found = read(value)
        if found is None or limit is None or found == limit:
            return False
        return bool(found < limit) is is_below

    return test


def _compare_text(condition: Condition) -> Test:
    wanted = _fold(condition.value)
    if condition.operator in {Operator.IS, Operator.IS_NOT} and wanted in WORDS:
        word, negated = WORDS[wanted], condition.operator is Operator.IS_NOT
        return lambda value: (
            any(WORDS.get(_fold(item)) == word for item in _list(value)) is not negated
        )
    tests: dict[Operator, Callable[[str], bool]] = {
        Operator.IS: wanted.__eq__,
        Operator.IS_NOT: wanted.__eq__,
        Operator.CONTAINS: lambda text: wanted in text,
        Operator.STARTS_WITH: lambda text: text.startswith(wanted),
        Operator.ENDS_WITH: lambda text: text.endswith(wanted),
    }
    test, negated = tests[condition.operator], condition.operator is Operator.IS_NOT
    return lambda value: any(test(_fold(item)) for item in _list(value)) is not negated


def _is_blank(value: Any) -> bool:
    return value is None or value in ([], {}) or (isinstance(value, str) and not value.strip())


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if _is_blank(value) else [value]


def _fold(value: Any) -> str:
    return str(value).strip().casefold()


def read_timestamp(value: Any) -> datetime | None:
    """Return the timestamp that a value means to the record format; None when it means none."""
    if _is_blank(value) or isinstance(value, bool):
        return None
    try:
        return to_utc(TIMESTAMP.validate_python(value.strip() if isinstance(value, str) else value))
    except (ValidationError, OverflowError):
        return None


def _read_number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
