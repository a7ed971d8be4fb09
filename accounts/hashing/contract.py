"""What a foreign hash format has to say about itself: identify, parse, bound, verify."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cache
from typing import ClassVar

from accounts.hashing.costs import ORDINARY_PASSWORD_BYTES, Cost, get_limits
from accounts.hashing.encodings import Password
from accounts.hashing.errors import HashCostError, HashFormatError


@dataclass(frozen=True, slots=True)
class Bound:
    """The range in which a function has one of its parameters, and who says so.

    What a hash inside it costs is another question: see `ParsedHash.estimate`. Below `weak_below`
    a hash is accepted and flagged as weak.
    """

    parameter: str
    minimum: int
    maximum: int
    source: str
    weak_below: int = 0

    def check(self, value: int) -> None:
        if value < self.minimum:
            raise HashFormatError(f"{self.parameter} is {value:,}; the least is {self.minimum:,}")
        if value > self.maximum:
            raise HashFormatError(f"{self.parameter} is {value:,}; the most is {self.maximum:,}")


@cache
def index_bounds(function: type[ParsedHash]) -> dict[str, Bound]:
    """Return the bounds of a function by parameter."""
    return {bound.parameter: bound for bound in function.bounds}


class ParsedHash(ABC):
    """A hash without its spelling: the work to repeat and the answer to expect.

    `bounds` covers every number that `summarize` returns. That is checked for each hash, so a
    parameter without a bound cannot slip through. Subclasses are dataclasses without a `repr`,
    which would put salt and digest into logs.
    """

    bounds: ClassVar[tuple[Bound, ...]]
    cost_formula: ClassVar[str]
    """The result of `estimate` in words for the documentation."""
    fast: ClassVar[bool] = False
    """Whether the function was not made for passwords: weak whatever its parameters."""

    @abstractmethod
    def summarize(self) -> dict[str, str | int]:
        """Return the cost parameters: the numbers are bounded, the texts name algorithms."""

    @abstractmethod
    def estimate(self, password_bytes: int) -> Cost:
        """Return what `matches` takes with a password of that length, growing with each number."""

    @abstractmethod
    def matches(self, password: Password) -> bool:
        """Repeat the work with `password` and compare in constant time."""

    def check_bounds(self) -> None:
        """Raise HashFormatError for a number that the function does not have."""
        bounds = index_bounds(type(self))
        for parameter, value in self.summarize().items():
            if isinstance(value, int):
                bounds[parameter].check(value)

    def check_cost(self, password_bytes: int = ORDINARY_PASSWORD_BYTES) -> None:
        """Raise HashCostError when `matches` would take more than one verification may."""
        cost, limits = self.estimate(password_bytes), get_limits()
        if not limits.allow(cost):
            raise HashCostError(
                f"With {self.name_costs()}, verifying it takes about {cost}; the limits are"
                f" {limits}"
            )

    def name_costs(self) -> str:
        """Return the cost parameters in words, such as "iterations 600,000"."""
        return ", ".join(
            f"{name} {value:,}" if isinstance(value, int) else f"{name} {value}"
            for name, value in self.summarize().items()
        )

    def is_weak(self) -> bool:
        costs = self.summarize()
        return self.fast or any(
            isinstance(cost := costs.get(bound.parameter), int) and cost < bound.weak_below
            for bound in self.bounds
        )


class Likelihood(IntEnum):
    """How much the look of a bare value says about its format."""

    NAMED = 4
    """The text starts with a mark that no other format uses."""
    MARKED = 3
    """The text starts with a mark that a few formats share."""
    SHAPED = 2
    """The text has an inner structure: separators, a checksum, a version byte."""
    PLAIN = 1
    """Nothing but the alphabet and the length."""


NEVER = re.compile(r"(?!)")
"""The shape of a format whose values all look like those of another one."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something that the hash text does not carry and that the source keeps beside it."""

    name: str
    help: str
    default: str | None = None
    """What the source means when it says nothing; None when it must be given."""
    choices: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        return self.default is None

    def with_default(self, default: str) -> Parameter:
        return replace(self, default=default)


USERNAME = Parameter("username", "the user name in the source system, by default the mapped one")
"""What some systems hash together with the password. An import supplies it from the record."""


def strip_space(value: str) -> str:
    return value.strip()


@dataclass(frozen=True, slots=True)
class Format:
    """One spelling of a hash: how a source writes it, and what it means.

    `parse` takes the text and the declared parameters as keywords, and returns one of `hashes`.
    """

    id: str
    label: str
    emitted_by: str
    source: str
    """Where the layout is documented."""
    hashes: tuple[type[ParsedHash], ...]
    parse: Callable[..., ParsedHash]
    shape: re.Pattern[str]
    """What a bare value of this format looks like, as a whole."""
    likelihood: Likelihood
    parameters: tuple[Parameter, ...] = ()
    canonical: Callable[[str], str] = strip_space
    """Turns the value as the source presents it into the text that is stored."""
    prefix: str = ""
    """The text before the first "$" of the stored string; the id unless Django has its own."""
    notes: str = ""
    formula: str = ""
    """What is computed, of a format whose values look like those of other systems. Among such
    formats a person chooses: see `accounts.hashing.ambiguity`."""
    shared: re.Pattern[str] | None = None
    """Which of its values look so; all of them unless given."""

    def looks_shared(self, text: str) -> bool:
        """Return whether a value of this format looks like one of another system."""
        return bool(self.formula) and (self.shared is None or bool(self.shared.fullmatch(text)))

    @property
    def stored_prefix(self) -> str:
        return self.prefix or self.id

    @property
    def needs_params(self) -> tuple[Parameter, ...]:
        """The parameters without which a value of this format cannot be read."""
        return tuple(parameter for parameter in self.parameters if parameter.required)

    @property
    def bounds(self) -> tuple[Bound, ...]:
        return tuple(dict.fromkeys(bound for hash_ in self.hashes for bound in hash_.bounds))

    @property
    def weak(self) -> bool:
        """Whether every hash of this format is weak, whatever its parameters."""
        return all(hash_.fast for hash_ in self.hashes)


@dataclass(frozen=True, slots=True)
class HashSummary:
    """What a page may show about a stored hash: never its salt or its digest."""

    format_id: str
    label: str
    parameters: Mapping[str, str]
    weak: bool
    is_affordable: bool
    """Whether verifying it is inside the limits, so that its user can sign in."""
