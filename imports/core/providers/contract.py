"""What a source system has to say about itself: recognise it, map it, normalise its quirks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from imports.core.questions import Question
from imports.core.readers.related_tables import Table
from imports.core.transforms import Transform
from imports.core.values.names import fold_name

__all__ = [
    "Answers",
    "Evidence",
    "Preset",
    "Provider",
    "Question",
    "Strength",
    "Values",
    "certain",
    "fold_name",
    "strong",
    "weak",
]

# The column in which `normalise` lists, in a few words each, the parts of a row that go nowhere
# although they are in columns that are carried; the dry run counts them.
NOT_CARRIED = "(not carried)"

Values = dict[str, Any]
Answers = Mapping[str, str]


class Strength(IntEnum):
    """How sure evidence makes that a file is from a source system.

    CERTAIN is a name or a value that no other system writes, STRONG what only this one has
    together, WEAK what another could write as well.
    """

    WEAK = 1
    STRONG = 2
    CERTAIN = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a source system: how strongly, and why, in sentences."""

    strength: Strength
    reasons: tuple[str, ...]


def certain(*reasons: str) -> Evidence:
    return Evidence(Strength.CERTAIN, reasons)


def strong(*reasons: str) -> Evidence:
    return Evidence(Strength.STRONG, reasons)


def weak(*reasons: str) -> Evidence:
    return Evidence(Strength.WEAK, reasons)


@dataclass(frozen=True, slots=True)
class Preset:
    """Where a known column goes, and why."""

    target: str
    reason: str
    transforms: tuple[Transform, ...] = ()


def keep_values(values: Values, answers: Answers) -> Values:
    return values


def find_no_preset(column: str) -> Preset | None:
    return None


def exclude_nothing(values: Values) -> str:
    return ""


def tell_nothing(values: Values) -> Values | None:
    return None


def know_no_envelope(names: Collection[str]) -> str:
    return ""


def recognise_nothing(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    return None


@dataclass(frozen=True, slots=True)
class Provider:
    """A system that users are exported from.

    `recognise` gets the columns and the first rows of a file, and returns the evidence, or None
    when the file is not from this provider; the strongest of all providers counts. `normalise`
    must not change the values it is given; what it adds are columns in parentheses. It gets the
    answers to the provider's `questions` by name. `presets` are by column or by folded name;
    `find_other_preset` is for columns whose names are not known beforehand. `excludes` gets
    normalised values and says in a sentence why a row is no user; empty for one that is.
    `tables` are those of an export in several tables, joined into one row for each user: the
    rows of a child table are a list in the user's row, under the table's name. `not_carried`
    explains by folded name the columns that go nowhere, `lacks` says in sentences what such an
    export never holds. `reads_states` are the folded paths of the columns that say who may sign
    in and that `normalise` or `excludes` has read; any other of that kind is asked for.
    `names_export` gets the folded names at the top level of a JSON object without a list of
    users, and says in a few words what export of this system it is; empty when it is none.
    `is_record` says that rows are canonical records, of which fields that no rule names are
    kept too. `merges_on` is the column by which adjacent rows of a table are one user;
    `normalise` then gets the first, with the others in “(further rows)”.

    `read_before` gets a row as it was read, and returns what the row would be if nothing had
    changed, where it changes a user and says so; None for one that says nothing of it. `always`
    are columns, with their target fields, that no mapping decides about. `free_objects` are those
    in which the system keeps fields that each installation names.

    `is_sparse` says that records have only the fields they have a value for, so that a column may
    first occur beyond the head of a file that is inspected: all columns of `presets` are offered
    then, and these are spelt as in the file. `carries` says in its document what carries where no
    `presets` do.
    """

    name: str
    label: str
    how_to_export: str
    recognise: Callable[[Sequence[str], Sequence[Values]], Evidence | None] = recognise_nothing
    presets: Mapping[str, Preset] = field(default_factory=dict)
    find_other_preset: Callable[[str], Preset | None] = find_no_preset
    normalise: Callable[[Values, Answers], Values] = keep_values
    questions: tuple[Question, ...] = ()
    read_before: Callable[[Values], Values | None] = tell_nothing
    always: Mapping[str, str] = field(default_factory=dict)
    free_objects: tuple[str, ...] = ()
    excludes: Callable[[Values], str] = exclude_nothing
    tables: Table | None = None
    not_carried: Mapping[str, str] = field(default_factory=dict)
    lacks: tuple[str, ...] = ()
    reads_states: frozenset[str] = frozenset()
    names_export: Callable[[Collection[str]], str] = know_no_envelope
    is_record: bool = False
    is_sparse: bool = False
    merges_on: str = ""
    carries: str = ""

    def list_unseen(self, seen: Collection[str], *, header_is_complete: bool) -> list[str]:
        """Return the columns that records beyond the head may have; a header names all but ours."""
        if not self.is_sparse:
            return []
        return [
            column
            for column, preset in self.presets.items()
            if column not in seen and (column.startswith("(") or not header_is_complete)
        ]

    def find_preset(self, column: str) -> Preset | None:
        """Return where a column of this provider goes; None when that is not known."""
        known = self.presets.get(column) or self.presets.get(fold_name(column))
        return known or self.find_other_preset(column)

    def explain_loss(self, column: str) -> str:
        """Return why a column, or an object it is in, is not imported; empty when not known."""
        while column and not (reason := self.not_carried.get(fold_name(column), "")):
            column = column.rpartition(".")[0]
        return reason if column else ""
