"""Read what requests say, and refuse text that PostgreSQL cannot store."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.errors import ValidationError
from ninja.parser import Parser

MESSAGE = "The text contains {what}, which cannot be stored. Remove it."
Place = tuple[str | int, ...]


class StorableParser(Parser):
    """Parses JSON, queries and form fields; raises ValidationError for what cannot be stored."""

    def parse_body(self, request: HttpRequest) -> Any:
        return refuse_unstorable(parse_json(request.body), "body")

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> Any:
        return refuse_unstorable(super().parse_querydict(data, list_fields, request), "request")


def parse_json(content: bytes | str) -> Any:
    """Return what JSON says. Raises ValueError, also for NaN and infinity, which are not JSON."""
    try:
        return json.loads(content, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("The JSON is nested too deeply.") from None


def refuse_unstorable(value: Any, origin: str) -> Any:
    """Return the value; raises ValidationError that names each place of unstorable text."""
    faults = [
        {"loc": (origin, *place), "msg": MESSAGE.format(what=what), "type": "value_error"}
        for place, what in find_unstorable(value)
    ]
    if faults:
        raise ValidationError(faults)
    return value


def refuse_unknown_query(request: HttpRequest, known: Collection[str]) -> None:
    """Raise ValidationError that names each unknown parameter of a query."""
    faults = [
        {"loc": ("query", name), "msg": "There is no such parameter.", "type": "extra_forbidden"}
        for name in request.GET
        if name not in known
    ]
    if faults:
        raise ValidationError(faults)


def find_unstorable(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Yield the place of every text, name or number in a value that PostgreSQL cannot store."""
    if isinstance(value, str):
        if what := describe_unstorable(value):
            yield place, what
    elif isinstance(value, dict):
        for name, each in value.items():
            if what := describe_unstorable(name):
                yield place, f"{what} in a name"
            else:
                yield from find_unstorable(each, (*place, name))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from find_unstorable(each, (*place, index))


def describe_unstorable(text: str) -> str:
    """Return what a text contains that PostgreSQL cannot store; empty when it can be stored."""
    if "\0" in text:
        return "a NUL character"
    return "" if text.isascii() or is_encodable(text) else "half of a surrogate pair"


def is_encodable(text: str) -> bool:
    """Return whether a text can be written as UTF-8."""
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON.")
