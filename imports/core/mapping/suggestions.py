"""Propose a target field for each column: by preset, by name, and by the look of its values."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from accounts.attributes import AttributeRule
from imports.core.account_states import recognise_state
from imports.core.column_samples import ColumnSample
from imports.core.inspection.inspection import SHAPES, Inspection
from imports.core.mapping.attribute_types import BORDER
from imports.core.mapping.hints import VERIFIED, list_asked, list_regions, suggest_transforms
from imports.core.mapping.names import (
    DATE_NAMES,
    EXPECTED_SHAPES,
    JOINT_NAMES,
    NAMES,
    NOT_OF_ACCOUNT,
    NOT_THEIRS,
    OF_A_PERSON,
    PARTIAL_FROM,
    PARTIAL_TARGETS,
    PERSONAL_NUMBERS,
    VETOES,
)
from imports.core.mapping.rules import Mapping, Rule
from imports.core.providers import Provider, fold_name, get_provider
from imports.core.records.targets import ACTIVE, ATTRIBUTES, TIMESTAMPS, get_label, list_targets
from imports.core.transforms import Transform
from imports.core.transforms.families.account_state import AccountState

TARGET_OF_SHAPE = {
    "email": ("profile.email", "e-mail addresses"),
    "phone": ("profile.phone", "phone numbers"),
    "hash": ("authenticators.password.hash", "password hashes"),
}
SIMILAR_FROM = 88.0
OFTEN_FILLED = 0.5
# Europe/Berlin, UTC, CET or EST5EDT; other names of zones, such as Berlin, are no such ids.
ZONE = re.compile(r"[A-Za-z_]+/[\w/+-]+|[A-Z]{1,4}(?:[+-]?\d+)?(?:[A-Z]{3})?")
# What the reader calls columns that have no name, and cells beyond the last column.
UNNAMED = re.compile(r"\((?:column|cell) \d+\)")
SUBJECT_ID = "subject_id"
NO_REASON = "No field has a similar name."


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Where a column should go; nowhere when `target` is None. `confidence` is from 0 to 1."""

    source: str
    target: str | None
    confidence: float
    reason: str
    transforms: tuple[Transform, ...] = ()


def suggest_mapping(
    inspection: Inspection, attributes: MappingType[str, AttributeRule]
) -> list[Suggestion]:
    """Return one suggestion for each column, in the order of the columns.

    At most one column is suggested for a field that takes one value: the surest, else the first.
    Whether an account is active can be said by several.
    """
    provider = get_provider(inspection.provider)
    columns = inspection.columns
    found = [_suggest(column, provider, attributes) for column in columns]
    order = sorted(range(len(found)), key=lambda index: _rank(found[index], columns[index]))
    taken: dict[str, str] = {}
    for index in order:
        suggestion = found[index]
        target = suggestion.target
        if target is None:
            continue
        if target in taken and not _takes_several(target):
            reason = f"Looks like “{get_label(target)}” too, which “{taken[target]}” goes to."
            found[index] = Suggestion(suggestion.source, None, 0.0, reason)
        taken.setdefault(target, suggestion.source)
    regions, asked = list_regions(columns), list_asked(provider)
    return [
        _add_transforms(suggestion, column, attributes, regions, asked)
        for suggestion, column in zip(found, columns, strict=True)
    ]


def _rank(suggestion: Suggestion, column: ColumnSample) -> tuple[bool, float]:
    """Return the place of a suggestion among others for the same field; the lowest is first.

    A blank column is no evidence, and no id is one that most lack: one with values goes before it,
    unless a preset names it.
    """
    is_guess = suggestion.confidence < 1
    is_blank = not column.filled
    # An id that most people lack is another number of a few.
    is_rare_id = suggestion.target == SUBJECT_ID and column.filled < OFTEN_FILLED
    return is_guess and (is_blank or is_rare_id), -suggestion.confidence


