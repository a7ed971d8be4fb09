"""Decide about accepted rows: those that meet anything in the store are for the record path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from imports.core.columns import Table
from imports.core.columns.keys import list_username_keys
from imports.core.columns.table import GROUPS, LOGINS, ROLES
from imports.core.planning.matching import SUBJECT_ID
from imports.core.planning.plans import Grant
from imports.core.planning.resolving import find_forbidden
from imports.core.records.keys import NAME_KINDS, Key
from imports.engine.context import JobContext
from imports.engine.grants import read_groups, read_roles
from imports.engine.matching import read_presence
from imports.engine.releases import find_released
from imports.engine.snapshot import avoid_full_reads, read_owners_by_kind
from imports.models import ImportChunk


@dataclass(frozen=True, slots=True)
class NewRows:
    """Rows that become users of whom nothing is known yet, and the ids of what they belong to."""

    table: Table
    group_ids: Sequence[tuple[int, ...]]
    role_ids: Sequence[tuple[int, ...]]


def may_create(context: JobContext) -> bool:
    """Return whether new users are written without a look at each of their plans."""
    options = context.options
    is_plain = options.matching_key == SUBJECT_ID and not context.applies_plan
    return is_plain and find_forbidden(None, options) is None


def pick_new(table: Table, chunk: ImportChunk, context: JobContext) -> NewRows:
    """Return those of the rows that mean nobody who exists, and of whose values nobody has any."""
    avoid_full_reads()
    table = table.without(set(_find_existing(table)))
    meeting = set(_find_taken(table, chunk, context)) if table else set()
    grants = _read_grants(table, context)
    meeting.update(
        place
        for target, known in grants.items()
        for place, keys in enumerate(table.get(target))
        if keys and not all(_may_give(known, key) for key in keys)
    )
    table = table.without(meeting)
    return NewRows(table, *(_list_ids(table, target, known) for target, known in grants.items()))


def _find_existing(table: Table) -> Iterator[int]:
    subject_ids = list(table.get("subject_id"))
    if present := read_presence(subject_ids):
        yield from (place for place, each in enumerate(subject_ids) if each in present)


def _find_taken(table: Table, chunk: ImportChunk, context: JobContext) -> Iterator[int]:
    """Yield the places of rows of whose values another user has any, or had at the beginning."""
    names = {
        "username": list_username_keys(table),
        "email": table.get("profile.email"),
        "phone": table.get("profile.phone"),
    }
    logins = [
        [f"{provider}\x00{subject}" for provider, subject, _ in each or ()]
        for each in table.get(LOGINS)
    ]
    by_kind = {kind: [value for value in column if value] for kind, column in names.items()}
    by_kind["login"] = [login for each in logins for login in each]
    usernames = [name for name in table.get("profile.username") if name]
    owned = {owner.key for owner in read_owners_by_kind(by_kind, usernames)}
    if context.options.conflicts.may_update:
        keys = (Key(kind, value) for kind in names for value in by_kind[kind])
        owned.update(find_released(keys, chunk, context.options))
    taken = {key.value for key in owned if key.kind in NAME_KINDS}
    if taken:
        for column in names.values():
            yield from (place for place, value in enumerate(column) if value in taken)
    if linked := {key.value for key in owned if key.kind == "login"}:
        yield from (place for place, each in enumerate(logins) if not linked.isdisjoint(each))


def _read_grants(table: Table, context: JobContext) -> dict[str, dict[str, Grant]]:
    """Return the groups and roles that rows name, by field and key."""
    authority = context.options.authority
    named = {
        target: {key for keys in table.get(target) for key in keys or ()}
        for target in (GROUPS, ROLES)
    }
    return {
        GROUPS: read_groups(named[GROUPS], authority) if named[GROUPS] else {},
        ROLES: read_roles(named[ROLES], authority) if named[ROLES] else {},
    }


def _may_give(known: dict[str, Grant], key: str) -> bool:
    grant = known.get(key)
    return grant is not None and not grant.lacking


def _list_ids(table: Table, target: str, known: dict[str, Grant]) -> list[tuple[int, ...]]:
    """Return for each row the ids of what it belongs to, each once."""
    ids: dict[tuple[str, ...], tuple[int, ...]] = {
        keys: tuple(known[key].id for key in dict.fromkeys(keys))
        for keys in {tuple(keys or ()) for keys in table.get(target)}
    }
    return [ids[keys or ()] for keys in table.get(target)]
