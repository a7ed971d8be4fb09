"""Part accepted rows by whom they mean; what meets anything else is for the record path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from imports.core.columns import Table
from imports.core.planning.matching import SUBJECT_ID
from imports.core.planning.plans import ExistingUser
from imports.core.planning.resolving import find_forbidden
from imports.core.problems.conflict_kinds import Reason, Resolution
from imports.core.records.keys import NAME_KINDS, Key
from imports.engine.columns.comparing import may_be_compared, pick_compared
from imports.engine.columns.parts import Form, KnownRows, NewRows
from imports.engine.columns.values import (
    list_ids,
    list_logins,
    list_names,
    list_values,
    may_give,
    read_grants,
)
from imports.engine.context import JobContext
from imports.engine.matching import read_presence
from imports.engine.releases import find_released
from imports.engine.snapshot import avoid_full_reads, read_owners_by_kind
from imports.models import ImportChunk


def part_rows(
    table: Table, chunk: ImportChunk, context: JobContext, *, lock: bool, leaving: int = 0
) -> tuple[NewRows, KnownRows]:
    """Return which of the rows are new, and which of existing users are alike in what they change.

    All others are for the record path, and the first `leaving` of each form as well. With `lock`,
    users who may be changed stay as they are until the transaction ends.
    """
    if not table or context.options.matching_key != SUBJECT_ID or context.applies_plan:
        return NewRows(), KnownRows()
    avoid_full_reads()
    subject_ids = table.get("subject_id")
    present = read_presence(list(subject_ids))
    existing = {place for place, each in enumerate(subject_ids) if each in present}
    new = NewRows()
    if find_forbidden(None, context.options) is None:
        new = _pick_new(table.without(existing), chunk, context)
    meant = {
        place
        for place in existing
        if (user := present[subject_ids[place]]).subject_id == subject_ids[place]
        and not user.is_from_elsewhere(context.source)
    }
    known = table.without(set(range(len(table))) - meant) if meant else Table()
    if not known or context.options.conflicts.resolver is not None:
        return new, KnownRows()
    resolution = context.options.conflicts.table[Reason.PROFILE_EXISTS]
    rows = KnownRows()
    if resolution is Resolution.SKIP:
        rows = _meet(known, present)
    elif resolution is Resolution.OVERWRITE and may_be_compared(context.options):
        rows = pick_compared(known, context, lock=lock)
    return new, _leave_first(rows, leaving) if leaving else rows


def _leave_first(rows: KnownRows, number: int) -> KnownRows:
    """Return rows without the first of each form: they have plans, as examples of what is told."""
    seen: Counter[Form] = Counter()

    def is_later(_place: int, form: Form) -> bool:
        seen[form] += 1
        return seen[form] > number

    return rows.pick(is_later)


def _meet(table: Table, present: Mapping[str, ExistingUser]) -> KnownRows:
    """Return rows of existing users who stay as they are, whatever the rows say."""
    users = [present[each] for each in table.get("subject_id")]
    owners = {owner.user_id for owner in read_owners_by_kind(*list_values(table))}
    met = owners.union(user.id for user in users)
    return KnownRows(table, users, [Form()] * len(users), frozenset(met))


def _pick_new(table: Table, chunk: ImportChunk, context: JobContext) -> NewRows:
    """Return those of the rows of whose values nobody has any, and that may have what they name."""
    meeting = set(_find_taken(table, chunk, context)) if table else set()
    grants = read_grants(table, context)
    meeting.update(
        place
        for target, known in grants.items()
        for place, keys in enumerate(table.get(target))
        if keys and not all(may_give(known, key) for key in keys)
    )
    table = table.without(meeting)
    return NewRows(table, *(list_ids(table, target, known) for target, known in grants.items()))


def _find_taken(table: Table, chunk: ImportChunk, context: JobContext) -> Iterator[int]:
    """Yield the places of rows of whose values another user has any, or had at the beginning."""
    by_kind, usernames = list_values(table)
    owned = {owner.key for owner in read_owners_by_kind(by_kind, usernames)}
    if context.options.conflicts.may_update:
        keys = (Key(kind, value) for kind in NAME_KINDS for value in by_kind[kind])
        owned.update(find_released(keys, chunk, context.options))
    if taken := {key.value for key in owned if key.kind in NAME_KINDS}:
        for column in list_names(table).values():
            yield from (place for place, value in enumerate(column) if value in taken)
    if linked := {key.value for key in owned if key.kind == "login"}:
        logins = enumerate(list_logins(table))
        yield from (place for place, each in logins if not linked.isdisjoint(each))
