"""Compare for each target field how many records hold a value and how many deliver it.

What the file's operator or the mapping drops on purpose does not count as standing there: a value
that a transform makes blank, a group or role that is renamed to nothing, a column or part that is
excluded, a field that a decision is about. Nor do records that are not imported at all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from imports.core.account_states import DATES
from imports.core.mapping import MappedRow
from imports.core.mapping import Mapping as ColumnMapping
from imports.core.mapping.active import list_state_rules
from imports.core.mapping.mapper import compile_rule
from imports.core.mapping.rules import Rule, find_dropped, get_attribute_name
from imports.core.providers import get_provider
from imports.core.records.records import is_nothing
from imports.core.records.targets import ACTIVE, ATTRIBUTES, TIMESTAMPS, list_targets
from imports.core.values.lists import split_list
from imports.core.values.timestamps import is_no_date

Read = Callable[[Mapping[str, Any]], Any]
# What each of these parts is nothing without: a table has the format of a hash, or the digits of
# a code, in every row, also for users who have none.
ESSENTIAL = {
    "authenticators.password": frozenset({"hash", "plaintext"}),
    "authenticators.totp": frozenset({"secret"}),
}
# How an empty list is written in a cell.
EMPTY_JSON = frozenset({"[]", "{}"})


@dataclass(slots=True)
class Comparison:
    """A field in a chunk: in how many records it arrives, and those where its value is missing."""

    target: str
    arrived: int = 0
    missing: list[MappedRow] = field(default_factory=list)


class FieldUse:
    """Knows for each target field where its values stand and arrive; made once for a job."""

    def __init__(self, mapping: ColumnMapping) -> None:
        rules: dict[str, list[Rule]] = {}
        for rule in mapping.rules:
            rules.setdefault(rule.target, []).append(rule)
        self._fields: list[_Field] = [
            _ActiveField(mapping) if target == ACTIVE else _Field(target, found, mapping)
            for target, found in rules.items()
        ]
        self._kept = {
            target: _Field(target, [Rule(source=target, target=target)], mapping)
            for target in _list_kept(mapping, rules)
        }
        self._kept_by_part: dict[str, dict[str, _Field]] = {}
        for target, kept in self._kept.items():
            part, _, leaf = target.rpartition(".")
            self._kept_by_part.setdefault(part, {})[leaf] = kept

    @property
    def mapped(self) -> list[str]:
        """Return the fields that rules name."""
        return [each.target for each in self._fields]

    @property
    def kept(self) -> list[str]:
        """Return the fields that records keep without a rule."""
        return list(self._kept)

    def compare(self, rows: Iterable[MappedRow]) -> Iterator[Comparison]:
        """Yield for each field whether its values arrived in these rows."""
        made = [row for row in rows if row.record is not None]
        for each in self._fields:
            found = Comparison(each.target)
            for row in made:
                each.compare(row, found)
            yield found
        if self._kept:
            yield from self._compare_kept(made)

    def _compare_kept(self, rows: Iterable[MappedRow]) -> Iterable[Comparison]:
        """Return the same of the fields that records keep without a rule; most have few of them."""
        found: dict[str, Comparison] = {}
        for row in rows:
            for each in self._list_present(row.source):
                known = found.get(each.target) or found.setdefault(
                    each.target, Comparison(each.target)
                )
                each.compare(row, known)
        return found.values()

    def _list_present(self, source: Mapping[str, Any]) -> Iterator[_Field]:
        for part, fields in self._kept_by_part.items():
            node: Any = source
            for step in part.split(".") if part else ():
                node = node.get(step)
                if not isinstance(node, dict):
                    break
            else:
                yield from (fields[leaf] for leaf in node if leaf in fields)
        yield from (self._kept[name] for name in source if "." in name and name in self._kept)


class _Field:
    """One target field, the rules that read it, and what every record gets besides."""

    def __init__(self, target: str, rules: Iterable[Rule], mapping: ColumnMapping) -> None:
        self.target = target
        self._reads: list[Read] = [compile_rule(rule, ()).read for rule in rules]
        self._part, _, self._leaf = target.rpartition(".")
        self._attribute = get_attribute_name(target)
        path = ATTRIBUTES if self._attribute else self._part or self._leaf
        self._get_part = attrgetter(path)
        known = list_targets().get(target)
        self._is_list = known is None or known.is_list
        names = {"memberships.groups": mapping.groups, "memberships.roles": mapping.roles}
        self._names = names.get(target, {})
        constant = split_list(mapping.constants.get(target)) if target in names else ()
        self._constant = frozenset(constant if isinstance(constant, list) else ())

    def compare(self, row: MappedRow, found: Comparison) -> None:
        """Count whether the field's value in a row arrives, if it has one."""
        value = self._get(row.record)
        if value and self._constant:
            value = set(value) - self._constant
        if value or not is_nothing(value):
            found.arrived += 1
        elif self._has_stood(row):
            found.missing.append(row)

    def _get(self, record: Any) -> Any:
        part = self._get_part(record)
        if self._attribute:
            return part.get(self._attribute)
        return getattr(part, self._leaf, None) if self._part else part

    def _has_stood(self, row: MappedRow) -> bool:
        if not any(self._is_wanted(read(row.source)) for read in self._reads):
            return False
        if any(each.concern.field == self.target for each in row.decided):
            return False
        essential = ESSENTIAL.get(self._part)
        return essential is None or self._leaf in essential or _has_part(row.record, self._part)

    def _is_wanted(self, value: Any) -> bool:
        if isinstance(value, str) and value.strip() in EMPTY_JSON:
            return False
        if self._is_list:
            value = split_list(value)
        if is_nothing(value) or (self.target in TIMESTAMPS and is_no_date(value)):
            return False
        if not (self._names or self._constant):
            return True
        kept = (self._names.get(item, item) for item in value if isinstance(item, str))
        return any(item and item not in self._constant for item in kept)


class _ActiveField(_Field):
    """Whether an account is active, which is read from words, flags and dates.

    A date that has passed, or is still to come, can rightly say nothing.
    """

    def __init__(self, mapping: ColumnMapping) -> None:
        super().__init__(ACTIVE, (), mapping)
        self._rules = [rule for rule in list_state_rules(mapping) if rule.is_certain]

    def _has_stood(self, row: MappedRow) -> bool:
        if any(each.concern.field == ACTIVE for each in row.decided):
            return False
        readings = (rule.read(row.source) for rule in self._rules)
        return any(not each.is_blank and each.label not in DATES for each in readings)


def _has_part(record: Any, path: str) -> bool:
    for name in path.split("."):
        record = getattr(record, name)
        if record is None:
            return False
    return True


def _list_kept(mapping: ColumnMapping, named: Collection[str]) -> Iterator[str]:
    """Yield the fields that a record keeps although no rule names them."""
    if not get_provider(mapping.provider).is_record:
        return
    dropped = find_dropped(mapping)
    for target in (*list_targets(), ATTRIBUTES):
        if not any(_overlap(target, path) for path in dropped.union(named)):
            yield target


def _overlap(path: str, other: str) -> bool:
    return f"{path}.".startswith(f"{other}.") or f"{other}.".startswith(f"{path}.")
