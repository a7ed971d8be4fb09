"""Find out how a hash was made, given the password that it is known to be of.

For when the format that was declared or recognised does not verify: everything else that the
value could be is tried, likeliest first, within limits of time and number.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import merge
from itertools import product
from operator import itemgetter

from accounts.hashing.ambiguity import list_readings
from accounts.hashing.contract import Format, Parameter
from accounts.hashing.digests import DIGEST_SIZES
from accounts.hashing.encodings import Password
from accounts.hashing.errors import HashError
from accounts.hashing.registry import FORMATS, candidates, encode, verify

MAX_ATTEMPTS = 20_000
# The repeat counts that sources document: Symfony's, Spring's and round numbers.
COUNTS = ("1", "2", "3", "10", "20", "100", "1000", "1024", "2048", "4096", "5000", "10000")
ITERATIONS = ("1000", "1024", "10000", "27500", "30000", "100000", "210000", "310000", "600000")
COUNT_NAMES = {"rounds": COUNTS, "stretches": COUNTS, "factor": COUNTS, "iterations": ITERATIONS}
# Written in another case or alphabet these are read alike.
ALIKE = frozenset({"hex_upper", "ucs2", "ascii", "binary"})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One reading of a hash. Its parameters may hold a salt, so they are not to be shown whole."""

    format_id: str
    params: Mapping[str, object] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a search: the reading that verifies, if any, and how many were tried."""

    attempt: Attempt | None
    tried: int
    is_complete: bool


def search(
    value: str,
    password: Password,
    *,
    format_id: str = "",
    params: Mapping[str, object] | None = None,
    seconds: float = 5.0,
) -> Found:
    """Try every reading of the value until one gives the password or the time is over.

    One attempt more may be under way when it is: each is bounded by its format's cost limits.
    """
    deadline = time.monotonic() + seconds
    tried = 0
    for attempt in list_attempts(value, format_id=format_id, params=params or {}):
        if tried >= MAX_ATTEMPTS or (tried and time.monotonic() > deadline):
            return Found(None, tried, is_complete=False)
        tried += 1
        if is_match(value, attempt, password):
            return Found(attempt, tried, is_complete=True)
    return Found(None, tried, is_complete=True)


def is_match(value: str, attempt: Attempt, password: Password) -> bool:
    try:
        stored = encode(attempt.format_id, value, attempt.params)
    except HashError:
        return False
    return verify(stored, password)


def list_attempts(
    value: str, *, format_id: str = "", params: Mapping[str, object]
) -> Iterator[Attempt]:
    """Yield the readings of a value: as declared, then those that differ least from the usual.

    Many repeats are far from it, so that what is quick to try comes before what is slow.
    """
    readings = list_readings(value, params)
    declared = [format_id] if format_id else []
    likely = list(dict.fromkeys([*declared, *readings, *candidates(value)]))
    for each in likely[:1]:
        yield Attempt(each, params)
    varied = (vary(FORMATS[each], params, value) for each in likely if each in FORMATS)
    for _, attempt in merge(*varied, key=itemgetter(0)):
        yield attempt


def vary(
    hash_format: Format, params: Mapping[str, object], value: str
) -> Iterator[tuple[int, Attempt]]:
    """Yield every setting of a format's parameters, by how far it is from the declared or usual.

    The salt and other free text stay as given.
    """
    options = [list_options(parameter, params, value) for parameter in hash_format.parameters]
    names = [parameter.name for parameter in hash_format.parameters]
    steps = product(*(range(len(choices)) for choices in options))
    for chosen in sorted(steps, key=sum):
        settings = {
            name: choices[step] for name, choices, step in zip(names, options, chosen, strict=True)
        }
        filled = {name: setting for name, setting in settings.items() if setting}
        yield sum(chosen), Attempt(hash_format.id, filled)


def list_options(parameter: Parameter, params: Mapping[str, object], value: str) -> list[object]:
    """Return what a parameter may be, what is declared or usual first."""
    first = params.get(parameter.name, parameter.default)
    others: Iterable[str] = parameter.choices or COUNT_NAMES.get(parameter.name, ())
    if parameter.choices == tuple(DIGEST_SIZES):
        others = list_digests(value)
    kept: list[object] = [choice for choice in others if choice not in ALIKE and choice != first]
    return [first, *kept] if first is not None or not kept else kept


def list_digests(value: str) -> list[str]:
    """Return the digests whose length the value may have, in hexadecimal or base64."""
    text = value.strip().rstrip("=")
    return [
        name for name, size in DIGEST_SIZES.items() if len(text) in {2 * size, -(-size * 4 // 3)}
    ]