def _add_transforms(
    suggestion: Suggestion,
    column: ColumnSample,
    attributes: MappingType[str, AttributeRule],
    regions: list[str],
    asked: Collection[str],
) -> Suggestion:
    """Return a suggestion with the transforms that its values need, if it has none yet.

    One that waits for a choice is left to the page, which shows it; if most records would fail
    without that choice, nothing is suggested.
    """
    if suggestion.target is None or suggestion.transforms:
        return suggestion
    hints = suggest_transforms(column, suggestion.target, attributes, regions)
    ready = [hint for hint in hints if hint.transform is not None and hint.kind not in asked]
    waiting = [hint for hint in hints if hint.transform is None and hint.kind not in asked]
    if waiting and suggestion.confidence < 1 and not _mostly_fits(column, suggestion.target):
        reason = f"Looks like “{get_label(suggestion.target)}”. {waiting[0].reason}"
        return Suggestion(suggestion.source, None, 0.0, reason)
    if not ready:
        return suggestion
    return replace(
        suggestion,
        reason=" ".join((suggestion.reason, *(hint.reason for hint in ready))),
        confidence=min(suggestion.confidence, *(hint.confidence for hint in ready)),
        transforms=tuple(hint.transform for hint in ready if hint.transform is not None),
    )


def _suggest(
    column: ColumnSample, provider: Provider, attributes: MappingType[str, AttributeRule]
) -> Suggestion:
    if preset := provider.find_preset(column.name):
        return Suggestion(column.name, preset.target, 1.0, preset.reason, preset.transforms)
    state = None if provider.is_record else _find_state(column, provider)
    if reason := provider.explain_loss(column.name):
        return state or Suggestion(column.name, None, 1.0, reason)
    if provider.is_record:
        reason = "The record format has no such field: check its spelling, or leave it out here."
        return Suggestion(column.name, None, 0.0, reason)
    nothing = Suggestion(column.name, None, 0.0, NO_REASON)
    guesses = [
        guess
        for guess in _guess(column, attributes)
        if guess.target != SUBJECT_ID or not _has_own_id(provider)
    ]
    stated = [state] if state is not None else []
    best: Suggestion = max((nothing, *stated, *guesses), key=lambda guess: guess.confidence)
    return best


def _find_state(column: ColumnSample, provider: Provider) -> Suggestion | None:
    """Return that a column says who may sign in, unless the provider has read it already."""
    is_read = fold_name(column.name) in provider.reads_states or column.name.startswith("(")
    if column.looks_secret or (is_read and not UNNAMED.fullmatch(column.name)):
        return None
    state = recognise_state(
        column.name,
        column.vocabulary or column.samples,
        column.filled,
        is_complete=bool(column.vocabulary),
    )
    if state is None:
        return None
    step = AccountState(means=state.means, asks=state.asks, blanks=state.blanks)
    return Suggestion(column.name, ACTIVE, state.confidence, state.reason, (step,))


def _has_own_id(provider: Provider) -> bool:
    """Return whether the provider knows its ids: another column that looks like one is none."""
    return any(preset.target == SUBJECT_ID for preset in provider.presets.values())


def _guess(
    column: ColumnSample, attributes: MappingType[str, AttributeRule]
) -> Iterator[Suggestion]:
    """Yield what the column could be, by its name and by the look of its values."""
    for name in attributes:
        if fold_name(name) in _list_names(column):
            reason = f"There is an attribute “{name}”."
            yield Suggestion(column.name, f"{ATTRIBUTES}.{name}", 0.96, reason)
    yield from _guess_by_name(column)
    yield from _guess_by_part(column)
    if column.shape in TARGET_OF_SHAPE and NOT_THEIRS.isdisjoint(_split_words(column.name)):
        target, values = TARGET_OF_SHAPE[column.shape]
        yield Suggestion(column.name, target, 0.5, f"The values look like {values}.")


def _guess_by_name(column: ColumnSample) -> Iterator[Suggestion]:
    for position, name in enumerate(_list_names(column)):
        match = process.extractOne(name, list(NAMES), scorer=fuzz.ratio, score_cutoff=SIMILAR_FROM)
        if match is None:
            continue
        known, score, _ = match
        if known in JOINT_NAMES and "." in column.name:
            continue  # name.vorname is the first name alone
        target = _choose_field(known, column)
        if not _fits(column, target) or (score < 100 and _is_vetoed(column, known)):
            continue
        certainty = "is" if score == 100 else "is almost"
        reason = f"“{column.name}” {certainty} another name for “{get_label(target)}”."
        penalty = position + (known in PERSONAL_NUMBERS)
        confidence = round(score / 100 * 0.95 - 0.05 * penalty, 3)
        yield Suggestion(column.name, target, confidence, reason)


