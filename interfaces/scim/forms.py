"""Rewrite what Entra and Okta send, and no grammar of SCIM allows, into what they mean by it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from scim2_models import InvalidValueException

from imports.core.values.nesting import DEPTH_LIMIT, measure_depth

NUL, ESCAPED_NUL = "\x00", b"\\u0000"
MANAGER, REFERENCE = "manager", "$ref"
# `externalId eq jyoung`: the value of the only comparison, without its quotes.
BARE_VALUE = re.compile(r'(\s*[\w:.$-]+\s+eq\s+)([^\s"()\[\]]+)(\s*)', re.IGNORECASE)
LITERALS = frozenset({"true", "false", "null"})


def quote_bare_value(expression: str) -> str:
    """Return a filter whose only comparison has its value in quotes."""
    found = BARE_VALUE.fullmatch(expression)
    if found is None or found[2].lower() in LITERALS or _is_number(found[2]):
        return expression
    return f'{found[1]}"{found[2]}"{found[3]}'


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()


def read_query(query: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters of a query, with a filter that can be read."""
    read = dict(query)
    if "filter" in read:
        read["filter"] = quote_bare_value(read["filter"])
    return read


def check_body(body: bytes) -> None:
    """Raise InvalidValueException for what cannot be stored: a text, or what is nested as deep."""
    if measure_depth(body) > DEPTH_LIMIT:
        raise InvalidValueException(
            detail=f"A body can have {DEPTH_LIMIT} levels of objects and arrays."
        )
    if ESCAPED_NUL not in body:
        return
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return
    if (place := _find_nul(content, "")) is not None:
        raise InvalidValueException(detail=f"{place}: The value contains a NUL character (U+0000).")


def _find_nul(value: Any, place: str) -> str | None:
    """Return where a text has a NUL character, as the path of an attribute."""
    if isinstance(value, str):
        return place if NUL in value else None
    inner: Iterable[tuple[str, Any]] = ()
    if isinstance(value, dict):
        inner = ((f"{place}.{name}".lstrip("."), each) for name, each in value.items())
    elif isinstance(value, list):
        inner = ((f"{place}[{number}]", each) for number, each in enumerate(value))
    return next(filter(None, (_find_nul(each, where) for where, each in inner)), None)


def rewrite_body(body: bytes) -> bytes:
    """Return a body in which managers are objects, and a reference to nothing is none.

    One that is no JSON stays as it is.
    """
    if MANAGER.encode() not in body.lower() and REFERENCE.encode() not in body:
        return body
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
    return orjson.dumps(_rewrite(content))


def _rewrite(value: Any) -> Any:
    if isinstance(value, list):
        return [_rewrite(each) for each in value]
    if not isinstance(value, dict):
        return value
    read = {
        name: _wrap_text(each) if _is_manager(name) else each
        for name, each in value.items()
        if name != REFERENCE or each is not None
    }
    path = next((each for name, each in read.items() if name.lower() == "path"), None)
    names_manager = isinstance(path, str) and _is_manager(path)
    return {
        name: _wrap_text(each) if names_manager and name.lower() == "value" else _rewrite(each)
        for name, each in read.items()
    }


def _is_manager(name: str) -> bool:
    return re.split(r"[:.]", name.lower())[-1] == MANAGER


def _wrap_text(value: Any) -> Any:
    return {"value": value} if isinstance(value, str) else value
