"""What a kind of correction says about itself: when it is offered, what it asks, what it changes.

A new kind is one file in `imports/core/corrections/kinds/` with a `KIND`; nothing else has to know
of it. From there everything follows: the trial on failed records, its card and button on the page
of the error group, what the API accepts, the sentence in the activity log, and how it is undone.
docs/adding-a-correction.md has a whole example.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from imports.core.mapping import MappedRow, Mapping
from imports.core.problems import Problem
from imports.core.readers import RawRow, ReaderOptions

TRIED = 20


class Asks(StrEnum):
    """What the operator has to say before a correction can be applied."""

    NOTHING = "nothing"
    # One of the changes that the kind proposes, by its value.
    CHOICE = "choice"
    # The value of the one change that the kind proposes.
    TEXT = "text"
    # Likewise, but it is the key of a group or role that exists.
    MEMBERSHIP = "membership"
    # A new value for any of those that the failed records have in the field.
    VALUES = "values"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is done otherwise than the mapping says, for some records.

    `kind` is the name of a kind of correction. `target` is what it is about: a target field, a part
    of the record, or the name of a decision. `key` is the value of the file that is concerned, and
    `value` what was chosen or typed; what the two mean is up to the kind.
    """

    kind: str
    target: str = ""
    key: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """What is known of an error group: its problem, its first rows, and how the file is read.

    `rows` are as they were read, `mapped` what the mapping makes of each of them.
    """

    problem: Problem
    rows: Sequence[RawRow]
    mapped: Sequence[MappedRow]
    options: ReaderOptions


def keep_mapping(mapping: Mapping, change: Change) -> Mapping:
    """Return the mapping as it is."""
    return mapping


def keep_row(row: RawRow, change: Change) -> RawRow:
    """Return the row as it is."""
    return row


def _name_value(change: Change, helped: int) -> str:
    return change.value


@dataclass(frozen=True, slots=True)
class CorrectionKind:
    """A kind of correction; see the module for where it shows.

    `name` is how it is stored and sent. `applies` says whether it can correct a problem at all;
    `propose` yields the changes to offer. Of a kind that asks nothing, each change is planned on
    the first records of the error group without writing, and offered only if the problem is gone.
    Of a kind that asks for a choice, `rate` tells how many of the first `tried` records, mapped
    with a change, it helps; a change that helps none is not offered. Without it, all are.

    `button` is what the button says, verb first; `heading`, `text`, `label` and `help` are for the
    card of a kind that asks something; `warning` says what is lost, or when it is wrong. All may
    hold `{label}`, what the target is called, and `{key}`. `is_lossy` says that the button must not
    stand out. `name_choice` says what a change is called among the choices, given how many records
    it helps; `selects_first` that the first is selected until the operator chooses, and
    `is_found_by_testing` that a test sign-in finds the right one.

    `describe` is the sentence of the activity log. `change_mapping` and `change_row` do what it
    says; both leave alone what they are given. Undone, they are not called any more, which is all
    that it takes. A kind with `creates_membership` changes neither: the missing group or role is
    created before the retry, and stays.
    """

    name: str
    button: str
    applies: Callable[[Problem], bool]
    propose: Callable[[Failure], Iterable[Change]]
    describe: Callable[[Change], str]
    change_mapping: Callable[[Mapping, Change], Mapping] = keep_mapping
    change_row: Callable[[RawRow, Change], RawRow] = keep_row
    asks: Asks = Asks.NOTHING
    order: int = 50
    heading: str = ""
    text: str = ""
    label: str = ""
    help: str = ""
    warning: str = ""
    is_lossy: bool = False
    rate: Callable[[Sequence[MappedRow]], int] | None = None
    tried: int = TRIED
    name_choice: Callable[[Change, int], str] = _name_value
    selects_first: bool = False
    is_found_by_testing: Callable[[Problem], bool] = lambda problem: False
    creates_membership: bool = False
