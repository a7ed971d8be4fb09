"""Find the likeliest format of a value in one look, instead of trying every format's shape.

The shapes of all formats, likeliest first, are the alternatives of one pattern: where a value does
not begin as a shape does, that alternative is left at its first character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from accounts.hashing.contract import Format
from accounts.hashing.registry import (
    FORMATS,
    MAXIMUM_VALUE_LENGTH,
    candidates,
    is_readable,
    sort_by_likelihood,
)


def join_shapes(formats: Iterable[Format]) -> tuple[re.Pattern[str], dict[int, Format]]:
    """Return one pattern of all shapes, and the format of the group at the end of each.

    The group is empty and comes last, so that an alternative begins with what can be compared.
    """
    alternatives, by_group, groups = [], {}, 0
    for each in formats:
        groups += each.shape.groups + 1
        by_group[groups] = each
        alternatives.append(f"{_scope_flags(each.shape)}()")
    return re.compile("|".join(alternatives)), by_group


def _scope_flags(shape: re.Pattern[str]) -> str:
    flags = {"a": re.ASCII, "i": re.IGNORECASE, "s": re.DOTALL, "x": re.VERBOSE}
    letters = "".join(letter for letter, flag in flags.items() if shape.flags & flag)
    return f"(?{letters}:{shape.pattern})"


ANY_SHAPE, BY_GROUP = join_shapes(sort_by_likelihood(FORMATS.values()))


def find_likeliest(value: str) -> str:
    """Return the first of the candidates of a value; empty when it is like no format."""
    text = value.strip()
    if len(text) > MAXIMUM_VALUE_LENGTH:
        return ""
    found = ANY_SHAPE.fullmatch(text)
    if found is None or found.lastindex is None:
        return ""
    likeliest = BY_GROUP[found.lastindex]
    if is_readable(likeliest, text):
        return likeliest.id
    return next(iter(candidates(value)), "")
