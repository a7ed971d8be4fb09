"""Finds the formats among which a value does not tell, so that a person has to choose.

A format says in `formula` that its values look like those of other systems. Choosing one of them
silently would take a hash over that its user can never sign in with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from accounts.hashing.contract import Format
from accounts.hashing.digests import DIGEST_SIZES
from accounts.hashing.registry import ANNOTATIONS, FORMATS, candidates

SALT = "salt"
# Beside a salt, what says no more than the length of the hash does.
IDLE_PARAMS = frozenset({SALT, "algorithm", *ANNOTATIONS})
HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
NAMED = re.compile(r"(md5|sha1)\$[^$]*\$[0-9a-fA-F]+")

SHARED: Mapping[str, Format] = {each.id: each for each in FORMATS.values() if each.formula}
"""The formats of which another system's values can look the same."""


def list_readings(value: str, params: Mapping[str, object] | None = None) -> tuple[str, ...]:
    """Return the ids of the formats among which a value does not tell; none where it does.

    That is for a value whose format nobody has declared. `params` is what stands beside it.
    """
    text, params = value.strip(), params or {}
    if params.get(SALT):
        readings = _list_salted(text) if params.keys() <= IDLE_PARAMS else ()
    else:
        found = candidates(text)
        readings = tuple(name for name in found if name in SHARED and name != "flask_security")
        if not found or found[0] not in readings:
            return ()
    return readings if len(readings) > 1 else ()


def _list_salted(text: str) -> tuple[str, ...]:
    """Return the formats of a bare digest in hexadecimal that has its salt beside it."""
    if not HEX.fullmatch(text):
        return ()
    return tuple(
        each.id
        for each in SHARED.values()
        if any(parameter.name == SALT for parameter in each.parameters)
        and each.shape.fullmatch(f"{text}:salt")
    )


def outline(value: str, params: Mapping[str, object] | None = None) -> str:
    """Say what such a value looks like, in words that hold no part of it."""
    text, params = value.strip(), params or {}
    digest, separator, _ = text.partition(":")
    if found := NAMED.fullmatch(text):
        return f"{found[1]}$salt$hash"
    if params.get(SALT):
        return f"{len(text)} hexadecimal digits, salt beside them"
    if separator and HEX.fullmatch(digest) and len(digest) // 2 in DIGEST_SIZES.values():
        return f"{len(digest)} hexadecimal digits, colon, salt"
    return candidates(text)[0] if candidates(text) else ""
