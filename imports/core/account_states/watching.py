"""Watch the unmapped columns for one that says that an account is disabled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from imports.core.account_states.names import find_named_state
from imports.core.account_states.reading import Reading, State, StateReader

DEEPEST = 4


class StateWatch:
    """Watches the columns of one level of a row; learns them as they come, as rows differ.

    `is_read` says of a path whether it is known already what it says; what a provider has made out
    of other columns is in parentheses.
    """

    def __init__(self, is_read: Callable[[str], bool], prefix: str = "") -> None:
        self._is_read = is_read
        self._prefix = prefix
        self._seen: set[str] = set()
        self._readers: dict[str, StateReader] = {}
        self._below: dict[str, StateWatch] = {}

    @property
    def has_learnt(self) -> bool:
        """Return whether a column has shown how its dates are to be read."""
        here = any(reader.has_learnt for reader in self._readers.values())
        return here or any(watch.has_learnt for watch in self._below.values())

    def find(self, values: Mapping[str, Any]) -> Iterator[tuple[str, Reading]]:
        """Yield the columns that say no, as readings that are not clear."""
        if not values.keys() <= self._seen:
            self._learn(values)
        for name, reader in self._readers.items():
            value = values.get(name)
            if value is None or value == "" or value is False:
                continue
            reading = reader.read(value)
            if reading.state is State.DISABLED:
                yield self._prefix + name, Reading(State.UNCLEAR, reading.label, reading.likely)
        for name, watch in self._below.items():
            value = values.get(name)
            if isinstance(value, dict):
                yield from watch.find(value)

    def _learn(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            if name in self._seen or name.startswith("("):
                self._seen.add(name)
            elif isinstance(value, dict):
                self._seen.add(name)
                path = f"{self._prefix}{name}"
                if path.count(".") < DEEPEST and not self._is_read(path):
                    self._below[name] = StateWatch(self._is_read, f"{path}.")
            elif value is not None:  # what is null here may be an object elsewhere
                self._seen.add(name)
                path = f"{self._prefix}{name}"
                if (named := find_named_state(path)) and not self._is_read(path):
                    self._readers[name] = StateReader(named.means)
