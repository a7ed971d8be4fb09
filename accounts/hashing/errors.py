"""What can be wrong with a foreign hash, said without quoting it."""

from __future__ import annotations


class HashError(ValueError):
    """A legacy hash cannot be imported.

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
    """Verifying the hash would cost more than one sign-in may."""


class HashUnavailableError(HashFormatError):
    """What computes the function is not on this system."""
