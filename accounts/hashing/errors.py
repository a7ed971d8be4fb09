"""What can be wrong with a foreign hash, said without quoting it."""

from __future__ import annotations


class HashError(ValueError):
    """A foreign hash cannot be taken over.

    `format_id` is set by `registry.encode`: the parsers of a family do not know under which id
    they were called.
    """

    def __init__(self, reason: str, format_id: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.format_id = format_id

    def __str__(self) -> str:
        return f"{self.format_id}: {self.reason}" if self.format_id else self.reason


class HashFormatError(HashError):
    """The text, or one of its parameters, is not what the format says it is."""


class HashCostError(HashError):
    """The text asks for less work than makes sense or for more than a sign-in may cost."""

    def __init__(self, parameter: str, limit: int, value: int) -> None:
        side = "most" if value > limit else "least"
        super().__init__(f"{parameter} is {value:,}; at {side} {limit:,} is accepted")
        self.parameter = parameter
        self.limit = limit
        self.value = value
