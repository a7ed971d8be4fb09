"""The lines of the mapping page: each column with where it goes, why, and what was found in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from accounts.attributes import AttributeRule
from imports.core.column_samples import ColumnSample
from imports.core.inspection.inspection import Inspection
from imports.core.mapping import Suggestion
from imports.core.mapping.attribute_types import name_attribute
from imports.core.mapping.drafts import (
    MappingDraft,
    RuleDraft,
    list_unknown_fields,
    name_column,
)
from imports.core.mapping.hints import Hint, list_asked, list_regions, suggest_transforms
from imports.core.mapping.rules import find_secret_columns, get_attribute_name
from imports.core.mapping.suggestions import NO_REASON
from imports.core.mapping.transform_options import StepDraft
from imports.core.providers import get_provider
from imports.core.records.targets import SECRET_TARGETS, list_targets
from imports.core.secrecy import MASK
from imports.views.shared.problems import ShownProblem

# A suggestion below this is a guess that wants a look.
SURE_FROM = 0.9


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A field that a source goes to, with its transforms and those that are proposed.

    `lost` says so of a field that does not exist; `is_unknown` of a source that the record format
    does not know, whose records fail unless it `is_excluded`.
    """

    key: str
    source: str
    target: str
    steps: Sequence[StepDraft]
    hints: Sequence[Hint]
    faults: Sequence[str]
    lost: str
    is_unknown: bool
    is_excluded: bool

    @property
    def is_unfinished(self) -> bool:
        """Return whether an option of one of its transforms is still to be filled in, or wrong."""
        return bool(self.target) and any(step.fault for step in self.steps)


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """One column of the file."""

    key: str
    name: str
    samples: tuple[str, ...]
    filled_percent: int
    is_secret: bool
    rules: Sequence[ShownRule]
    reason: str
    is_guess: bool
    attribute: str
    faults: Sequence[str] = ()
    found: Sequence[ShownProblem] = field(default_factory=list)


class RowDescriber:
    """Describes the lines of one page from what its file, its attributes and its draft say."""

    def __init__(
        self,
        inspection: Inspection,
        suggestions: Iterable[Suggestion],
        attributes: Mapping[str, AttributeRule],
    ) -> None:
        self._columns = {column.name: column for column in inspection.columns}
        self._suggestions = {suggestion.source: suggestion for suggestion in suggestions}
        self._attributes = attributes
        self._regions = list_regions(inspection.columns)
        self._unknown = list_unknown_fields(self._columns, inspection.provider)
        self._asked = list_asked(get_provider(inspection.provider))

    def find_hints(self, rule: RuleDraft) -> list[Hint]:
        """Return the transforms that a rule's column needs for its field and that it lacks."""
        column = self._columns.get(rule.source)
        if column is None or not rule.target:
            return []
        kinds = {step.kind for step in rule.steps} | self._asked
        hints = suggest_transforms(column, rule.target, self._attributes, self._regions)
        return [hint for hint in hints if hint.kind not in kinds]

    def describe_columns(
        self,
        draft: MappingDraft,
        faults: Sequence[str],
        found: Callable[[str], Sequence[ShownProblem]],
    ) -> list[ShownColumn]:
        """Return every column of the draft; `found` gives what a preview found in one."""
        secret = find_secret_columns(draft.build_rules()[0], self._columns)
        return [
            self._describe_column(
                self._columns[name], rules, faults, found(name), is_secret=name in secret
            )
            for name, rules in draft.columns.items()
        ]

    def describe_rule(self, rule: RuleDraft) -> ShownRule:
        """Return a rule of the draft."""
        return ShownRule(
            rule.key,
            rule.source,
            rule.target,
            rule.steps,
            self.find_hints(rule),
            rule.faults,
            "" if self._is_known(rule.target) else f"{rule.target} (not defined)",
            is_unknown=rule.source in self._unknown,
            is_excluded=rule.is_excluded,
        )

    def _is_known(self, target: str) -> bool:
        name = get_attribute_name(target)
        return not target or (name in self._attributes if name else target in list_targets())

    def _describe_column(
        self,
        column: ColumnSample,
        rules: Sequence[RuleDraft],
        faults: Sequence[str],
        found: Sequence[ShownProblem],
        *,
        is_secret: bool,
    ) -> ShownColumn:
        targets = [rule.target for rule in rules]
        suggestion = self._suggestions[column.name]
        is_as_suggested = targets == [suggestion.target or ""]
        is_secret |= column.looks_secret or not SECRET_TARGETS.isdisjoint(targets)
        is_masked_already = column.looks_secret or not is_secret
        return ShownColumn(
            key=name_column(column.name),
            name=column.name,
            samples=column.samples if is_masked_already else (MASK,) * len(column.samples),
            filled_percent=round(column.filled * 100),
            is_secret=is_secret,
            rules=[self.describe_rule(rule) for rule in rules],
            reason=suggestion.reason if is_as_suggested and suggestion.reason != NO_REASON else "",
            is_guess=is_as_suggested
            and suggestion.target is not None
            and suggestion.confidence < SURE_FROM,
            attribute=name_attribute(column.name),
            faults=[fault for fault in faults if f"column “{column.name}”" in fault],
            found=found,
        )
