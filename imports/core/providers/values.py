"""Read what exports hold without ever raising: what is missing or of another kind is blank."""

from __future__ import annotations

import base64
import binascii
import json
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from imports.core.providers.contract import Values, fold_name
from imports.core.values.json_text import load_json

SHORT_OFFSET = re.compile(r":\d\d(\.\d+)?[+-]\d\d\Z", re.ASCII)


def walk(value: Any, *steps: str | int) -> Any:
    """Return what stands at a path of keys and indexes; None when there is nothing."""
    for step in steps:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, dict) else None
        else:
            value = value[step] if isinstance(value, list) and len(value) > step else None
    return value


def read_text(value: Any) -> str:
    """Return text without white space at its ends, and numbers as text; empty for all else."""
    if isinstance(value, str):
        return value.strip()
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else ""


def list_objects(value: Any) -> list[Values]:
    """Return the objects of a list, or the one object that stands in its place."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]


def list_texts(value: Any) -> list[str]:
    """Return the texts of a list, or the one text that stands in its place."""
    items = value if isinstance(value, list) else [value]
    return [text for item in items if (text := read_text(item))]


def pick_first(*values: Any) -> Any:
    """Return the first value that is not blank; None when all are."""
    return next((value for value in values if not is_blank(value)), None)


def is_blank(value: Any) -> bool:
    return value is None or value == [] or value == {} or (isinstance(value, str) and not value)


def drop_blanks(values: Mapping[str, Any]) -> Values:
    """Return the columns that have a value."""
    return {column: value for column, value in values.items() if not is_blank(value)}


def omit(values: Mapping[str, Any], names: Iterable[str]) -> Values:
    """Return a copy without the named columns, whose content other columns have taken over."""
    return {column: value for column, value in values.items() if column not in names}


def fold_keys(value: Any) -> Values:
    """Return an object's values by folded name, so that `user_name` and `userName` are one."""
    if not isinstance(value, dict):
        return {}
    return {fold_name(key): item for key, item in value.items()}


def read_milliseconds(value: Any) -> Any:
    """Return milliseconds since 1970 as ISO 8601; what is no such number, as it is."""
    text = read_text(value)
    if not text.removeprefix("-").isdecimal() or len(text) > 16:
        return value
    try:
        timestamp = datetime.fromtimestamp(int(text) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return value
    return timestamp.isoformat().replace("+00:00", "Z")


def complete_offset(value: Any) -> Any:
    """Return a timestamp of PostgreSQL, with its +00 for +00:00, as ISO 8601; else the value."""
    return f"{value}:00" if isinstance(value, str) and SHORT_OFFSET.search(value) else value


def make_login(provider: Any, subject: Any, name: Any = None) -> Iterator[Values]:
    """Yield the external login if both its provider and its subject are known."""
    known = {"provider": read_text(provider), "subject": read_text(subject)}
    if all(known.values()):
        shown = read_text(name)
        yield known | ({"display_name": shown} if shown else {})


def read_json(value: Any) -> Any:
    """Return what JSON text says; anything else as it is."""
    try:
        return load_json(value) if isinstance(value, str) else value
    except json.JSONDecodeError:
        return value


def read_object(value: Any) -> Values:
    """Return an object that may be written as JSON text; empty when it is neither."""
    value = read_json(value)
    return value if isinstance(value, dict) else {}


def drop_repeated(items: Iterable[Values]) -> list[Values]:
    """Return the objects in order, each once."""
    found: list[Values] = []
    found.extend(item for item in items if item not in found)
    return found


def read_base64(value: Any) -> bytes:
    """Return the bytes of standard or url-safe base64, padded or not; empty when it is neither."""
    text = read_text(value).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def write_base32(raw: bytes) -> str:
    """Return bytes as authenticator apps take a secret: base32 without padding."""
    return base64.b32encode(raw).decode().rstrip("=")


def read_uuid(raw: bytes, *, is_little_endian: bool = False) -> str:
    """Return 16 bytes as a UUID; empty when they are not 16."""
    if len(raw) != 16:
        return ""
    return str(uuid.UUID(bytes_le=raw) if is_little_endian else uuid.UUID(bytes=raw))


def read_otpauth(value: Any) -> Values:
    """Return what an otpauth:// address says of an authenticator app, by the names of TOTP.

    The form is that of https://github.com/google/google-authenticator/wiki/Key-Uri-Format.
    """
    try:
        address = urlsplit(read_text(value))
        query = parse_qs(address.query)
    except ValueError:
        return {}
    if address.scheme != "otpauth" or address.netloc.lower() != "totp":
        return {}
    first = {name: found[0] for name, found in query.items()}
    return drop_blanks(
        {
            "secret": first.get("secret"),
            "digits": first.get("digits"),
            "period": first.get("period"),
            "algorithm": (first.get("algorithm") or "").upper().replace("HMAC", ""),
            "name": first.get("issuer") or unquote(address.path.strip("/")).partition(":")[0],
        }
    )


def nest_columns(values: Mapping[str, Any]) -> Values:
    """Return a row with the columns of a table such as `services.password.bcrypt` as objects.

    A column whose place is taken by another stays as it is.
    """
    nested: Values = {}
    for column, value in values.items():
        *parents, leaf = column.split(".")
        node = nested
        for step in parents:
            inner = node.get(step)
            if step not in node:
                inner = node[step] = {}
            elif isinstance(inner, dict):
                inner = node[step] = dict(inner)
            if not isinstance(inner, dict):
                node, leaf = nested, column
                break
            node = inner
        node[leaf] = value
    return nested
