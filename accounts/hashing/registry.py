"""The one table of foreign hash formats, and the four questions asked of it."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import parse_qsl, quote, urlencode

from accounts.hashing import families
from accounts.hashing.contract import USERNAME, Format, HashSummary, Likelihood, ParsedHash
from accounts.hashing.costs import ORDINARY_PASSWORD_BYTES, get_limits
from accounts.hashing.encodings import Password, encode_password, is_too_long
from accounts.hashing.errors import (
    HashCostError,
    HashError,
    HashFormatError,
    HashUnavailableError,
)
from accounts.hashing.sealed import SEALED

logger = logging.getLogger(__name__)

MAXIMUM_STORED_LENGTH = 1024
"""The width of the password column."""

MAXIMUM_VALUE_LENGTH = 4096
"""Characters of a value as its source presents it, JSON with its white space included."""

ANNOTATIONS = frozenset({"note", USERNAME.name})
"""Names of what stands beside a hash and changes nothing, unless its format declares it."""


@dataclass(frozen=True, slots=True, repr=False)
class Presented:
    """A hash as a source presents it: its format, value and parameters."""

    format_id: str
    value: str
    params: Mapping[str, str] = field(default_factory=dict)


def load_formats() -> Iterator[Format]:
    """Yield the formats of every module in `families`: a new family is one new file there."""
    for module in pkgutil.iter_modules(families.__path__):
        yield from importlib.import_module(f"{families.__name__}.{module.name}").FORMATS


def index_formats(formats: Iterator[Format]) -> dict[str, Format]:
    table: dict[str, Format] = {}
    for hash_format in formats:
        if hash_format.id in table:
            raise ValueError(f"two hash formats are called {hash_format.id}")
        table[hash_format.id] = hash_format
    return dict(sorted(table.items()))


def index_prefixes(formats: Mapping[str, Format]) -> dict[str, Format]:
    """Map the prefix of a stored string to the format that reads it.

    Formats that share a prefix write the same stored text, so any of them would do; shown is the
    name of the format whose id is the prefix. The sealed format is only here.
    """
    table = {hash_format.stored_prefix: hash_format for hash_format in formats.values()}
    table[SEALED.id] = SEALED
    return table | {prefix: formats[prefix] for prefix in table if prefix in formats}


FORMATS: Mapping[str, Format] = MappingProxyType(index_formats(load_formats()))
PREFIXES: Mapping[str, Format] = MappingProxyType(index_prefixes(FORMATS))


def encode(format_id: str, value: str, params: Mapping[str, object] | None = None) -> str:
    """Turn a hash as its source presents it into the string to store.

    The stored string is `<prefix>$<text>`, or `<prefix>$<parameters>$<text>` for a format that
    declares parameters: all of them, with their defaults filled in, as one url-encoded query.

    Raise HashFormatError or HashCostError, whose messages never quote the value.
    """
    hash_format = FORMATS.get(format_id)
    if hash_format is None:
        raise HashFormatError("hashes of this format cannot be verified here", format_id)
    try:
        arguments = complete_params(hash_format, params or {})
        text = hash_format.canonical(value)
        stored = join_stored(hash_format, arguments, text)
        parsed = hash_format.parse(text, **arguments)
        parsed.check_bounds()
        parsed.check_cost()
    except HashError as error:
        error.format_id = format_id
        raise
    return stored


def candidates(value: str) -> list[str]:
    """List the formats that a bare value can be, best first.

    A format whose mark the value bears is listed even when the rest is damaged, because `encode`
    then says what is wrong; one known by its shape alone must also parse, unless that takes
    parameters.
    """
    text = value.strip()
    if len(text) > MAXIMUM_VALUE_LENGTH:
        return []
    found = [
        each for each in FORMATS.values() if each.shape.fullmatch(text) and is_readable(each, text)
    ]
    return [each.id for each in sort_by_likelihood(found)]


def sort_by_likelihood(formats: Iterable[Format]) -> list[Format]:
    """Return formats, which come by id, with those first that a look says most about."""
    return sorted(formats, key=lambda each: -each.likelihood)


def verify(stored: str, password: Password) -> bool:
    """Tell whether `password` gives the stored hash.

    Never raises: of a malformed hash, of one that costs too much and of a password that is too
    long it says False, and enters no hash function.
    """
    if is_too_long(password):
        return False
    try:
        _, parsed = read_stored(stored)
        # Once more: the limits may have changed, or the password be of no ordinary length.
        parsed.check_cost(max(ORDINARY_PASSWORD_BYTES, len(encode_password(password))))
        return parsed.matches(password)
    except HashUnavailableError as error:
        # Imported on another system: somebody has to know why nobody can sign in on this one.
        logger.error("A stored hash could not be verified: %s", error)
        return False
    except HashError:
        return False
    except Exception as error:
        # Nothing a stored string makes a library do may end a sign-in with a server error. The
        # traceback is left out because its messages can quote the hash.
        logger.error("A stored hash could not be verified: %s", type(error).__name__)
        return False


def describe(stored: str) -> HashSummary:
    """Say what a stored string is, without its salt or digest. Raise HashError when unreadable."""
    hash_format, parsed = read_stored(stored)
    costs = {name: str(value) for name, value in parsed.summarize().items()}
    is_affordable = get_limits().allow(parsed.estimate(ORDINARY_PASSWORD_BYTES))
    return HashSummary(hash_format.id, hash_format.label, costs, parsed.is_weak(), is_affordable)


def read_stored(stored: str) -> tuple[Format, ParsedHash]:
    """Parse a stored string and check its numbers, as it may not have come by `encode`."""
    prefix, _, text = stored.partition("$")
    hash_format = PREFIXES.get(prefix)
    if hash_format is None or len(stored) > MAXIMUM_STORED_LENGTH:
        raise HashFormatError("this is not a stored legacy hash")
    arguments: dict[str, str] = {}
    if hash_format.parameters:
        query, _, text = text.partition("$")
        arguments = read_query(hash_format, query)
    parsed = hash_format.parse(text, **arguments)
    parsed.check_bounds()
    return hash_format, parsed


def is_readable(hash_format: Format, text: str) -> bool:
    # Without the parameters that belong to a value, a parser cannot judge it.
    if hash_format.likelihood > Likelihood.SHAPED or hash_format.parameters:
        return True
    try:
        encode(hash_format.id, text)
    except HashCostError:
        return True
    except HashFormatError:
        return False
    return True


def present(stored: str) -> Presented | None:
    """Return a stored hash as `encode` takes it and makes the same of it; None if it cannot."""
    prefix, _, text = stored.partition("$")
    hash_format = PREFIXES.get(prefix)
    if hash_format is None or hash_format.id not in FORMATS:
        return None
    if hash_format.id != prefix:
        return Presented(hash_format.id, stored)
    params: dict[str, str] = {}
    if hash_format.parameters:
        query, _, text = text.partition("$")
        try:
            params = read_query(hash_format, query)
        except HashFormatError:
            return None
    return Presented(hash_format.id, text, params)


def add_username(params: Mapping[str, object], username: str) -> Mapping[str, object]:
    """Return the parameters with the user name, which only some formats take, unless given."""
    return {USERNAME.name: username, **params} if username else params


def complete_params(hash_format: Format, params: Mapping[str, object]) -> dict[str, str]:
    """Check the given parameters against the declared ones and fill in the defaults."""
    declared = {parameter.name: parameter for parameter in hash_format.parameters}
    for name in params:
        if name not in declared and name not in ANNOTATIONS:
            raise HashFormatError(f"there is no parameter {name!r}")
    return {
        name: write_param(name, params.get(name), parameter.default, parameter.help)
        for name, parameter in declared.items()
    }


def write_param(name: str, value: object, default: str | None, explanation: str) -> str:
    if value is None:
        value = default
    if value is None:
        raise HashFormatError(
            f"the parameter {name!r} is needed ({explanation}): give it in a column mapped to "
            "“Password hash parameters”, or choose the system's password preset, which asks for it"
        )
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int):
        raise HashFormatError(f"the parameter {name!r} must be text or a whole number")
    return str(value)


def join_stored(hash_format: Format, arguments: Mapping[str, str], text: str) -> str:
    parts = [hash_format.stored_prefix, text]
    if hash_format.parameters:
        parts.insert(1, write_query(arguments))
    stored = "$".join(parts)
    if not text:
        raise HashFormatError("the value is empty")
    if "\0" in stored or not is_encodable(stored):
        raise HashFormatError("the value contains a NUL character or a lone surrogate")
    if len(stored) > MAXIMUM_STORED_LENGTH:
        raise HashFormatError(
            f"the stored text would be longer than {MAXIMUM_STORED_LENGTH} characters"
        )
    return stored


def is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def write_query(arguments: Mapping[str, str]) -> str:
    try:
        return urlencode(arguments, quote_via=quote, safe="/+=,:")
    except UnicodeEncodeError:
        raise HashFormatError("a parameter is not valid Unicode") from None


def read_query(hash_format: Format, query: str) -> dict[str, str]:
    # "+" stands for itself in a stored query: base64 parameters stay readable and short.
    return complete_params(
        hash_format, dict(parse_qsl(query.replace("+", "%2B"), keep_blank_values=True))
    )
