"""Unwrap the values that MongoDB's tools write as objects, such as {"$oid": "65a1…"}.

Forms: MongoDB Extended JSON v2, relaxed and canonical, and v1 where it differs
(https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md).
"""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

# What a record has to have in its text for any of its values to be one of these.
EXTENDED = re.compile(
    rb'\{\s*"\$(?:oid|date|number(?:Int|Long|Double|Decimal)|uuid|binary|symbol|undefined'
    rb'|timestamp|type)"'
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UUID_TYPES = frozenset({"04", "4"})
LEGACY_UUID_TYPES = frozenset({"03", "3"})


def unwrap(value: Any) -> Any:
    """Return the value with all that is wrapped in it unwrapped, as deep as records are."""
    if isinstance(value, list):
        return [unwrap(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value and next(iter(value)).startswith("$"):
        found = unwrap_object(value)
        if found is not value:
            return found
    return {key: unwrap(item) for key, item in value.items()}


def unwrap_object(value: dict[str, Any]) -> Any:
    """Return what an object stands for; the object itself when it is none of these."""
    if len(value) == 1:
        ((key, inner),) = value.items()
        known = KINDS.get(key)
        return value if known is None else known(value, inner)
    if value.keys() == {"$binary", "$type"}:
        return read_binary(value, {"base64": value["$binary"], "subType": value["$type"]})
    return value


def read_plain(value: dict[str, Any], inner: Any) -> Any:
    return value if isinstance(inner, dict | list) else inner


def read_number(value: dict[str, Any], inner: Any) -> Any:
    """Return a whole number as such, and any other as it is written."""
    if isinstance(inner, str) and inner.removeprefix("-").isdecimal() and len(inner) <= 19:
        number = int(inner)
        return number if -(2**63) <= number < 2**63 else inner
    return read_plain(value, inner)


def read_date(value: dict[str, Any], inner: Any) -> Any:
    """Return a timestamp in ISO 8601: it is written as such, or in milliseconds since 1970."""
    number = unwrap(inner)
    if isinstance(number, bool) or not isinstance(number, int):
        return read_plain(value, number)
    try:
        timestamp = EPOCH + timedelta(milliseconds=number)
    except OverflowError:
        return number
    return timestamp.isoformat().replace("+00:00", "Z")


def read_binary(value: dict[str, Any], inner: Any) -> Any:
    """Return a UUID as such, and other bytes in base64.

    A UUID of the old subtype 3 stays as the MongoDB shell prints it: the drivers for Python, Java
    and C# each wrote the bytes in an order of their own, and nothing in the value says which
    (https://www.mongodb.com/docs/languages/python/pymongo-driver/current/data-formats/uuid/). Read
    in the wrong order, it would be another UUID that looks as good. The bytes as they are identify
    the user as well, and the dry run tells of them (`column_legacy_uuids`).
    """
    if not isinstance(inner, dict) or not isinstance(encoded := inner.get("base64"), str):
        return value
    subtype = str(inner.get("subType"))
    if subtype in LEGACY_UUID_TYPES:
        return f'BinData(3,"{encoded}")'
    if subtype not in UUID_TYPES:
        return encoded
    try:
        return str(uuid.UUID(bytes=base64.b64decode(encoded, validate=True)))
    except (binascii.Error, ValueError):
        return encoded


def read_timestamp(value: dict[str, Any], inner: Any) -> Any:
    """Return the seconds of MongoDB's own kind of timestamp as a timestamp."""
    seconds = inner.get("t") if isinstance(inner, dict) else None
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        return value
    return read_date(value, seconds * 1000)


KINDS: dict[str, Callable[[dict[str, Any], Any], Any]] = {
    "$oid": read_plain,
    "$uuid": read_plain,
    "$symbol": read_plain,
    "$date": read_date,
    "$numberInt": read_number,
    "$numberLong": read_number,
    "$numberDouble": read_plain,
    "$numberDecimal": read_plain,
    "$binary": read_binary,
    "$timestamp": read_timestamp,
    "$undefined": lambda value, inner: None,
}
