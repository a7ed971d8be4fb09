"""Everything that the dry run finds in the rows of one chunk, in a form that can be added up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Self

import orjson

from imports.core.decisions import find_column_key, write_decision
from imports.core.dry_run.causes import list_causes
from imports.core.dry_run.columns import Cells, ColumnUse, gather_columns
from imports.core.dry_run.damage import count_digits, find_damage
from imports.core.dry_run.fields import Comparison
from imports.core.dry_run.losses import LOSING
from imports.core.dry_run.people import People, find_odd_dates
from imports.core.dry_run.sensitive import find_cards, find_national_ids
from imports.core.dry_run.shapes import Example
from imports.core.dry_run.tally import Tally
from imports.core.dry_run.unread import UNSTORABLE, Parts, SourceRow
from imports.core.mapping import MappedRow
from imports.core.mapping.sources import compile_source
from imports.core.planning.plans import IMPORTING, Action, Change, Plan
from imports.core.problems import Problem, group_problem
from imports.core.problems.of_updates import UNCHANGED
from imports.core.providers.contract import NOT_CARRIED
from imports.core.records.password_summary import PasswordSummary
from imports.core.secrecy import show
from imports.core.values.names import fold_name

VALUE_LENGTH = 80
# Of each error group: on these, corrections are tried.
FIRST_ROWS = 200
# Where groups of LDAP (RFC 2307, RFC 4519), SCIM and others name who belongs to them, folded.
MEMBERS = frozenset(
    {"member", "members", "memberuid", "uniquemember", "roleoccupant", "groupmembers"}
)
# Fields of which the offending value may be shown, the column permitting.
SHOWN_FIELD = re.compile(r"subject_id|(profile|memberships)\..+")
# How JSON writes it; PostgreSQL cannot store it.
NUL = re.compile(r"((?<!\\)(?:\\\\)*)\\u0000")


def write_error_group(problem: Problem) -> str:
    """Return the key under which problems of one error group are counted."""
    error_group = orjson.dumps(group_problem(problem).to_json()).decode()
    return NUL.sub("\\1\ufffd", error_group) if "\\u0000" in error_group else error_group


def find_family(error_group: str) -> str:
    """Return the error group under which those of one code are counted when there are too many."""
    return orjson.dumps({"code": orjson.loads(error_group)["code"]}).decode()


@dataclass(slots=True)
class Findings:
    """What was found so far.

    `decisions` are by code, column and value. `damage`, `cards`, `card_like`, `national_ids` and
    `looked_at` are by column, `lengths` of digits, too; `national_ids` are also by country.
    `filled` counts the cells of a column, `lost_parts` what a provider says goes nowhere, `unread`
    by path the parts of columns that are carried and what is known of whether they are read,
    `memberships` the columns in which records that are not users name their members,
    `disabled_by` the column and value that disable accounts; `arrived` and `missing` count by
    target field the records whose value arrives, and where it does not. `causes` count the records
    that are not imported by why, of those that are `planned` at all. `matches` are by matching key
    how many records have a value, and how many of these a user. `failing` are the records that fail
    by the error group that decides it, with the numbers of the first; `corrected` those that were
    corrected by the number of each correction and the action that is planned.
    """

    problems: Tally = field(default_factory=lambda: Tally(find_family))
    decisions: Tally = field(default_factory=lambda: Tally(find_column_key))
    damage: Tally = field(default_factory=lambda: Tally(find_family))
    differences: Tally = field(default_factory=Tally)
    filled: Tally = field(default_factory=Tally)
    lost: Tally = field(default_factory=Tally)
    lost_parts: Tally = field(default_factory=Tally)
    unread: Parts = field(default_factory=Parts)
    memberships: Tally = field(default_factory=Tally)
    disabled_by: Tally = field(default_factory=Tally)
    arrived: Tally = field(default_factory=Tally)
    missing: Tally = field(default_factory=Tally)
    cards: Tally = field(default_factory=Tally)
    card_like: Tally = field(default_factory=Tally)
    national_ids: Tally = field(default_factory=Tally)
    looked_at: Tally = field(default_factory=Tally)
    causes: Tally = field(default_factory=Tally)
    failing: Tally = field(default_factory=lambda: Tally(find_family, examples=FIRST_ROWS))
    corrected: Tally = field(default_factory=Tally)
    matches: dict[str, list[int]] = field(default_factory=dict)
    lengths: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    people: People = field(default_factory=People)
    passwords: PasswordSummary = field(default_factory=PasswordSummary)
    unchanged: int = 0
    planned: int = 0

    @classmethod
    def gather(cls, plans: Sequence[Plan], rows: Sequence[MappedRow], use: ColumnUse) -> Self:
        """Return what a chunk's rows and their plans show; both are in the same order."""
        found = cls.gather_records(plans, rows, use)
        found.look_at_columns(*pick_users(rows), use)
        return found

    @classmethod
    def gather_records(
        cls, plans: Sequence[Plan], rows: Sequence[MappedRow], use: ColumnUse
    ) -> Self:
        """Return of that what is not about the columns of the file."""
        found = cls()
        for plan, row in zip(plans, rows, strict=True):
            found._count_plan(plan, row, use)
            found._count_row(plan, row)
            found._count_decisions(row)
            found._count_odd_dates(row, use)
        for compared in use.compare_fields(rows):
            found._count_field(compared)
        return found

    def look_at_columns(
        self, records: Sequence[SourceRow], users: Sequence[SourceRow], use: ColumnUse
    ) -> None:
        """Look at each cell of rows that make records, and of all that are users."""
        for column, cells in self._gather_columns(records, users, use):
            self._count_column(column, cells, use)

    def count_told(self, plan: Plan, number: int) -> None:
        """Count what is told of a plan that stands for so many, of which none is an example."""
        for problem in plan.problems:
            if problem.kind is UNCHANGED:
                self.unchanged += number
            self.problems.count(write_error_group(problem), number=number)
        for change in plan.changes:
            self.differences.count(change.field, number=number)

    @classmethod
    def gather_losses(
        cls, plans: Sequence[Plan], rows: Sequence[MappedRow], use: ColumnUse
    ) -> Self:
        """Return of that what is not carried, who is disabled, and the passwords.

        It has no examples, and costs less: a run without a dry run gathers it.
        """
        found = cls.gather_losses_of_records(plans, rows, use)
        found.count_columns(*pick_users(rows), use)
        return found

    @classmethod
    def gather_losses_of_records(
        cls, plans: Sequence[Plan], rows: Sequence[MappedRow], use: ColumnUse
    ) -> Self:
        """Return of that what is not about the columns of the file."""
        found = cls()
        for plan, row in zip(plans, rows, strict=True):
            found._count_causes(plan, row)
            for problem in plan.problems:
                if problem.code in LOSING:
                    found.problems.count(write_error_group(problem))
            found._count_row(plan, row)
            found._count_corrections(plan, row)
        for compared in use.compare_fields(rows):
            found._count_field(compared, with_examples=False)
        return found

    def count_columns(
        self, records: Sequence[SourceRow], users: Sequence[SourceRow], use: ColumnUse
    ) -> None:
        """Count the cells of each column, of rows that make records and of all that are users."""
        for column, cells in self._gather_columns(records, users, use):
            counted = self.lost if use.is_lost(column) else self.filled
            counted.count(UNSTORABLE.sub("\ufffd", column), number=len(cells))

    def _gather_columns(
        self, records: Sequence[SourceRow], users: Sequence[SourceRow], use: ColumnUse
    ) -> Iterable[tuple[str, Cells]]:
        """Return the columns of the rows that are users; count what the provider drops of them."""
        self.unread.add(use.unread.count(records))
        columns = gather_columns(users)
        for _, parts in columns.pop(NOT_CARRIED, ()):
            self._count_lost_parts(parts)
        return columns.items()

    def _count_causes(self, plan: Plan, row: MappedRow) -> None:
        self.planned += not row.is_excluded
        for cause in list_causes(plan):
            self.causes.count(cause)

    def _count_plan(self, plan: Plan, row: MappedRow, use: ColumnUse) -> None:
        self._count_causes(plan, row)
        self._count_corrections(plan, row)
        if plan.action is Action.FAIL:
            self.failing.count(write_error_group(plan.decisive), lambda: row.row_number)
        for problem in plan.problems:
            if problem.kind is UNCHANGED:
                self.unchanged += 1
            self.problems.count(
                write_error_group(problem), partial(make_example, problem, row, use)
            )
        for change in plan.changes:
            self.differences.count(change.field, partial(show_change, change, row))

    def _count_corrections(self, plan: Plan, row: MappedRow) -> None:
        for number in row.corrections:
            self.corrected.count(f"{number}\n{plan.action.value}")

    def _count_row(self, plan: Plan, row: MappedRow) -> None:
        self.passwords.count(row.record, row.problems)
        if row.is_excluded:
            self._count_memberships(row)
        if row.record is None or plan.action not in IMPORTING:
            return
        self.people.count(row.record)
        for column, value in row.disabled_by:
            self.count_disabling(column, value)

    def count_disabling(self, column: str, value: str, *, number: int = 1) -> None:
        """Count accounts that a value of a column disables."""
        self.disabled_by.count(UNSTORABLE.sub("\ufffd", f"{column}\n{value}"), number=number)

    def _count_decisions(self, row: MappedRow) -> None:
        for decided in row.decided:
            self.decisions.count(write_decision(decided))

    def _count_odd_dates(self, row: MappedRow, use: ColumnUse) -> None:
        if row.record is None:
            return
        for name, value in find_odd_dates(row.record, use.date_attributes):
            self.damage.count(
                write_error_group(Problem("implausible_date", name)),
                partial(show_value, name_row(row), name, value),
            )

    def _count_field(self, compared: Comparison, *, with_examples: bool = True) -> None:
        if compared.arrived:
            self.arrived.count(compared.target, number=compared.arrived)
        for row in compared.missing:
            self.missing.count(compared.target, partial(name_row, row) if with_examples else None)

    def _count_column(self, column: str, cells: Cells, use: ColumnUse) -> None:
        column = UNSTORABLE.sub("\ufffd", column)
        counted = self.lost if use.is_lost(column) else self.filled
        counted.count(column, number=len(cells))
        if use.is_secret(column):
            return
        for code, hits in find_damage(cells):
            error_group = write_error_group(Problem(code, column=column))
            for row, value in hits:
                self.damage.count(error_group, partial(show_value, name_place(row), column, value))
        self._count_sensitive(column, cells)
        if lengths := count_digits(cells):
            self.lengths[column] = lengths

    def _count_lost_parts(self, parts: Any) -> None:
        """Count each part once; some providers join theirs by commas."""
        listed = parts if isinstance(parts, list) else str(parts).split(", ")
        for part in dict.fromkeys(map(write_value, listed)):
            self.lost_parts.count(part)

    def _count_memberships(self, row: MappedRow) -> None:
        """Count the columns in which a record that is not a user names its members."""
        for column, value in row.source.items():
            if fold_name(column) in MEMBERS and value:
                self.memberships.count(UNSTORABLE.sub("\ufffd", column))

    def _count_sensitive(self, column: str, cells: Cells) -> None:
        cards, candidates = find_cards(cells)
        if candidates:
            self.card_like.count(column, number=candidates)
        for row, _ in cards:
            self.cards.count(column, partial(name_place, row))
        countries, looked_at = find_national_ids(cells)
        for country, count in countries.items():
            self.national_ids.count(f"{country}\n{column}", number=count)
        if countries:
            self.looked_at.count(column, number=looked_at)

    def add(self, other: Findings) -> None:
        """Add what was found in a later part of the file."""
        for name in TALLIES:
            getattr(self, name).add(getattr(other, name))
        for column, lengths in other.lengths.items():
            known = self.lengths.setdefault(column, {})
            for length, (count, row) in lengths.items():
                earlier = known.get(length, [0, row])
                known[length] = [earlier[0] + count, earlier[1]]
        for key, (values, users) in other.matches.items():
            known_values, known_users = self.matches.get(key, [0, 0])
            self.matches[key] = [known_values + values, known_users + users]
        self.unread.add(other.unread)
        self.people.add(other.people)
        self.passwords.add(other.passwords)
        self.unchanged += other.unchanged
        self.planned += other.planned

    @property
    def is_full(self) -> bool:
        """Return whether so much was found that it is not all told apart."""
        return self.passwords.is_full or any(getattr(self, name).is_full for name in TALLIES)

    def to_json(self) -> dict[str, Any]:
        """Return the form that is stored with a chunk."""
        return {
            **{name: getattr(self, name).to_json() for name in TALLIES},
            "lengths": self.lengths,
            "matches": self.matches,
            "unread": self.unread.to_json(),
            "people": self.people.to_json(),
            "passwords": self.passwords.to_json(),
            "unchanged": self.unchanged,
            "planned": self.planned,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return what `to_json` wrote."""
        found = cls(
            lengths=stored["lengths"],
            matches=stored["matches"],
            unread=Parts.from_json(stored["unread"]),
            people=People.from_json(stored["people"]),
            passwords=PasswordSummary.from_json(stored["passwords"]),
            unchanged=stored["unchanged"],
            planned=stored["planned"],
        )
        for name in TALLIES:
            getattr(found, name).read(stored[name])
        return found


TALLIES = (
    "problems",
    "decisions",
    "damage",
    "differences",
    "filled",
    "lost",
    "lost_parts",
    "memberships",
    "disabled_by",
    "arrived",
    "missing",
    "causes",
    "failing",
    "corrected",
    "cards",
    "card_like",
    "national_ids",
    "looked_at",
)


def pick_users(rows: Sequence[MappedRow]) -> tuple[list[MappedRow], list[MappedRow]]:
    """Return the rows that make records, and those that are users even so."""
    return (
        [row for row in rows if row.record is not None],
        [row for row in rows if not row.is_excluded],
    )


def name_row(row: MappedRow) -> Example:
    """Return the row's number and whom it is about, as far as that is known."""
    known = row.identifiers
    who = known.get("email") or known.get("username") or known.get("subject_id") or ""
    return {"row": row.row_number, "who": write_value(who)}


def name_place(row_number: int) -> Example:
    return {"row": row_number}


def show_value(where: Example, name: str, value: Any) -> Example:
    return {**where, "value": write_shown(name, value)}


def show_change(change: Change, row: MappedRow) -> Example:
    old, new = write_shown(change.field, change.old), write_shown(change.field, change.new)
    return {**name_row(row), "old": old, "new": new}


def make_example(problem: Problem, row: MappedRow, use: ColumnUse) -> Example:
    """Return the row of a problem, what sets it apart from others, and its value if harmless."""
    example = name_row(row)
    shared = group_problem(problem).params
    if own := {name: value for name, value in problem.params.items() if name not in shared}:
        example["params"] = own
    column = problem.column
    is_shown = column and SHOWN_FIELD.fullmatch(problem.field) and not use.is_secret(column)
    if is_shown and (value := write_shown(column, compile_source(column)(row.source))):
        example["value"] = value
    return example


def write_shown(name: str, value: Any) -> str:
    """Return a value of a column or field as it is shown, masked where it may be a secret."""
    return write_value(show(name, write_text(value)))


def write_value(value: Any) -> str:
    """Return a value as it is shown among examples: short, and storable."""
    return UNSTORABLE.sub("\ufffd", write_text(value)[:VALUE_LENGTH])


def write_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
