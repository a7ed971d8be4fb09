"""Count by columns what is told of rows that were accepted: nothing of them is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from imports.core.columns.table import (
    EXPIRES_AT,
    FORMAT,
    HASH,
    LOGINS,
    MUST_CHANGE,
    PASSWORD,
    PLAINTEXT,
    Table,
)
from imports.core.dry_run.causes import list_causes
from imports.core.dry_run.columns import ColumnUse
from imports.core.dry_run.findings import Findings, pick_users
from imports.core.dry_run.people import DATE_FIELDS, PLAUSIBLE_YEARS, People, count_people
from imports.core.mapping import MappedRow
from imports.core.planning.plans import Plan
from imports.core.records.password_summary import PasswordSummary
from imports.core.records.records import is_nothing

# The statuses of accounts that arrive.
IMPORTED = frozenset({"created", "updated"})


class SourceRow(NamedTuple):
    """A row as findings about its columns need it."""

    row_number: int
    source: Mapping[str, Any]
    raw: Mapping[str, Any]


class AcceptedRows(NamedTuple):
    """Rows that columns tell the status of; `plans` are those of existing users, many the same."""

    status: str
    table: Table
    plans: Sequence[Plan] = ()

    def count_plans(self) -> list[tuple[Plan, int]]:
        """Return each plan with the number of rows that it stands for."""
        by_id = {id(plan): plan for plan in self.plans}
        return [(by_id[key], number) for key, number in Counter(map(id, self.plans)).items()]


def gather_mixed(
    plans: Sequence[Plan],
    rows: Sequence[MappedRow],
    accepted: Sequence[AcceptedRows],
    use: ColumnUse,
) -> Findings:
    """Return what `Findings.gather` does of rows that have plans, and of those without, together.

    Of each problem the first rows of those that are accepted have plans: these are its examples.
    """
    found = Findings.gather_records(plans, rows, use)
    for each in accepted:
        _count_records(found, each, use)
        for plan, number in each.count_plans():
            found.count_told(plan, number)
    found.look_at_columns(*_merge(rows, accepted), use)
    return found


def gather_mixed_losses(
    plans: Sequence[Plan],
    rows: Sequence[MappedRow],
    accepted: Sequence[AcceptedRows],
    use: ColumnUse,
) -> Findings:
    """Return what `Findings.gather_losses` does, likewise."""
    found = Findings.gather_losses_of_records(plans, rows, use)
    for each in accepted:
        _count_records(found, each, use)
    found.count_columns(*_merge(rows, accepted), use)
    return found


def _merge(
    rows: Sequence[MappedRow], accepted: Sequence[AcceptedRows]
) -> tuple[list[Any], list[Any]]:
    """Return the rows that make records, and all that are users, each in the order of the file."""
    sources = [source for each in accepted for source in _list_sources(each.table)]
    records, users = pick_users(rows)
    return (
        sorted([*records, *sources], key=_get_row_number) if sources else records,
        sorted([*users, *sources], key=_get_row_number) if sources else users,
    )


def _get_row_number(row: Any) -> int:
    number: int = row.row_number
    return number


def _list_sources(table: Table) -> list[SourceRow]:
    return list(map(SourceRow, table.row_numbers, table.sources, table.raws))


def _count_records(found: Findings, accepted: AcceptedRows, use: ColumnUse) -> None:
    """Count what the records of accepted rows have, as far as no example is told of it."""
    table = accepted.table
    found.planned += len(table)
    found.passwords.add(_count_passwords(table))
    if accepted.status in IMPORTED:
        _count_arriving(found, table)
    for target, count in _count_arrived(table, use).items():
        found.arrived.count(target, number=count)
    for plan, number in accepted.count_plans():
        for cause in list_causes(plan):
            found.causes.count(cause, number=number)


def _count_arriving(found: Findings, table: Table) -> None:
    found.people.add(_count_people(table))
    for reasons, count in Counter(filter(None, table.reasons)).items():
        for reason in reasons:
            found.count_disabling(*reason, number=count)


def find_odd_places(table: Table) -> set[int]:
    """Return the places of rows with dates of years that cannot be: examples are told of these."""
    return {
        place
        for name in DATE_FIELDS
        for place, date in enumerate(table.values.get(f"profile.{name}", ()))
        if date is not None and date.year not in PLAUSIBLE_YEARS
    }


def _count_passwords(table: Table) -> PasswordSummary:
    """Count the hashes by kind; those of one head are of one."""
    found = PasswordSummary()
    stored = table.get(HASH)
    samples = {head: text for head, text in zip(table.heads, stored, strict=True) if head}
    for head, count in Counter(filter(None, table.heads)).items():
        found.count_hash(samples[head], count)
    for head, text, plain in zip(table.heads, stored, table.get(PLAINTEXT), strict=True):
        if plain is not None:
            found.plain += 1
        elif text is None:
            found.absent += 1
        elif head is None:
            found.count_hash(text)
    return found


def _count_people(table: Table) -> People:
    emails, names, phones = (
        table.get(f"profile.{name}") for name in ("email", "username", "phone")
    )
    return count_people(
        table.get("profile.last_login"),
        table.get("profile.active"),
        emails,
        table.get("profile.email_verified"),
        map(any, zip(emails, names, phones, table.get(LOGINS), strict=True)),
    )


def _count_arrived(table: Table, use: ColumnUse) -> dict[str, int]:
    """Return in how many rows each field arrives: of those that a record keeps, where it stands."""
    counts = {target: _count_values(table, target) for target in use.mapped_fields}
    for target in use.kept_fields:
        has_default = target in {FORMAT, MUST_CHANGE}
        leaf = target.rpartition(".")[2]
        counts[target] = (
            _count_standing(table, leaf) if has_default else _count_values(table, target)
        )
    return {target: count for target, count in counts.items() if count}


def _count_values(table: Table, target: str) -> int:
    """Return how many records have a value of a field, its default included."""
    if target == FORMAT:
        return sum(each is not None for each in table.get(HASH))
    if target == MUST_CHANGE:
        return sum(table.have_passwords())
    values = table.get(target)
    if target == EXPIRES_AT:
        values = [
            value if has_password else None
            for value, has_password in zip(values, table.have_passwords(), strict=True)
        ]
    # Of nearly all values, it is enough that they are true.
    return sum(map(bool, values)) + sum(
        not is_nothing(value) for value in values if not value and value is not None
    )


def _count_standing(table: Table, leaf: str) -> int:
    """Return how many records with a password say something beside it, if only by a blank."""
    return sum(
        has_password and _stands(source, leaf)
        for source, has_password in zip(table.sources, table.have_passwords(), strict=True)
    )


def _stands(source: Mapping[str, Any], leaf: str) -> bool:
    given = source.get("authenticators")
    password = given.get("password") if isinstance(given, dict) else None
    return f"{PASSWORD}.{leaf}" in source or (isinstance(password, dict) and leaf in password)
