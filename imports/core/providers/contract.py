"""What a source system has to say about itself: recognise it, map it, normalise its quirks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from imports.core.transforms import Transform

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Preset:
    """Where a known column goes, and why."""

    target: str
    reason: str
    transforms: tuple[Transform, ...] = ()


def keep_values(values: Values) -> Values:
    return values


def recognise_nothing(columns: Sequence[str], rows: Sequence[Values]) -> tuple[str, ...] | None:
    return None


def find_no_preset(column: str) -> Preset | None:
    return None


@dataclass(frozen=True, slots=True)
class Provider:
    """A system that users are exported from.

    `recognise` gets the columns and the first rows of a file, and returns the evidence in
    sentences, or None when the file is not from this provider. `normalise` must not change the
    values it is given; what it adds are columns in parentheses. `is_record` says that rows are
    canonical records, of which fields that no rule names are kept too.
    """

    name: str
    label: str
    how_to_export: str
    recognise: Callable[[Sequence[str], Sequence[Values]], tuple[str, ...] | None] = (
        recognise_nothing
    )
    find_preset: Callable[[str], Preset | None] = find_no_preset
    normalise: Callable[[Values], Values] = keep_values
    not_carried: Mapping[str, str] = field(default_factory=dict)
    is_record: bool = False

    def explain_loss(self, column: str) -> str:
        """Return why a column of this provider is not carried; empty when that is not known."""
        return self.not_carried.get(fold_name(column), "")


@lru_cache(maxsize=4096)
def fold_name(name: str) -> str:
    """Return a column name without case and punctuation: PasswordHash is password_hash."""
    return re.sub(r"[\W_]+", "", name).lower()
