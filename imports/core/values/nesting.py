"""How deeply JSON may be nested, and how deeply it is."""

from __future__ import annotations

import re

# orjson writes at most 254 levels, and every row has to be written again.
DEPTH_LIMIT = 100

# All up to the next bracket that is not in a string, or to the quote of a string cut short.
_PLAIN, _STRING = rb'[^"{}\[\]]*+', rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
UP_TO_BRACKET = re.compile(rb"%(p)s(?:%(s)s%(p)s)*+" % {b"p": _PLAIN, b"s": _STRING}, re.DOTALL)
# The same past objects and lists that have none within.
UP_TO_NESTING = re.compile(
    rb"%(p)s(?:(?:%(s)s|[{\[]%(p)s(?:%(s)s%(p)s)*+[}\]])%(p)s)*+" % {b"p": _PLAIN, b"s": _STRING},
    re.DOTALL,
)
OPENING = frozenset(b"{[")
CLOSING = frozenset(b"}]")


def measure_depth(raw: bytes) -> int:
    """Return how deep brackets are nested in JSON text."""
    deepest = depth = position = 0
    while True:
        found = UP_TO_BRACKET.match(raw, position)
        position = found.end() if found else len(raw)
        if position >= len(raw):
            return deepest
        depth += (raw[position] in OPENING) - (raw[position] in CLOSING)
        deepest = max(deepest, depth)
        position += 1