def _guess_by_part(column: ColumnSample) -> Iterator[Suggestion]:
    """Yield the fields whose name is a part of the column's: “customer_email” is an e-mail.

    A part of the name is not enough without values.
    """
    if not column.filled:
        return
    folded = "" if UNNAMED.fullmatch(column.name) else fold_name(column.name)
    parts = [name for name in NAMES if len(name) >= PARTIAL_FROM and name in folded]
    for name in sorted(parts, key=len, reverse=True)[:1]:
        target = NAMES[name]
        if target not in PARTIAL_TARGETS or not _fits(column, target) or _is_vetoed(column, name):
            continue
        expected = EXPECTED_SHAPES.get(target)
        bears_out = bool(column.shape) and expected is not None and column.shape in expected
        agree = ", and so do the values" if bears_out else ""
        reason = f"“{column.name}” resembles “{get_label(target)}”{agree}."
        yield Suggestion(column.name, target, 0.8 if bears_out else 0.6, reason)


def _list_names(column: ColumnSample) -> list[str]:
    """Return the folded name of a column, and that of the last step of a dotted path."""
    if UNNAMED.fullmatch(column.name):
        return []
    names = (column.name, column.name.rpartition(".")[2])
    return list(dict.fromkeys(fold_name(name) for name in names))


def _choose_field(name: str, column: ColumnSample) -> str:
    """Return the field that a known name stands for, beside such values."""
    target = NAMES[name]
    if target == "authenticators.password.plaintext" and column.shape == "hash":
        return "authenticators.password.hash"
    if target == "profile.username" and _mostly_spaced(column):
        return "profile.display_name"  # a name to be called by
    return DATE_NAMES.get(name, target) if column.shape == "date" else target


def _is_vetoed(column: ColumnSample, name: str) -> bool:
    """Return whether a word besides the known name says that the column is about something else."""
    others = {word for word in _split_words(column.name) if word not in name}
    if name == "name":
        return not others <= OF_A_PERSON
    vetoes = VETOES | NOT_OF_ACCOUNT if NAMES[name] in TIMESTAMPS else VETOES
    return not vetoes.isdisjoint(others)


def _split_words(name: str) -> list[str]:
    """Return the words of a column's name in lower case: companyName is company and name."""
    return [word for word in re.split(r"[\W_]+", BORDER.sub(" ", name).lower()) if word]


def _fits(column: ColumnSample, target: str) -> bool:
    """Return whether the values of the column are such as the target field has."""
    expected = EXPECTED_SHAPES.get(target)
    if expected is None or not column.filled:
        return True
    if target in VERIFIED and column.shape == "number":
        return bool(column.number_unit)
    if target == "profile.username" and column.number_unit and fold_name(column.name) == "login":
        return False  # when somebody signed in, such as in Drupal
    if target == "profile.zoneinfo" and not any(map(ZONE.fullmatch, column.samples)):
        return False
    return column.shape in expected


def _mostly_spaced(column: ColumnSample) -> bool:
    """Return whether most samples consist of several words."""
    return sum(" " in text.strip() for text in column.samples) * 2 > len(column.samples)


def _mostly_fits(column: ColumnSample, target: str) -> bool:
    """Return whether most samples are what the field takes as it is, damaged ones apart."""
    if target != "profile.phone":
        return True
    patterns = [SHAPES[shape] for shape in ("phone", "number")]
    numbers = [text for text in column.samples if any(each.fullmatch(text) for each in patterns)]
    return sum(text.startswith("+") for text in numbers) * 2 >= len(numbers)


def _takes_several(target: str) -> bool:
    known = list_targets().get(target)
    return target == ACTIVE or (known is not None and known.is_list)


def build_mapping(suggestions: Iterable[Suggestion], provider: str, source_name: str) -> Mapping:
    """Return the mapping that follows every suggestion.

    A column that is unknown in the record format is not ignored: its records fail, because it is
    more often misspelt than superfluous.
    """
    is_record = get_provider(provider).is_record
    rules, ignored = [], []
    for suggestion in suggestions:
        if suggestion.target is None:
            ignored += [] if is_record else [suggestion.source]
        else:
            transforms = list(suggestion.transforms)
            rules.append(
                Rule(source=suggestion.source, target=suggestion.target, transforms=transforms)
            )
    return Mapping(provider=provider, source_name=source_name, rules=rules, ignored=ignored)
