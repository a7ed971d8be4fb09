"""A mapping while it is being made: what the fields of the mapping page say, right or wrong.

Every rule has a key, after which its fields are named: KEY holds the target field, KEY-source what
is typed as a source, KEY-step-0 the kind of its first transform, KEY-step-0-OPTION an option of it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import ValidationError

from imports.core.mapping.rules import Mapping, Rule
from imports.core.mapping.sources import list_placeholders
from imports.core.mapping.transform_options import StepDraft
from imports.core.providers import get_provider
from imports.core.records.targets import is_target
from imports.core.transforms import TRANSFORMS, Transform
from imports.core.values.names import list_prefixes

# More than one column needs; a form cannot grow without bound.
MOST_RULES, MOST_STEPS, MOST_EXTRAS = 20, 20, 100
EXTRA = re.compile(r"extra-(\d{1,3})")
FIXED = re.compile(r"fixed-(\d{1,3})")
# What is sent in place of a target field for what the record format does not know and is excluded.
EXCLUDED = "-"


class Posted(Protocol):
    """What a form sent: one text by field name."""

    def __contains__(self, name: object, /) -> bool: ...
    def __getitem__(self, name: str, /) -> Any: ...


@dataclass
class RuleDraft:
    """A rule of the page. `source` is a column, or the text typed for a path or template.

    `is_excluded` says of an unknown field of the record format that its records do not fail.
    """

    key: str
    source: str
    target: str = ""
    steps: list[StepDraft] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    is_excluded: bool = False

    def build(self) -> Rule | None:
        """Return the rule; None when it goes nowhere or something in it is wrong."""
        transforms: list[Transform] = []
        for step in self.steps:
            transform = step.build()
            if transform is not None:
                transforms.append(transform)
        if not self.target or any(step.fault for step in self.steps):
            return None
        is_template = self.is_typed and bool(list_placeholders(self.source))
        origin = {"template" if is_template else "source": self.source}
        try:
            return Rule.model_validate({**origin, "target": self.target, "transforms": transforms})
        except ValidationError:
            self.faults = ["Type a path such as identities[0].provider, or {First} {Last}."]
            return None

    @property
    def is_typed(self) -> bool:
        """Return whether the source is typed, not one of the file's columns."""
        return self.key.startswith("extra-")


@dataclass
class FixedDraft:
    """A value that every record gets."""

    key: str
    target: str = ""
    value: str = ""


@dataclass
class MappingDraft:
    """All rules of the page: those of each column, those typed, and values for every record.

    `unknown` are the columns that fail their records unless they are excluded by name.
    """

    columns: dict[str, list[RuleDraft]]
    unknown: frozenset[str] = frozenset()
    extras: list[RuleDraft] = field(default_factory=list)
    fixed: list[FixedDraft] = field(default_factory=list)

    def list_rules(self) -> Iterator[RuleDraft]:
        """Yield every rule of the draft."""
        for rules in self.columns.values():
            yield from rules
        yield from self.extras

    def find_rule(self, key: str) -> RuleDraft | None:
        """Return the rule of a key."""
        return next((rule for rule in self.list_rules() if rule.key == key), None)

    def find_column(self, key: str) -> str | None:
        """Return the column whose fields are named after a key."""
        return next((column for column in self.columns if name_column(column) == key), None)

    @property
    def has_faults(self) -> bool:
        """Return whether anything is wrong that building the rules has shown."""
        return any(rule.faults or any(s.fault for s in rule.steps) for rule in self.list_rules())

    def build_rules(self) -> tuple[list[Rule], list[str]]:
        """Return the rules that can be made, and the columns that are not imported."""
        built = [rule.build() for rule in self.list_rules() if rule.target]
        rules = list({_identify(rule): rule for rule in built if rule is not None}.values())
        read = {source for rule in rules for source in rule.sources}
        unfinished = {rule.source for rule in self.list_rules() if rule.target}
        used = read | unfinished
        return rules, [name for name in self.columns if name not in used and self._excludes(name)]

    def _excludes(self, column: str) -> bool:
        return column not in self.unknown or any(r.is_excluded for r in self.columns[column])

    def build_constants(self) -> dict[str, str]:
        """Return the value by target field that every record gets."""
        return {
            fixed.target: fixed.value.strip()
            for fixed in self.fixed
            if fixed.target and fixed.value.strip()
        }


