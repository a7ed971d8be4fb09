"""Whether an account is active: reads every column that says so, mapped or not, together."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from itertools import chain
from typing import Any

from imports.core.account_states import (
    Reading,
    Standing,
    State,
    StateWatch,
    add_up,
    read_word,
)
from imports.core.mapping.rules import Mapping, Rule
from imports.core.mapping.sources import Read, compile_source, compile_template
from imports.core.names import fold_name
from imports.core.providers import get_provider
from imports.core.targets import ACTIVE
from imports.core.transforms import AccountState, Transform

MEANING = {State.ACTIVE: True, State.DISABLED: False}


class ActiveReader:
    """Reads the state of accounts by one mapping; made once, used for every row.

    Columns that no rule takes to the field are watched: one of them that says no is not lost.
    """

    def __init__(self, mapping: Mapping) -> None:
        rules = [rule for rule in mapping.rules if rule.target == ACTIVE]
        provider = get_provider(mapping.provider)
        self._rules = [(rule.origin, _compile(rule), tuple(rule.transforms)) for rule in rules]
        self._sources = {source for rule in rules for source in rule.sources}
        self._known = provider.reads_states
        self._constant = mapping.constants.get(ACTIVE)
        self._watch = None if provider.is_record else StateWatch(self._is_read)

    def read(self, source: MappingType[str, Any], record: MappingType[str, Any]) -> Standing:
        """Return what a row says of its account, and what its record had said before."""
        readings = self._list_readings(source)
        profile = record.get("profile")
        if isinstance(profile, dict) and profile.get("active") is False:
            readings = chain([(ACTIVE, Reading(State.DISABLED, "false"))], readings)
        return add_up(readings)

    def _list_readings(self, source: MappingType[str, Any]) -> Iterator[tuple[str, Reading]]:
        for origin, read, transforms in self._rules:
            yield origin, read_state(read(source), transforms)
        if self._constant is not None:
            yield "a fixed value", read_state(self._constant, ())
        if self._watch is not None:
            yield from self._watch.find(source)

    def _is_read(self, path: str) -> bool:
        if path in self._sources or fold_name(path) in self._known:
            return True
        return any(source.startswith((f"{path}[", f"{path}.data")) for source in self._sources)


def _compile(rule: Rule) -> Read:
    return compile_template(rule.template) if rule.template else compile_source(rule.source)


def read_state(value: Any, transforms: tuple[Transform, ...]) -> Reading:
    """Return what a value says after its transforms, in the words of the column itself."""
    said: Reading | None = None
    for transform in transforms:
        if isinstance(transform, AccountState):
            said = transform.read(value)
            if said.state is State.UNCLEAR:
                return said
            value = MEANING.get(said.state)
        elif transform.takes_blanks or not (value is None or value == ""):
            value = transform.apply(value)
    found = read_word(value)
    return Reading(found.state, said.label) if said and found.label else found
