"""What the buttons of the mapping page do to a draft of a mapping."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from imports.core.mapping.drafts import MOST_RULES, MOST_STEPS, MappingDraft, RuleDraft
from imports.core.mapping.hints import Hint
from imports.core.mapping.transform_options import StepDraft
from imports.core.transforms import TRANSFORMS

FindHints = Callable[[RuleDraft], Sequence[Hint]]


def edit_draft(draft: MappingDraft, action: str, chosen: str, find_hints: FindHints) -> None:
    """Do what a button says: NAME:KEY or NAME:KEY:NUMBER. One that does not fit does nothing.

    `chosen` is the kind of transform that is selected beside the button.
    """
    name, _, rest = action.partition(":")
    key, _, place = rest.partition(":")
    number = int(place) if place.isdecimal() and len(place) < 4 else -1
    if name == "add-field":
        _add_field(draft, key)
    elif (rule := draft.find_rule(key)) is not None:
        _edit_rule(rule, name, number, chosen, find_hints)


def _add_field(draft: MappingDraft, key: str) -> None:
    column = draft.find_column(key)
    if column is not None and len(draft.columns[column]) < MOST_RULES:
        rules = draft.columns[column]
        rules.append(RuleDraft(f"{key}-{len(rules)}", column))


def _edit_rule(rule: RuleDraft, name: str, number: int, chosen: str, find_hints: FindHints) -> None:
    steps = rule.steps
    if name == "add-step" and chosen in TRANSFORMS and len(steps) < MOST_STEPS:
        steps.append(StepDraft.new(chosen))
    elif name == "remove-step" and 0 <= number < len(steps):
        del steps[number]
    elif name == "raise-step" and 0 < number < len(steps):
        steps[number - 1 : number + 1] = reversed(steps[number - 1 : number + 1])
    elif name == "use-hint":
        hints = find_hints(rule)
        if 0 <= number < len(hints) and len(steps) < MOST_STEPS:
            steps.append(make_step(hints[number]))


def make_step(hint: Hint) -> StepDraft:
    """Return the transform that a hint proposes, with what has to be chosen left open."""
    if hint.transform is None:
        return StepDraft.new(hint.kind)
    step = StepDraft.of(hint.transform)
    step.is_new = True
    return step
