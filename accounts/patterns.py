"""Match patterns that people write, in a time that grows no faster than the text.

Python's own matcher tries every way in which the repetitions of a pattern can share a text, which
for some patterns is for ever. RE2 (https://github.com/google/re2/wiki/Syntax) never does: it has
neither look-around nor references back. Its classes know ASCII only, so those of a pattern are
written out to hold every letter and digit, as they do in Python. Every pattern that a person gives
goes through here; nothing of this is for patterns of our own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import re2

PATTERN_LIMIT = 500
# Characters; a longer text does not match. With the limit on what a compiled pattern takes, and
# that of RE2 on repetitions, the worst match that was found took 0.1 s.
TEXT_LIMIT = 4096
PROGRAM_BYTES = 4 << 20
TOO_LARGE = "The pattern repeats too much: use smaller numbers in {}, or fewer of them"
PART = re.compile(r"\\.|\[\^?\]?|[^\\\[\]]+|.", re.DOTALL)
# What stands for each class outside and inside brackets.
CLASSES = {
    r"\d": (r"\p{Nd}", r"\p{Nd}"),
    r"\D": (r"\P{Nd}", r"\P{Nd}"),
    r"\w": (r"[\p{L}\p{N}_]", r"\p{L}\p{N}_"),
    r"\W": (r"[^\p{L}\p{N}_]", ""),
    r"\s": (r"[\s\v\p{Z}]", r"\s\v\p{Z}"),
    r"\S": (r"[^\s\v\p{Z}]", ""),
    r"\Z": (r"\z", ""),
    r"\b": ("", r"\x08"),
    r"\B": ("", ""),
}
LOOKS_AROUND = re.compile(r"\(\?<?[=!]")
REFERS_BACK = re.compile(r"\\[1-9]|\(\?P=|\(\?\(")
POSSESSIVE = re.compile(r"[*+?}]\+|\(\?>")


class PatternError(ValueError):
    """A pattern cannot be used; the message says why and what to write instead."""


class Pattern:
    """A pattern that is safe to match. Raises PatternError when it is not one."""

    def __init__(self, text: str) -> None:
        if len(text) > PATTERN_LIMIT:
            raise PatternError(f"A pattern has at most {PATTERN_LIMIT} characters")
        options = re2.Options()
        options.max_mem = PROGRAM_BYTES
        options.log_errors = False
        try:
            self._compiled = re2.compile(_write_for_re2(text), options)
        except (re2.error, UnicodeEncodeError) as error:
            raise PatternError(_explain(text, error)) from None

    @property
    def names(self) -> frozenset[str]:
        """The numbers and names of its groups; “0” is the whole text."""
        named: Mapping[str, int] = self._compiled.groupindex
        return frozenset({*map(str, range(self._compiled.groups + 1)), *named})

    def match_whole(self, text: str) -> Any:
        """Return the match of the whole text, with groups as `re.Match` has them; None if none."""
        if len(text) > TEXT_LIMIT or not _is_encodable(text):
            return None
        return self._compiled.fullmatch(text)


@lru_cache(maxsize=256)
def read_pattern(text: str) -> Pattern:
    """Return the pattern of a text; raise PatternError when it cannot be used."""
    return Pattern(text)


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _write_for_re2(text: str) -> str:
    return "".join(_write_parts(text))


def _write_parts(text: str) -> Iterator[str]:
    is_inside = False
    for part in PART.findall(text):
        if part in CLASSES:
            written = CLASSES[part][is_inside]
            if not written:
                raise PatternError(_refuse_class(part, is_inside=is_inside))
            yield written
            continue
        if part[0] == "[" and not is_inside:
            is_inside = True
        elif part == "]":
            is_inside = False
        yield part


def _refuse_class(part: str, *, is_inside: bool) -> str:
    if is_inside:
        return f"{part} is not supported in brackets: use [^…] to exclude characters"
    return f"{part} is not supported: list the allowed characters instead"


def _explain(text: str, error: Exception) -> str:
    """Return what is wrong with a pattern that RE2 refused."""
    if LOOKS_AROUND.search(text):
        return "Lookarounds, (?=…) or (?!…), can take very long: match the text itself"
    if REFERS_BACK.search(text):
        return "Backreferences to a group can take very long: repeat the pattern instead"
    if POSSESSIVE.search(text):
        return "Possessive quantifiers, such as a++, are not supported: use a+"
    said = error.args[0] if error.args else ""
    if isinstance(said, bytes) and said.startswith(b"pattern too large"):
        return TOO_LARGE
    detail = said.decode(errors="replace") if isinstance(said, bytes) else "it is not text"
    return f"This is not a regular expression: {detail}"
