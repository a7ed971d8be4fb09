"""Whether an account is active: reads every column that says so, mapped or not, together."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
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
from imports.core.providers import get_provider
from imports.core.records.targets import ACTIVE
from imports.core.transforms import Transform
from imports.core.transforms.families.account_state import AccountState
from imports.core.values.names import fold_name

# Different texts of a column that are remembered, as many as its reader remembers.
REMEMBERED = 2_000
MEANING = {State.ACTIVE: True, State.DISABLED: False}


class ActiveReader:
    """Reads the state of accounts by one mapping; made once, used for every row.

    Columns that no rule takes to the field are watched: one of them that says no is not lost.
    """

    def __init__(self, mapping: Mapping) -> None:
        rules = [rule for rule in mapping.rules if rule.target == ACTIVE]
        provider = get_provider(mapping.provider)
        self._rules = list_state_rules(mapping)
        self._sources = {source for rule in rules for source in rule.sources}
        self._known = provider.reads_states
        constant = mapping.constants.get(ACTIVE)
        self._constant = None if constant is None else ("a fixed value", read_word(constant))
        self._watch = None if provider.is_record else StateWatch(self._is_read)

    @property
    def has_learnt(self) -> bool:
        """Return whether the rows so far show how the dates of the next are to be read."""
        watches = (self._watch,) if self._watch is not None else ()
        return any(each.has_learnt for each in (*self._rules, *watches))

    def read(self, source: MappingType[str, Any], record: MappingType[str, Any]) -> Standing:
        """Return what a row says of its account, and what its record had said before."""
        readings = [] if self._constant is None else [self._constant]
        for rule in self._rules:
            reading = rule.read(source)
            if reading.state is not State.SILENT:
                readings.append((rule.origin, reading))
        if self._watch is not None:
            readings += self._watch.find(source)
        profile = record.get("profile")
        if isinstance(profile, dict) and profile.get("active") is False:
            readings.append((ACTIVE, Reading(State.DISABLED, "false")))
        return add_up(readings) if readings else Standing()

    def _is_read(self, path: str) -> bool:
        if path in self._sources or fold_name(path) in self._known:
            return True
        return any(source.startswith((f"{path}[", f"{path}.data")) for source in self._sources)


def list_state_rules(mapping: Mapping) -> list[StateRule]:
    """Return what reads the columns that go to the field."""
    return [StateRule(rule) for rule in mapping.rules if rule.target == ACTIVE]


class StateRule:
    """Reads one source; remembers what its texts say, of which most columns have but a few."""

    def __init__(self, rule: Rule) -> None:
        self.origin = rule.origin
        self._read: Read = (
            compile_template(rule.template) if rule.template else compile_source(rule.source)
        )
        self._transforms = tuple(rule.transforms)
        # A column that may be about something else says nothing by most of its words.
        self.is_certain = not any(
            isinstance(each, AccountState) and each.asks for each in rule.transforms
        )
        self._known: dict[str | None, Reading] = {}

    @property
    def has_learnt(self) -> bool:
        """Return whether an earlier value shows how the next date is to be read."""
        states = (each for each in self._transforms if isinstance(each, AccountState))
        return any(each.has_learnt for each in states)

    def read(self, source: MappingType[str, Any]) -> Reading:
        """Return what the source says."""
        value = self._read(source)
        if value is not None and type(value) is not str:
            return read_state(value, self._transforms)
        found = self._known.get(value)
        if found is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            found = self._known[value] = read_state(value, self._transforms)
        return found


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
    if said is not None and isinstance(transforms[-1], AccountState):
        return said
    found = read_word(value)
    return Reading(found.state, said.label) if said and found.label else found