def _identify(rule: Rule) -> tuple[str, str]:
    return rule.origin, rule.target


def name_column(column: str) -> str:
    """Return the key of a column, whose own name may hold anything."""
    return "column-" + hashlib.blake2b(column.encode(), digest_size=8).hexdigest()


def draft_mapping(
    mapping: Mapping, columns: Sequence[str], fixed: MappingType[str, str]
) -> MappingDraft:
    """Return the draft that says what a mapping says; `fixed` are its values for every record."""
    draft = MappingDraft(
        {column: [] for column in columns}, list_unknown_fields(columns, mapping.provider)
    )
    for rule in mapping.rules:
        of_column = draft.columns.get(rule.source)
        if of_column is None:
            rules, key = draft.extras, f"extra-{len(draft.extras)}"
        else:
            rules, key = of_column, f"{name_column(rule.source)}-{len(of_column)}"
        steps = [StepDraft.of(transform) for transform in rule.transforms]
        rules.append(RuleDraft(key, rule.origin, rule.target, steps))
    for column, of_column in draft.columns.items():
        if not of_column:
            of_column.append(_draft_unnamed(column, mapping))
    draft.fixed = [
        FixedDraft(f"fixed-{number}", target, value)
        for number, (target, value) in enumerate(fixed.items())
    ]
    return draft


def list_unknown_fields(columns: Iterable[str], provider: str) -> frozenset[str]:
    """Return the columns of a file in the record format that are not fields of it."""
    is_record = get_provider(provider).is_record
    return frozenset(column for column in columns if is_record and not is_target(column))


def _draft_unnamed(column: str, mapping: Mapping) -> RuleDraft:
    """Return the rule of a column that the mapping has none for.

    A field of the record format is then kept where it is.
    """
    rule = RuleDraft(f"{name_column(column)}-0", column)
    rule.is_excluded = not set(list_prefixes(column)).isdisjoint(mapping.ignored)
    is_kept = get_provider(mapping.provider).is_record and is_target(column)
    if is_kept and not rule.is_excluded:
        rule.target = column
    return rule


def read_draft(
    posted: Posted, names: Sequence[str], columns: Sequence[str], provider: str
) -> MappingDraft:
    """Return the draft that a form sent; `names` are those of all its fields."""
    draft = MappingDraft({column: [] for column in columns}, list_unknown_fields(columns, provider))
    for column, rules in draft.columns.items():
        key = name_column(column)
        for number in range(MOST_RULES):
            if f"{key}-{number}" not in posted:
                break
            rules.append(_read_rule(posted, f"{key}-{number}", column))
        if not rules:
            rules.append(RuleDraft(f"{key}-0", column))
    for key in _list_keys(names, EXTRA):
        source = str(posted[f"{key}-source"]).strip() if f"{key}-source" in posted else ""
        if source:
            rule = _read_rule(posted, key, source)
            rule.key = f"extra-{len(draft.extras)}"
            draft.extras.append(rule)
    for key in _list_keys(names, FIXED):
        value = str(posted[f"{key}-value"]) if f"{key}-value" in posted else ""
        if posted[key] or value:
            draft.fixed.append(FixedDraft(f"fixed-{len(draft.fixed)}", str(posted[key]), value))
    return draft


def _list_keys(names: Sequence[str], pattern: re.Pattern[str]) -> list[str]:
    found = [name for name in names if pattern.fullmatch(name)]
    return sorted(found, key=lambda name: int(name.rpartition("-")[2]))[:MOST_EXTRAS]


def _read_rule(posted: Posted, key: str, source: str) -> RuleDraft:
    target = str(posted[key])
    if target == EXCLUDED:
        return RuleDraft(key, source, is_excluded=True)
    rule = RuleDraft(key, source, target)
    for number in range(MOST_STEPS):
        name = f"{key}-step-{number}"
        if name not in posted:
            break
        if posted[name] in TRANSFORMS:
            rule.steps.append(StepDraft.read(posted, name, str(posted[name])))
    return rule
