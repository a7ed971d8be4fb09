"""Find the formats that a value may equally have, so that a person has to choose.

A format says in `formula` that its values look like those of other systems. Choosing one of them
silently would take a hash over that its user can never sign in with.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from accounts.hashing.contract import Format
from accounts.hashing.digests import DIGEST_SIZES
from accounts.hashing.encodings import read_digest
from accounts.hashing.errors import HashFormatError
from accounts.hashing.registry import ANNOTATIONS, FORMATS, candidates

DIGEST, SALT, ALGORITHM = "digest", "salt", "algorithm"
# What says no more than the value itself: keys and counts belong to some of the readings.
IDLE_PARAMS = frozenset({SALT, ALGORITHM, "stretches", "site_key", *ANNOTATIONS})
HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
NAMED = re.compile(r"(md5|sha1)\$[^$]*\$[0-9a-fA-F]+")
MARKED = re.compile(r"\$(pbkdf2-sha\d+)\$.*")

SHARED: Mapping[str, Format] = {each.id: each for each in FORMATS.values() if each.formula}
"""The formats of which another system's values can look the same."""

SLOW = ("bcrypt", "argon2", "pbkdf2_passlib")
TABLES = {"fs_uniquifier": "flask_security", "userOnlineGroupID": "woltlab_double_bcrypt"}
"""Columns by which a table is known whose slow hashes are of more than the password."""


def list_readings(
    value: str,
    params: Mapping[str, object] | None = None,
    columns: Collection[str] = (),
    found: Sequence[str] | None = None,
) -> tuple[str, ...]:
    """Return the ids of the formats among which a value does not tell; none where it does.

    That is for a value whose format nobody has declared. `params` is what stands beside it,
    `columns` are those of its table, `found` its candidates where they are known.
    """
    text, params = value.strip(), params or {}
    found = candidates(text) if found is None else found
    table = next((name for column, name in TABLES.items() if column in columns), "")
    if table in found and found[0] in SLOW:
        return found[0], table
    if not params.keys() <= IDLE_PARAMS:
        return ()
    if params.get(SALT):
        readings = _list_salted(text)
    else:
        readings = tuple(name for name in found if FORMATS[name].looks_shared(text))
        # What lacks a key or a number that is not there cannot be what the value is read as.
        first = next((name for name in found if not FORMATS[name].needs_params), "")
        if first not in readings or is_named_digest(text, params):
            return ()
    return readings if len(readings) > 1 else ()


def is_named_digest(text: str, params: Mapping[str, object]) -> bool:
    """Return whether a bare digest has the name of its function beside it, and no salt."""
    has_name = bool(params.get(ALGORITHM)) and not params.get(SALT)
    return has_name and bool(FORMATS[DIGEST].shape.fullmatch(text))


def _list_salted(text: str) -> tuple[str, ...]:
    """Return the formats of a bare digest that has its salt beside it."""
    digits = _write_hex(text)
    return tuple(
        each.id
        for each in SHARED.values()
        if any(parameter.name == SALT for parameter in each.parameters)
        and each.shape.fullmatch(f"{digits}:salt")
    )


def _write_hex(text: str) -> str:
    """Return a digest in hexadecimal, in which it is or in base64; nothing of any other text."""
    for size in sorted(set(DIGEST_SIZES.values())):
        try:
            return read_digest(text, size).hex()
        except HashFormatError:
            continue
    return ""


def outline(value: str, params: Mapping[str, object] | None = None) -> str:
    """Say what such a value looks like, in words that hold no part of it."""
    text, params = value.strip(), params or {}
    digest, separator, _ = text.partition(":")
    if found := NAMED.fullmatch(text):
        return f"{found[1]}$salt$hash"
    if found := MARKED.fullmatch(text):
        return f"${found[1]}$"
    if separator and HEX.fullmatch(digest) and len(digest) // 2 in DIGEST_SIZES.values():
        return f"{len(digest)} hexadecimal digits, colon, salt"
    behind = ", salt beside them" if params.get(SALT) else ""
    if HEX.fullmatch(text):
        return f"{len(text)} hexadecimal digits{behind}"
    if _write_hex(text):
        return f"{len(text)} characters of base64{behind}"
    return FORMATS[candidates(text)[0]].label if candidates(text) else ""
