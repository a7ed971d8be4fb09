"""Count by columns what a run tells of rows that were accepted: nothing of them is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from imports.core.columns.table import (
    EXPIRES_AT,
    FORMAT,
    HASH,
    LOGINS,
    MUST_CHANGE,
    PASSWORD,
    Table,
)
from imports.core.dry_run.columns import ColumnUse
from imports.core.dry_run.findings import Findings
from imports.core.dry_run.people import People, count_people
from imports.core.records.password_summary import PasswordSummary
from imports.core.records.records import is_nothing


class SourceRow(NamedTuple):
    """A row as findings about its columns need it."""

    row_number: int
    source: Mapping[str, Any]
    raw: Mapping[str, Any]


def gather_accepted(table: Table, use: ColumnUse) -> Findings:
    """Return what `Findings.gather_losses` does of the same rows, all of which become users."""
    found = Findings(planned=len(table))
    found.passwords = _count_passwords(table)
    found.people = _count_people(table)
    for reasons, count in Counter(filter(None, table.reasons)).items():
        for reason in reasons:
            found.count_disabling(*reason, number=count)
    for target, count in _count_arrived(table, use).items():
        found.arrived.count(target, number=count)
    rows = list(map(SourceRow, table.row_numbers, table.sources, table.raws))
    found.count_columns(rows, rows, use)
    return found


def _count_passwords(table: Table) -> PasswordSummary:
    """Count the hashes by kind; those of one head are of one."""
    found = PasswordSummary()
    stored = table.get(HASH)
    samples = {head: text for head, text in zip(table.heads, stored, strict=True) if head}
    for head, count in Counter(filter(None, table.heads)).items():
        found.count_hash(samples[head], count)
    for head, text in zip(table.heads, stored, strict=True):
        if text is None:
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
    hashes = table.get(HASH)
    if target in {FORMAT, MUST_CHANGE}:
        return sum(each is not None for each in hashes)
    values = table.get(target)
    if target == EXPIRES_AT:
        values = [value if stored else None for value, stored in zip(values, hashes, strict=True)]
    return sum(bool(value) or not is_nothing(value) for value in values)


def _count_standing(table: Table, leaf: str) -> int:
    """Return how many records with a hash say something beside it, if only by a blank."""
    return sum(
        stored is not None and _stands(source, leaf)
        for source, stored in zip(table.sources, table.get(HASH), strict=True)
    )


def _stands(source: Mapping[str, Any], leaf: str) -> bool:
    given = source.get("authenticators")
    password = given.get("password") if isinstance(given, dict) else None
    return f"{PASSWORD}.{leaf}" in source or (isinstance(password, dict) and leaf in password)
