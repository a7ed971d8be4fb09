"""What a kind of decision says about itself: whom it concerns, what can be chosen, what follows.

A new kind is one file in `imports/core/decisions/kinds/` with a `KIND`; nothing else has to know of
it. From there everything follows: its problem code, the counts and the form of the dry run, the
answers of the command line and the API, and the correction of records that failed for want of one.

    KIND = DecisionKind(
        code="state_unclear",             # the problem code of records that wait for the answer
        title="May this person sign in?",
        message="“{value}” can mean that the account is disabled",       # {value} is Concern.value
        advice="Answer it on the dry-run page …",
        afterwards="Answer it for all of them at once …",
        text="“{column}” seems to say who may sign in: {values}.",      # also {count}
        choices=(Choice("active", "Import as active"), Choice("disabled", "Import as disabled")),
        prepare=prepare,                  # Setting -> find, or None where no record is concerned
        apply=apply,                      # (record, concern, choice) -> None: changes the record
        certain_text="…",                 # of values whose proposal holds unanswered, if there are
    )

The catalogue of problems is made from these modules, so they stand below it and import nothing of
it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from imports.core.column_samples import ColumnSample
from imports.core.questions import Question

# A row as the rules of the mapping see it, by column; and a record as they make it, nested and not
# validated yet: {"subject_id": "7", "authenticators": {"password": {"plaintext": "…"}}}.
Source = Mapping[str, Any]
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to answer. `id` is what answers say, `label` what pages say: verb first."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Concern:
    """One value of one record about which somebody has to decide.

    `column` is the source column as problems name it, or the target field where there is none;
    `value` what an answer can be given for: the value itself, or where that is a secret its outline
    (never a part of it). `field` is the target field of the problem. `choices` are the ids that fit
    this value, `proposal` the choice selected on the page until somebody decides; empty where
    there is no good guess. Records of equal column and value have equal choices and proposal.
    `is_certain` says that the value can mean nothing but the proposal, which then holds unanswered.
    """

    column: str
    value: str
    field: str
    choices: tuple[str, ...]
    proposal: str = ""
    is_certain: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """What a kind can know before the first record: the mapping, and the head of the file.

    `origins` names for a target field the columns that go to it; `constants` are the target fields
    that have one value for all records; `samples` are what the inspection found, by column, and
    empty where nothing was inspected. `open_questions` are those required of the source system that
    nobody has answered. All are the same for every chunk.
    """

    origins: Mapping[str, str]
    constants: Collection[str] = ()
    samples: Mapping[str, ColumnSample] = field(default_factory=dict)
    open_questions: Sequence[Question] = ()


Find = Callable[[Source, Record], Iterable[Concern]]


@dataclass(frozen=True, slots=True)
class DecisionKind:
    """A kind of decision; see the module for an example.

    `text` is about the values that wait for an answer or have one, `certain_text` about those that
    need none.

    `prepare` is called once for a mapping and returns what finds the concerns of each record, or
    None; what it returns changes nothing and depends on nothing but the record. `apply` changes the
    record as a choice says. Kinds of lower `order` come first, and later ones see what those made
    of the record. `summary_label` is what the password summary calls passwords that wait for the
    answer; empty for a decision about anything else. `is_found_by_testing` says that a test sign-in
    finds the answer; `is_answered_in_mapping` that the mapping page has a field for it;
    `compares_rows` that no record by itself is concerned, but one beside another
    of its file: then `message` may name that one as {row}, and every choice fits every value.
    """

    code: str
    title: str
    message: str
    advice: str
    afterwards: str
    text: str
    choices: tuple[Choice, ...]
    prepare: Callable[[Setting], Find | None]
    apply: Callable[[Record, Concern, str], None]
    order: int = 50
    summary_label: str = ""
    is_found_by_testing: bool = False
    is_answered_in_mapping: bool = False
    compares_rows: bool = False
    certain_text: str = ""

    def find_label(self, choice: str) -> str:
        """Return what a choice is called."""
        return next((each.label for each in self.choices if each.id == choice), choice)

    @property
    def choice_ids(self) -> tuple[str, ...]:
        return tuple(choice.id for choice in self.choices)


def read_password(record: Record) -> Record:
    """Return the password of a record, to be changed in place; empty where it has none."""
    authenticators = record.get("authenticators")
    password = authenticators.get("password") if isinstance(authenticators, dict) else None
    return password if isinstance(password, dict) else {}


def drop_empty_password(record: Record) -> None:
    """Take the password out of a record if neither a hash nor a plain password is left in it."""
    password = read_password(record)
    if not (password.get("hash") or password.get("plaintext")):
        del record["authenticators"]["password"]
