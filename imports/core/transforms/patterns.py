"""The transform by a regular expression, and what keeps one from running for ever.

Python's matcher tries every way in which the repetitions of a pattern can share a text. So a
pattern has to match a whole value of at most 200 characters, may not repeat what itself varies
(`(a+)+`), and the ways in which its repetitions can share such a value are counted beforehand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, ClassVar, Literal

from pydantic import Field, PrivateAttr, model_validator

from imports.core.transforms.contract import ItemStep, Otherwise, write_scalar

VALUE_LIMIT = 200
PATTERN_LIMIT = 500
# Three repetitions without a bound, and a few small ones besides.
WAYS_LIMIT = 4 * VALUE_LIMIT**3
PLACEHOLDER = re.compile(r"\{(\w+)\}")
REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
SINGLE = frozenset({"LITERAL", "NOT_LITERAL", "IN", "ANY", "AT", "CATEGORY", "RANGE"})


class Regex(ItemStep):
    """Takes a value apart by a regular expression and puts the parts together again."""

    label: ClassVar[str] = "Regular expression"
    kind: Literal["regex"] = "regex"
    pattern: str = Field(
        max_length=PATTERN_LIMIT,
        title="Pattern",
        description="Has to match the whole value, such as (.*), (.*).",
    )
    result: str = Field(
        default="{1}", title="Result", description="{1} is the first group, {0} the whole value."
    )
    otherwise: Otherwise = Field(
        default="keep", title="Values it does not match", description="Keep, or leave out."
    )

    _compiled: re.Pattern[str] = PrivateAttr()

    @model_validator(mode="after")
    def check_pattern(self) -> Regex:
        """Refuse a pattern that is none or could take too long, and a group it does not have."""
        try:
            compiled = re.compile(self.pattern)
            tree = parser.parse(self.pattern)
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"This is not a regular expression: {error}") from None
        if count_ways(tree) > WAYS_LIMIT:
            raise ValueError("It repeats too much and could take very long: use fewer * and +")
        known = {*map(str, range(compiled.groups + 1)), *compiled.groupindex}
        for name in PLACEHOLDER.findall(self.result):
            if name not in known:
                raise ValueError(f"The pattern has no group “{name}”")
        self._compiled = compiled
        return self

    def change(self, value: Any) -> Any:
        text = write_scalar(value)
        if text is None:
            return value
        match = self._compiled.fullmatch(text) if len(text) <= VALUE_LIMIT else None
        if match is None:
            return value if self.otherwise == "keep" else None
        return PLACEHOLDER.sub(lambda name: _read_group(match, name[1]), self.result)

    def describe(self) -> str:
        return f"{self.pattern} becomes {self.result}"


def _read_group(match: re.Match[str], name: str) -> str:
    return match[int(name) if name.isdecimal() else name] or ""


def count_ways(tree: Iterable[tuple[Any, Any]], *, is_repeated: bool = False) -> int:
    """Return in how many ways a parsed pattern can try to match; raise ValueError if in too many.

    What is repeated has to match in one way only: otherwise the ways grow with a power of the
    value's length.
    """
    ways = 1
    for operation, argument in tree:
        name = str(operation)
        if name in REPEATS:
            least, most, body = argument
            if is_repeated and least != most:
                raise ValueError("It repeats something that itself varies, such as (a+)+")
            ways *= min(int(most) - int(least), VALUE_LIMIT) + 1
            ways *= count_ways(body, is_repeated=is_repeated or int(most) > 1)
        elif name == "SUBPATTERN":
            ways *= count_ways(argument[3], is_repeated=is_repeated)
        elif name == "BRANCH":
            if is_repeated:
                raise ValueError("It repeats a choice, such as (a|b)+: use [ab]+")
            ways *= sum(count_ways(branch) for branch in argument[1])
        elif name not in SINGLE:
            raise ValueError("It looks around or refers back, which can take very long")
    return ways
