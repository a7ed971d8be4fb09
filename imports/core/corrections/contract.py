"""What a kind of correction says about itself: when it is offered, what it asks, what it changes.

A new kind is one file in `imports/core/corrections/kinds/` with a `KIND`; nothing else has to know
of it. From there everything follows: the trial on failed records, its card and button on the page
of the error group, what the API and the command line list and accept, before the run as after it,
the sentence in the activity log, and how it is undone. docs/adding-a-correction.md has a whole
example.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from imports.core.mapping import MappedRow, Mapping
from imports.core.problems import Problem
from imports.core.readers import RawRow, ReaderOptions
from imports.core.records.targets import get_label

TRIED = 20


class Asks(StrEnum):
    """What the operator has to say before a correction can be applied.

    `nothing`; a `choice` of one of the changes that the kind proposes, by its value; a `text`,
    which is the value of its one change; the key of a group or role that exists (`membership`); or
    new `values` for any of those that the failed records have in the field.
    """

    NOTHING = "nothing"
    CHOICE = "choice"
    TEXT = "text"
    MEMBERSHIP = "membership"
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

    `rows` are as they were read, `mapped` what the mapping makes of each of them. Without any, what
    is chosen is chosen for records that nobody has seen yet; `columns` are those of the file.
    """

    problem: Problem
    options: ReaderOptions = field(default_factory=ReaderOptions)
    rows: Sequence[RawRow] = ()
    mapped: Sequence[MappedRow] = ()
    columns: Sequence[str] = ()


def keep_mapping(mapping: Mapping, change: Change) -> Mapping:
    """Return the mapping as it is."""
    return mapping


def keep_row(row: RawRow, change: Change) -> RawRow:
    """Return the row as it is."""
    return row


def list_no_choices(failure: Failure) -> Iterable[str]:
    """Return nothing to choose from."""
    return ()


def fits_always(failure: Failure) -> bool:
    """Return that a kind fits every error group that it applies to."""
    return True


def loses_nothing(change: Change) -> str:
    """Return that nothing of the file is lost."""
    return ""


def _name_value(change: Change, helped: int) -> str:
    return change.value


@dataclass(frozen=True, slots=True)
class Words:
    """What a correction is called where it is offered; empty where it says nothing of the kind."""

    button: str
    heading: str
    text: str
    label: str
    help: str
    warning: str


@dataclass(frozen=True, slots=True)
class CorrectionKind:
    """A kind of correction; see the module for where it shows.

    `name` is how it is stored and sent. `applies` says whether it can correct a problem at all,
    `fits` whether there is anything to correct in these records. `make` returns what it changes for
    a problem, before anything is chosen or typed. Of a kind that asks nothing, that is planned on
    the first records of the error group without writing, and offered only if the problem is gone.
    Of a kind that asks for a choice, `list_choices` returns the values to choose from; `rate` tells
    how many of the first `tried` records, mapped with one, it helps. One that helps none is not
    offered. Without `rate`, all are.

    `button` is what the button says, verb first; `heading`, `text`, `label` and `help` are for the
    card of a kind that asks something; `warning` says what is lost, or when it is wrong. All may
    hold `{label}`, what the target is called, and `{key}`. `is_lossy` says that the button must not
    stand out. `name_choice` says what a change is called among the choices, given how many records
    it helps; `selects_first` that the first is selected until the operator chooses, and
    `is_found_by_testing` that a test sign-in finds the right one.

    `describe` is the sentence of the activity log. `change_mapping` and `change_row` do what it
    says; both leave alone what they are given. Undone, they are not called any more, which is all
    that it takes. `name_loss` says what of the records is not imported any more. A kind with
    `creates_membership` changes neither: the missing group or role is created at once, and stays.

    One that `is_for_all` is about something that the file calls by a name: it means the same in
    all records. Chosen before the run, it becomes part of the mapping, where everybody looks for
    it, and a template keeps it. Any other holds for the records of its error group alone, before
    the run as after it.
    """

    name: str
    button: str
    applies: Callable[[Problem], bool]
    make: Callable[[Problem, ReaderOptions], Change]
    describe: Callable[[Change], str]
    change_mapping: Callable[[Mapping, Change], Mapping] = keep_mapping
    change_row: Callable[[RawRow, Change], RawRow] = keep_row
    fits: Callable[[Failure], bool] = fits_always
    list_choices: Callable[[Failure], Iterable[str]] = list_no_choices
    name_loss: Callable[[Change], str] = loses_nothing
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
    is_for_all: bool = False

    def propose(self, failure: Failure) -> list[Change]:
        """Return the changes to choose from; one where something else than a choice is asked."""
        change = self.make(failure.problem, failure.options)
        if self.asks is Asks.CHOICE:
            return [replace(change, value=value) for value in self.list_choices(failure)]
        return [change] if self.fits(failure) else []

    def word(self, change: Change, *, retries: bool) -> Words:
        """Return what a change is called; `retries` says that it also tries the records again."""
        filled = {"label": get_label(change.target), "key": change.key}
        button = self.button.format(**filled)
        return Words(
            f"{button} and retry" if retries and self.asks is not Asks.NOTHING else button,
            self.heading.format(**filled),
            self.text.format(**filled),
            self.label.format(**filled),
            self.help.format(**filled),
            self.warning.format(**filled),
        )
