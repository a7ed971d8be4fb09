"""Tell a text that looks like a password hash from a password, and what it looks like.

For text that nobody has declared a hash. Whether it is one cannot be known; that it is none is only
assumed of what people choose or password generators usually make: words, and up to 21 characters
that are not all hexadecimal.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from accounts.hashing.contract import Likelihood
from accounts.hashing.likeliest import find_likeliest
from accounts.hashing.registry import FORMATS, MAXIMUM_VALUE_LENGTH
from accounts.hashing.settling import is_readable_as
from accounts.hashing.unsupported import find_look

SHORTEST = 13
"""Characters of the shortest hash, DES crypt, which only a whole column of them gives away."""

ALGORITHM = re.compile(
    r"md[245]|sha|crypt|pbkdf|argon|hmac|scram|phpass|hash|pkcs|pbe|blf|ntlm", re.I
)
MARK = re.compile(r"\$([\w.,=@-]{1,40})\$\S+")
# Marks that say enough by themselves, however little follows: the rest may have been cut off.
CERTAIN_MARK = re.compile(r"\$(2[abxy]?|argon2\w*|[\w-]*(sha|md5|crypt|pbkdf2)[\w-]*)\$", re.I)
SHORTEST_MARKED = 22
SCHEME = re.compile(r"\{([^{}\"':\s]{1,40})\}(\S{8,})")
QUOTED = re.compile(r"b?(['\"])(.+)\1|'(.+)", re.S)
HEX_PREFIX = re.compile(r"(0x|\\x|\*|md5|sha1|sha256)(?=[0-9A-Fa-f]{16,}$)", re.I)
HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+|[0-9A-Fa-f]{32,}")
HEX_PAIRS = re.compile(r"[0-9A-Fa-f]{2}(?:([-: ])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){14,}")
SHORTEST_HEX = 16
# From here even digits alone are as likely a digest as a password.
SHORTEST_DIGITS = 31
BASE64 = re.compile(r"[A-Za-z0-9+/_.-]+={0,2}")
SHORTEST_PADDED = 24
LONGEST_PLAIN = 21
# Characters of digests of 16, 20, 28, 32, 48 and 64 bytes in base64 without padding.
UNPADDED_LENGTHS = frozenset({22, 27, 38, 43, 64, 86})
SHORTEST_BLOB = 32
# What is made of words and numbers is a password, however long and whatever joins them.
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
# Letters and digits of a word, on average; of random base64 it is 1.6.
SHORTEST_WORDS = 3.5
BASE32 = re.compile(r"(?=.*[A-Z])(?=(?:.*[2-7]){3})[A-Z2-7]{32,}={0,6}")
JSON = re.compile(r"\{.*\":.*\}|\[\s*[\"{\[].*\]", re.S)
SEPARATORS = ":$|;,#.!"
ROUNDS = re.compile(r"\d{3,8}([:$.,|])\S{8,}\1\S{16,}")
NAMED_PARTS = re.compile(r"([A-Za-z][\w-]{1,30})[:$]\S{20,}")

# A quarter of all texts of 13 letters and digits can be DES crypt, but of random columns of as many
# as these only one in 256.
ENOUGH = 4
# Beside them there may be some of another kind, such as plain passwords of those who came later.
USUAL_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Outline:
    """What a text looks like that looks like a hash: in words that hold no part of a secret.

    `format_id` is the format that it is recognised as; empty for an unknown one, and for what is
    damaged. `is_certain` tells that the text says so itself, by a mark of which all that has to
    follow does: it can be nothing else.
    """

    text: str
    format_id: str = ""
    is_certain: bool = False


def find_outline(value: str) -> Outline | None:
    """Return what a text looks like if it looks like a hash; None if it may be a plain password."""
    text = value.strip()
    if len(text) < SHORTEST:
        return None
    if len(text) > MAXIMUM_VALUE_LENGTH:
        return Outline(f"{len(text)} characters") if " " not in text else None
    if (quoted := QUOTED.fullmatch(text)) and (inner := find_outline(quoted[2] or quoted[3])):
        return Outline(f"in quotes: {inner.text}")
    look = find_look(text)
    return _recognise(text) or (Outline(look.system) if look else next(_describe(text), None))


def find_des_crypt(value: str) -> Outline | None:
    """Return the outline of a DES crypt, which is like any other text of 13 letters and digits.

    For values of a column that `are_des_crypt` holds of.
    """
    known = FORMATS["des_crypt"]
    return Outline(known.label, known.id) if known.shape.fullmatch(value.strip()) else None


def are_des_crypt(values: Collection[str]) -> bool:
    """Return whether nearly all of several different values can be DES crypt, as only those are."""
    return is_nearly_all(sum(1 for each in values if find_des_crypt(each)), values)


def find_usual(values: Collection[str]) -> str:
    """Return the format that nearly all of several different values have; empty for none.

    Where each of them could be something else, all of them together are not.
    """
    found = Counter(map(find_readable, values)).most_common(1)
    return next((name for name, count in found if is_nearly_all(count, values)), "")


def is_nearly_all(count: int, values: Collection[str]) -> bool:
    return len(values) >= ENOUGH and count >= USUAL_SHARE * len(values)


def find_readable(value: str) -> str:
    """Return the likeliest format as which a value by itself can be read; empty for none."""
    best = find_likeliest(value)
    return best if best and is_readable_as(value, best, {}) else ""


def may_be_plain(value: str) -> bool:
    """Return whether a text, however it can be read as a hash, can be a plain password as well."""
    text = value.strip()
    if len(text) > LONGEST_PLAIN and (_is_hex(text) or not BASE64.fullmatch(text)):
        return False
    return find_outline(text) is None


def _recognise(text: str) -> Outline | None:
    """Return the outline of a format that is known by more than alphabet and length."""
    best = find_likeliest(text)
    if not best or FORMATS[best].likelihood <= Likelihood.PLAIN:
        return None
    if text.startswith("$") and not (CERTAIN_MARK.match(text) or len(text) >= SHORTEST_MARKED):
        return None
    is_readable = bool(FORMATS[best].needs_params) or is_readable_as(text, best, {})
    if BASE64.fullmatch(text) and (
        FORMATS[best].likelihood is Likelihood.SHAPED
        or not is_readable
        or len(text) <= LONGEST_PLAIN
    ):
        # Alphabet and length again: what may be words is left to the closer look at those.
        found = next(_describe(text), None)
        return found and Outline(found.text, best if is_readable else "")
    if is_readable:
        return Outline(FORMATS[best].label, best, _is_certain(text, best))
    return Outline(f"{FORMATS[best].label}, damaged")


def _is_certain(text: str, format_id: str) -> bool:
    """Return whether a readable text bears the mark of a format: a name, `$id$` or `{scheme}`."""
    known = FORMATS[format_id]
    if known.needs_params:
        return False
    is_marked = known.likelihood is Likelihood.MARKED and text.startswith(("$", "{"))
    return is_marked or known.likelihood is Likelihood.NAMED


def _describe(text: str) -> Iterator[Outline]:
    """Yield the outlines of what resembles a hash in ways that do not tell its format."""
    length = len(text)
    if found := SCHEME.fullmatch(text):
        scheme, rest = found.groups()
        if ALGORITHM.search(scheme):
            yield Outline(f"{{{scheme}}} + {len(rest)} characters")
        elif _is_encoded(rest):
            yield Outline(f"{{…}} + {len(rest)} characters")
    if length >= SHORTEST_MARKED and (found := MARK.fullmatch(text)):
        shown = found[1] if len(found[1]) <= 3 or ALGORITHM.search(found[1]) else "…"
        yield Outline(f"${shown}$ + {length - found.end(1) - 1} characters")
    if found := HEX_PREFIX.match(text):
        yield Outline(f"{found[1].lower()} + hex, {length - found.end()} characters")
    if _is_hex(text):
        yield Outline(f"hex, {length} characters")
    if _is_base64(text):
        yield Outline(f"base64, {length} characters")
    yield from _describe_rarer(text)
    yield from _describe_parts(text)


def _describe_rarer(text: str) -> Iterator[Outline]:
    if HEX_PAIRS.fullmatch(text):
        yield Outline(f"hex in pairs, {len(text)} characters")
    if BASE32.fullmatch(text):
        yield Outline(f"base32, {len(text)} characters")
    if JSON.fullmatch(text):
        yield Outline("JSON")


def _describe_parts(text: str) -> Iterator[Outline]:
    """Yield the outline of text of which one of several parts looks like a digest."""
    separator = max(SEPARATORS, key=text.count)
    parts = text.split(separator)
    if any(character.isspace() for character in text) or len(parts) == 1:
        return
    named = NAMED_PARTS.fullmatch(text)
    is_named = named is not None and bool(ALGORITHM.search(named[1]))
    if is_named or ROUNDS.fullmatch(text) or any(map(_is_encoded, parts)):
        yield Outline(f"{len(parts)} parts separated by “{separator}”, {len(text)} characters")


def _is_encoded(text: str) -> bool:
    return (len(text) >= SHORTEST_DIGITS and _is_hex(text)) or _is_base64(text)


def _is_hex(text: str) -> bool:
    if len(text) < SHORTEST_HEX or not HEX.fullmatch(text):
        return False
    has_both = not text.isdecimal() and any(map(str.isdecimal, text))
    return len(text) >= SHORTEST_DIGITS or (has_both and len(text) % 2 == 0)


def _is_base64(text: str) -> bool:
    if not BASE64.fullmatch(text):
        return False
    bare = text.rstrip("=")
    if not (any(map(str.isupper, bare)) and any(map(str.islower, bare))):
        return False
    if len(bare) < len(text):
        return len(text) >= SHORTEST_PADDED and len(text) % 4 == 0
    has_length = len(text) in UNPADDED_LENGTHS or len(text) >= SHORTEST_BLOB
    return has_length and not _is_wordy(text)


def _is_wordy(text: str) -> bool:
    """Return whether text seems to be made of words and numbers, however they are joined."""
    words = WORD.findall(text)
    return bool(words) and sum(map(len, words)) / len(words) >= SHORTEST_WORDS
