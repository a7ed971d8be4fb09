"""Translate searches in Lucene's syntax, as far as Auth0's own users write it, for the database.

What is not understood is refused, never guessed at. The grammar:

    any    = all {"OR" all}
    all    = one {"AND" one}
    one    = ["NOT"] ("(" any ")" | field ":" value | word | phrase)
    value  = word | phrase | range | "(" any ")"        without fields within the parentheses
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.db.models import Q

from interfaces.auth0.errors import Refusal, refuse_query
from interfaces.auth0.fields import ANYTHING, Expression, Range, Term, find_matcher, match_anywhere
from interfaces.auth0.resources import Composer

LONGEST, DEEPEST, MOST_TERMS = 4000, 20, 100
SPACE = re.compile(r"\s*")
NAME = re.compile(r"([A-Za-z_][\w.@-]*):")
PHRASE = re.compile(r'"((?:[^"\\]|\\.)*)"')
# What has a meaning in Lucene's syntax, and is refused or escaped.
WORD = re.compile(r'(?:[^\s()\[\]{}":\\^~?]|\\.)+')
RANGE = re.compile(r"([\[{])\s*(\S+)\s+TO\s+(\S+?)\s*([\]}])")
OPERATOR = re.compile(r"(AND|OR|NOT)(?![\w:])|&&|\|\|")
WILDCARD = re.compile(r"(?<!\\)\*")
NEGATION = re.compile(r"NOT(?![\w:])|!|-")
EXISTS = "_exists_"


def compile_search(text: str, composer: Composer) -> Q:
    """Return what a search means; raises Refusal, which says what cannot be understood."""
    if len(text) > LONGEST:
        raise _refuse(f"The search has more than {LONGEST} characters")
    return _Parser(text, composer).parse()


def _refuse(message: str) -> Refusal:
    return refuse_query(f"{message} on property q")


@dataclass(slots=True)
class _Parser:
    """Reads one search from its beginning to its end."""

    text: str
    composer: Composer
    place: int = 0
    terms: int = field(default=0)

    def parse(self) -> Q:
        found = self._read_any("", 0)
        if self.place < len(self.text):
            raise self._refuse_here()
        return found

    def _read_any(self, name: str, depth: int) -> Q:
        if depth > DEEPEST:
            raise _refuse(f"The search has more than {DEEPEST} levels of parentheses")
        found = self._read_all(name, depth)
        while self._take_operator("OR", "||"):
            found |= self._read_all(name, depth)
        return found

    def _read_all(self, name: str, depth: int) -> Q:
        found = self._read_one(name, depth)
        while self._take_operator("AND", "&&"):
            found &= self._read_one(name, depth)
        return found

    def _read_one(self, name: str, depth: int) -> Q:
        if self._take(NEGATION):
            return ~self._read_one(name, depth + 1)
        if self._take_text("("):
            found = self._read_any(name, depth + 1)
            if not self._take_text(")"):
                raise _refuse("A parenthesis is not closed")
            return found
        if not name and (named := self._take(NAME)):
            return self._read_field(named[1], depth)
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise _refuse(f"The search has more than {MOST_TERMS} terms")
        expression = self._read_expression()
        if name:
            return find_matcher(name, self.composer)(expression)
        return match_anywhere(expression, self.composer)

    def _read_field(self, name: str, depth: int) -> Q:
        if name == EXISTS:
            named = self._take(WORD)
            if named is None:
                raise self._refuse_here()
            return find_matcher(named[0], self.composer)(ANYTHING)
        # Said before the value, so that an unknown field is refused whatever it is compared with.
        find_matcher(name, self.composer)
        return self._read_one(name, depth + 1)

    def _read_expression(self) -> Expression:
        if found := self._take(RANGE):
            opening, start, end, closing = found.groups()
            return Range(_strip(start), _strip(end), opening == "[", closing == "]")
        if found := self._take(PHRASE):
            return Term((_unescape(found[1]),))
        if self._peek(OPERATOR) or not (found := self._take(WORD)):
            raise self._refuse_here()
        word = found[0]
        if word[0] in "/+" or word.endswith("\\"):
            raise _refuse(f"“{word[:50]}” is not supported. Put it into quotation marks")
        parts = tuple(_unescape(part) for part in WILDCARD.split(word))
        if not any(parts):
            return ANYTHING
        return Term(parts)

    def _take_operator(self, *words: str) -> bool:
        found = self._peek(OPERATOR)
        if found is None or found[0] not in words:
            return False
        self.place = found.end()
        return True

    def _peek(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        space = SPACE.match(self.text, self.place)
        self.place = space.end() if space else self.place
        return pattern.match(self.text, self.place)

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = self._peek(pattern)
        if found:
            self.place = found.end()
        return found

    def _take_text(self, text: str) -> bool:
        return self._take(re.compile(re.escape(text))) is not None

    def _refuse_here(self) -> Refusal:
        rest = self.text[self.place :].strip()[:50]
        if not rest:
            return _refuse("The search ends too early")
        return _refuse(
            f"“{rest}” is not understood here. Connect terms by AND or OR, and put texts into"
            " quotation marks"
        )


def _strip(bound: str) -> str:
    return bound.strip('"')


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
