"""Settle in which format a hash is read, where the declared one is not that of its own mark."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.hashing.ambiguity import DIGEST, SALT, is_named_digest, list_readings
from accounts.hashing.contract import NEVER, Likelihood
from accounts.hashing.errors import HashCostError, HashFormatError
from accounts.hashing.likeliest import find_likeliest
from accounts.hashing.registry import FORMATS, encode


def settle_format(
    value: str, declared: str = "", params: Mapping[str, object] | None = None
) -> tuple[str, Mapping[str, object]]:
    """Return the format to read a hash in, and those of the parameters that are for it.

    It is the declared one, unless the value cannot be of that and says at its start what it is: a
    column may hold hashes of two kinds, such as bcrypt and, from before, bare MD5. Where nothing
    was declared it is the likeliest; empty when the value is like no format, or like those of
    several systems.
    """
    params = params or {}
    if not declared:
        return choose_likeliest(value, params), params
    if may_be(value, declared):
        return declared, params
    stated = find_stated(value)
    if not stated or is_readable_as(value, declared, params):
        return declared, params
    names = {parameter.name for parameter in FORMATS[stated].parameters}
    return stated, {name: given for name, given in params.items() if name in names}


def choose_likeliest(value: str, params: Mapping[str, object]) -> str:
    text = value.strip()
    if is_named_digest(text, params):
        return DIGEST
    best = find_likeliest(text)
    if best and is_guess(best):
        return ""
    if best and not params.get(SALT):
        known = FORMATS[best]
        if not known.needs_params and not known.looks_shared(text):
            return best  # what else the value is like leaves no doubt then
    return "" if not best or list_readings(text, params) else best


def is_guess(format_id: str) -> bool:
    """Return whether nothing in a value tells a format that takes more than the value."""
    known = FORMATS[format_id]
    return known.likelihood is Likelihood.PLAIN and bool(known.parameters)


def may_be(value: str, format_id: str) -> bool:
    """Return whether a value has the shape of a format, or nobody can tell."""
    known = FORMATS.get(format_id)
    return known is None or known.shape is NEVER or bool(known.shape.fullmatch(value.strip()))


def find_stated(value: str) -> str:
    """Return the format whose mark a value begins with; empty when it bears none.

    A mark that several formats share is not enough by itself: the rest has to be readable, too.
    """
    best = find_likeliest(value)
    likelihood = FORMATS[best].likelihood if best else Likelihood.PLAIN
    if likelihood is Likelihood.MARKED:
        return best if is_readable_as(value, best, {}) else ""
    return best if likelihood is Likelihood.NAMED else ""


def is_readable_as(value: str, format_id: str, params: Mapping[str, object]) -> bool:
    """Return whether a value can be read in a format, however costly it would be to verify."""
    try:
        encode(format_id, value, params)
    except HashCostError:
        return True
    except HashFormatError:
        return False
    return True
