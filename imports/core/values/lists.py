"""Lists as cells hold them: with separators, as JSON, of PostgreSQL, of PHP, and of LDAP names."""

from __future__ import annotations

import csv
import re
from typing import Any

import orjson

# RFC 4514 §2: attribute and value, then the names above.
LDAP_NAME = re.compile(
    r"(?:CN|OU|UID|O|DC)=(?:\\.|[^,\\])+(?:,\s*[A-Z]+=.*)?", re.IGNORECASE | re.DOTALL
)
NEXT_LDAP_NAME = re.compile(r"\s*[;|\n]\s*(?=[A-Za-z]+=)|(?<=[^\\,;=]) (?=(?:CN|UID)=)")
FIRST_VALUE = re.compile(r"[A-Za-z]+=((?:\\.|[^,\\])+)")
ESCAPED = re.compile(r"\\(.)")
PHP_LIST = re.compile(r"a:\d+:\{.*\}", re.DOTALL)
# An item with its index, or a key that is switched on, as WordPress keeps roles.
PHP_ITEM = re.compile(r'i:\d+;(?:s:\d+:"([^"]*)"|[id]:([\d.]+));|s:\d+:"([^"]*)";b:1;')
# Names of roles that spaces part, such as system_admin system_user: each has a joint of its own.
SPACED = re.compile(r"\s*[a-z0-9]+(?:[_:.-][a-z0-9]+)+(?:\s+[a-z0-9]+(?:[_:.-][a-z0-9]+)+)+\s*")
# What names an object of a list, the first that it has.
NAMING = ("value", "address", "email", "number", "name", "display", "displayName", "key", "id")


def split_list(value: object) -> object:
    """Return the items of a list written in one cell; anything but text as it is.

    Without another notation, commas, semicolons, bars and line breaks separate them.
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text[:1] == "[" and isinstance(found := _read_json(text), list):
        return found
    if text == "{}":
        return []
    if text[:1] == "{" and text[-1:] == "}" and _read_json(text) is None:
        return _split_array(text[1:-1])
    if PHP_LIST.fullmatch(text):
        return ["".join(found) for found in PHP_ITEM.findall(text)]
    if LDAP_NAME.fullmatch(text):
        return [item for item in NEXT_LDAP_NAME.split(text) if item]
    return [item.strip() for item in re.split(r"[;,|\n]", value) if item.strip()]


def read_keys(value: object) -> object:
    """Return the items of a list by name: an LDAP name or an object gives its own."""
    if isinstance(value, str) and SPACED.fullmatch(value):
        return value.split()
    items = split_list(value)
    return [name_item(item) for item in items] if isinstance(items, list) else items


def name_item(item: Any) -> Any:
    """Return the first value of an LDAP name, or what names an object; else the item."""
    if isinstance(item, dict):
        named = (item.get(key) for key in NAMING)
        return next((each for each in named if isinstance(each, str) and each), item)
    if isinstance(item, str) and LDAP_NAME.fullmatch(item.strip()):
        found = FIRST_VALUE.match(item.strip())
        return ESCAPED.sub(r"\1", found[1]).strip() if found else item
    return item


def pick_one(value: Any) -> Any:
    """Return for a field of one value what a list of one item holds, or what names an object."""
    if isinstance(value, list):
        filled = [item for item in value if item not in (None, "", [], {})]
        if not filled:
            return None
        return name_item(filled[0]) if len(filled) == 1 else value
    return name_item(value) if value else None


def _read_json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _split_array(text: str) -> list[str]:
    """Return the items of an array of PostgreSQL, in which NULL is none."""
    try:
        rows = list(csv.reader([text], doublequote=False, escapechar="\\", strict=True))
    except csv.Error:
        return [text]
    return [item for row in rows for item in row if item and item != "NULL"]
