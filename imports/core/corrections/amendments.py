"""What retries do otherwise than a job's mapping says, for the records that this is to mend."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from accounts.hashing import FORMATS
from imports.core.corrections.extra_cells import cut_surplus, join_surplus
from imports.core.decisions import KINDS, add_choices, name_value, split_key
from imports.core.mapping.rules import Mapping, Rule
from imports.core.providers import get_provider
from imports.core.readers import RawRow
from imports.core.readers.rows import DELIMITERS
from imports.core.records.targets import PASSWORD_FORMAT, get_label, is_target
from imports.core.transforms import Transform
from imports.core.transforms.families.text import Lower, Trim
from imports.core.transforms.families.words import Default, Lookup


class Repair(StrEnum):
    """What an amendment does."""

    TRIM = "trim"
    LOWER = "lower"
    REPLACE = "replace"
    DEFAULT = "default"
    FORMAT = "format"
    IGNORE = "ignore"
    GROUP = "group"
    ROLE = "role"
    CUT_BLANK = "cut blank"
    CUT = "cut"
    JOIN = "join"
    ANSWER = "answer"


class Amendment(BaseModel):
    """One change of the mapping, or of how a row is cut into cells, as it is stored with a job.

    `number` is what rows name it by; `attempt` is the first that it holds for. `target` is the
    field that it is about, or the part of the record that is ignored; `key` is the value, group or
    role of the file that becomes `value`, empty for none; of the format “digest”, the digest; of
    what is joined, the column, and `value` the delimiter; of an answer, the value that a decision
    is about, `target` its name and `value` the choice. One that was taken back does nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: int
    attempt: int
    repair: Repair
    target: str = ""
    key: str = ""
    value: str = ""
    is_taken_back: bool = False

    @property
    def sentence(self) -> str:
        """Return what it does, in words."""
        return _SENTENCES[self.repair](self)


def _say_name(amendment: Amendment) -> str:
    kind, key = amendment.repair.value, amendment.key
    if not amendment.value:
        return f"The {kind} “{key}” is left behind"
    return f"The {kind} “{key}” becomes “{amendment.value}”"


def _say_answer(amendment: Amendment) -> str:
    code, column = split_key(amendment.target)
    label = KINDS[code].find_label(amendment.value)
    return f"{column}, {name_value(amendment.key)}: {label}"


_SENTENCES: dict[Repair, Callable[[Amendment], str]] = {
    Repair.TRIM: lambda each: f"{get_label(each.target)}: white space at both ends is removed",
    Repair.LOWER: lambda each: f"{get_label(each.target)}: written in lower case",
    Repair.REPLACE: lambda each: (
        f"{get_label(each.target)}: “{each.key}” becomes “{each.value}”"
        if each.value
        else f"{get_label(each.target)}: “{each.key}” is left out"
    ),
    Repair.DEFAULT: lambda each: f"{get_label(each.target)}: “{each.value}” where there is none",
    Repair.FORMAT: lambda each: f"The password hashes are {FORMATS[each.value].label}",
    Repair.IGNORE: lambda each: f"{get_label(each.target)} is not carried",
    Repair.GROUP: _say_name,
    Repair.ROLE: _say_name,
    Repair.CUT_BLANK: lambda each: "Empty cells beyond the last column are left out",
    Repair.CUT: lambda each: "All cells beyond the last column are left out, whatever they hold",
    Repair.JOIN: lambda each: (
        f"Column {each.key}: its value is joined again where it was cut at a"
        f" {DELIMITERS.get(each.value, each.value)}"
    ),
    Repair.ANSWER: _say_answer,
}


def read_amendments(stored: Iterable[Any]) -> list[Amendment]:
    """Return the amendments of a job."""
    return [Amendment.model_validate(each) for each in stored]


def amend_mapping(mapping: Mapping, amendments: Iterable[Amendment]) -> Mapping:
    """Return the mapping with amendments; where two are about one value, the later one holds."""
    for amendment in amendments:
        if not amendment.is_taken_back:
            mapping = _amend(mapping, amendment)
    return mapping


def _amend(mapping: Mapping, amendment: Amendment) -> Mapping:
    target = amendment.target
    match amendment.repair:
        case Repair.GROUP | Repair.ROLE:
            return _rename(mapping, f"{amendment.repair.value}s", amendment)
        case Repair.IGNORE:
            return _ignore(mapping, target)
        case Repair.TRIM:
            return _transform(mapping, target, first=Trim())
        case Repair.LOWER:
            return _transform(mapping, target, first=Lower())
        case Repair.REPLACE:
            table = {amendment.key: amendment.value}
            return _transform(mapping, target, first=Lookup(table=table))
        case Repair.DEFAULT:
            return _transform(mapping, target, last=Default(value=amendment.value))
        case Repair.FORMAT:
            constants = {**mapping.constants, PASSWORD_FORMAT: amendment.value}
            return mapping.model_copy(update={"constants": constants})
        case Repair.ANSWER:
            return _answer(mapping, amendment)
        case Repair.CUT_BLANK | Repair.CUT | Repair.JOIN:
            return mapping


def _answer(mapping: Mapping, amendment: Amendment) -> Mapping:
    chosen = {amendment.key: amendment.value}
    answers = add_choices(mapping.answers, amendment.target, chosen)
    return mapping.model_copy(update={"answers": answers})


def amend_row(row: RawRow, amendments: Iterable[Amendment]) -> RawRow:
    """Return a row with the amendments that are about its cells."""
    for amendment in amendments:
        if not amendment.is_taken_back:
            row = _amend_cells(row, amendment)
    return row


def _amend_cells(row: RawRow, amendment: Amendment) -> RawRow:
    match amendment.repair:
        case Repair.CUT_BLANK | Repair.CUT:
            return cut_surplus(row, with_text=amendment.repair is Repair.CUT)
        case Repair.JOIN:
            return join_surplus(row, amendment.key, amendment.value)
        case _:
            return row


def _rename(mapping: Mapping, kind: str, amendment: Amendment) -> Mapping:
    names = {**getattr(mapping, kind), amendment.key: amendment.value}
    return mapping.model_copy(update={kind: names})


def _ignore(mapping: Mapping, target: str) -> Mapping:
    """Return the mapping without the field, or without all fields of a part of the record."""

    def is_kept(path: str) -> bool:
        return path != target and not path.startswith(f"{target}.")

    changes: dict[str, Any] = {
        "rules": [rule for rule in mapping.rules if is_kept(rule.target)],
        "constants": {path: value for path, value in mapping.constants.items() if is_kept(path)},
    }
    if get_provider(mapping.provider).is_record:
        changes["ignored"] = [*mapping.ignored, target]
    return mapping.model_copy(update=changes)


def _transform(
    mapping: Mapping,
    target: str,
    *,
    first: Transform | None = None,
    last: Transform | None = None,
) -> Mapping:
    """Return the mapping with one more transform of what goes to a field.

    Before all others, it meets the value as the file has it; after them, as the field would.
    """
    rules = list(mapping.rules)
    if all(rule.target != target for rule in rules) and get_provider(mapping.provider).is_record:
        rules.append(Rule(source=target, target=target))
    before, after = ([first] if first else []), ([last] if last else [])
    amended = [
        rule.model_copy(update={"transforms": [*before, *rule.transforms, *after]})
        if rule.target == target
        else rule
        for rule in rules
    ]
    return mapping.model_copy(update={"rules": amended})


def find_target(field: str) -> str:
    """Return the field of the mapping that a problem's field is, or lies in; empty if none."""
    path = field.partition("[")[0]
    while path and not is_target(path):
        path = path.rpartition(".")[0]
    return path
