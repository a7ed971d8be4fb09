"""Count error groups with a few examples of each, in bounded memory however many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

MAX_EXAMPLES = 3
MAX_ERROR_GROUPS = 300


@dataclass(slots=True)
class Found:
    """How often an error group was found, and the first examples in file order."""

    count: int = 0
    examples: list[Any] = field(default_factory=list)


def keep_together(error_group: str) -> str:
    return ""


class Tally:
    """Counts by error group. Of one family's groups beyond the limit only their number is kept.

    `find_family` gives for an error group the one under which it is then counted; `examples` is how
    many are kept of each.
    """

    def __init__(
        self,
        find_family: Callable[[str], str] = keep_together,
        limit: int = MAX_ERROR_GROUPS,
        examples: int = MAX_EXAMPLES,
    ) -> None:
        self._find_family = find_family
        self._limit = limit
        self._examples = examples
        self._sizes: Counter[str] = Counter()
        self._found: dict[str, Found] = {}

    def count(
        self, error_group: str, make_example: Callable[[], Any] | None = None, number: int = 1
    ) -> None:
        """Count an error group; the example is only asked for while there is room for one."""
        found = self._get(error_group)
        found.count += number
        if make_example is not None and len(found.examples) < self._examples:
            found.examples.append(make_example())

    def add(self, other: Tally) -> None:
        """Add the counts of a later part of the file."""
        for error_group, more in other._found.items():
            found = self._get(error_group)
            found.count += more.count
            found.examples += more.examples[: self._examples - len(found.examples)]

    def list_ranked(self) -> list[tuple[str, Found]]:
        """Return all error groups, the most frequent first."""
        return sorted(self._found.items(), key=lambda item: -item[1].count)

    @property
    def is_full(self) -> bool:
        """Return whether further groups of some family are, or would be, counted together."""
        return any(size >= self._limit for size in self._sizes.values())

    def __iter__(self) -> Iterator[tuple[str, Found]]:
        return iter(self._found.items())

    def __getitem__(self, error_group: str) -> int:
        found = self._found.get(error_group)
        return found.count if found else 0

    def _get(self, error_group: str) -> Found:
        found = self._found.get(error_group)
        if found is None:
            family = self._find_family(error_group)
            if self._sizes[family] >= self._limit:
                return self._found.setdefault(family, Found())
            self._sizes[family] += 1
            found = self._found[error_group] = Found()
        return found

    def to_json(self) -> dict[str, Any]:
        """Return the form that is stored with a chunk."""
        return {
            error_group: [found.count, found.examples] for error_group, found in self._found.items()
        }

    def read(self, stored: Mapping[str, Any]) -> Self:
        """Take in what `to_json` wrote, and return the tally."""
        for error_group, (count, examples) in stored.items():
            found = self._get(error_group)
            found.count += count
            found.examples += examples[: self._examples - len(found.examples)]
        return self
