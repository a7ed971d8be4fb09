"""Find rows of existing users that say nothing new: every value is the user's already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from imports.core.columns import Table
from imports.core.columns.table import GROUPS, HASH, LOGINS, PLAINTEXT, ROLES
from imports.core.planning.field_policies import FieldPolicy
from imports.core.planning.plans import ExistingUser, Grant, PlanOptions
from imports.core.planning.update import PASSWORD
from imports.core.records.keys import NAME_KINDS
from imports.core.records.user_columns import VALUE_FIELDS
from imports.engine.columns.parts import KnownRows
from imports.engine.columns.values import list_logins, list_names, list_values, read_grants
from imports.engine.context import JobContext
from imports.engine.snapshot import read_existing, read_owners_by_kind

# Of passwords, those that write one whatever the user has; others tell that they keep the user's.
WRITING = frozenset({FieldPolicy.OVERWRITE, FieldPolicy.UNLESS_USED})

# So many rows are looked at first, and of these one in so many has to say nothing new.
SAMPLE, WORTHWHILE = 100, 5


def may_be_unchanged(options: PlanOptions) -> bool:
    """Return whether a row that says nothing new is told as such and nothing else is."""
    return options.authority.is_unbounded and options.fields.get(PASSWORD) in WRITING


def pick_unchanged(table: Table, context: JobContext) -> KnownRows:
    """Return those of the rows that say nothing new of their users, all of whom exist.

    None where hardly any of the first rows do: those of changed users are all looked up again.
    """
    first = table.without(set(range(SAMPLE, len(table))))
    found = _pick_unchanged(first, context)
    if len(found.table) * WORTHWHILE < len(first):
        return KnownRows()
    return found if len(first) == len(table) else _pick_unchanged(table, context)


def _pick_unchanged(table: Table, context: JobContext) -> KnownRows:
    """Return those of the rows; users are not locked, as nothing of them is written."""
    users = read_existing(list(table.get("subject_id")), context.options, lock=False)
    grants = read_grants(table, context)
    leaving = set(_find_foreign(table, users))
    columns = _list_columns(table)
    expiries = table.expiries()
    for place, subject_id in enumerate(table.get("subject_id")):
        user = users.get(subject_id)
        if user is None or place in leaving:
            leaving.add(place)
            continue
        has_all = _has_all(user, place, columns) and _has_proofs(user, place, table, expiries)
        if not (has_all and _belongs(user, place, table, grants)):
            leaving.add(place)
    kept = table.without(leaving)
    found = [users[subject_id] for subject_id in kept.get("subject_id")]
    forms = [
        (groups or (), roles or ())
        for groups, roles in zip(kept.get(GROUPS), kept.get(ROLES), strict=True)
    ]
    met = frozenset(user.id for user in found)
    return KnownRows(kept, found, forms, met, grants[GROUPS], grants[ROLES])


def _find_foreign(table: Table, users: dict[str, ExistingUser]) -> list[int]:
    """Return the places of rows of whose values somebody else than their user has any."""
    owners: dict[tuple[str, str], int] = {}
    for owner in read_owners_by_kind(*list_values(table)):
        kind = "name" if owner.key.kind in NAME_KINDS else owner.key.kind
        key = (kind, owner.key.value)
        # Two who have one value cannot both be the row's.
        owners[key] = owner.user_id if owners.get(key, owner.user_id) == owner.user_id else 0
    ids = [users[each].id if each in users else 0 for each in table.get("subject_id")]
    found = [
        place
        for column in list_names(table).values()
        for place, value in enumerate(column)
        if value and owners.get(("name", value), ids[place]) != ids[place]
    ]
    found += (
        place
        for place, logins in enumerate(list_logins(table))
        for login in logins
        if owners.get(("login", login), ids[place]) != ids[place]
    )
    return found


def _list_columns(table: Table) -> list[tuple[str, Sequence[Any]]]:
    """Return the fields of a profile of which any row has a value."""
    paths = ((name, f"profile.{name}") for name in VALUE_FIELDS)
    return [(name, table.values[path]) for name, path in paths if path in table.values]


def _has_all(user: ExistingUser, place: int, columns: list[tuple[str, Sequence[Any]]]) -> bool:
    """Return whether the user has all values of a row's profile."""
    profile = user.profile
    return all(
        (value := column[place]) is None or value == profile[name] for name, column in columns
    )


def _has_proofs(user: ExistingUser, place: int, table: Table, expiries: Sequence[Any]) -> bool:
    """Return whether the user has the row's password and logins, and its addresses are as proven.

    Of one who has chosen a password here there is more to tell.
    """
    profile, values = user.profile, table.values
    email, stored = table.get_value("profile.email", place), table.get_value(HASH, place)
    is_verified = bool(table.get_value("profile.email_verified", place))
    if email is not None and user.emails.get(email) not in {True, is_verified}:
        return False
    phone = table.get_value("profile.phone", place)
    is_proven = phone is not None and table.get_value("profile.phone_verified", place)
    if is_proven and not profile["phone_verified"]:
        return False
    if user.is_protected or user.password_is_own or (stored and stored != user.password):
        return False
    if table.get_value(PLAINTEXT, place) is not None:
        return False  # whether it is the user's takes as long as a sign-in
    if expiries[place] not in (None, user.password_expires_at):
        return False
    logins = values[LOGINS][place] if LOGINS in values else ()
    return all(login[:2] in user.logins for login in logins or ())


def _belongs(
    user: ExistingUser, place: int, table: Table, grants: dict[str, dict[str, Grant]]
) -> bool:
    """Return whether the user has all groups and roles of a row, which may be given."""
    return all(
        (grant := grants[target].get(key)) is not None and not grant.lacking and grant.id in held
        for target, held in ((GROUPS, user.group_ids), (ROLES, user.role_ids))
        for key in table.get_value(target, place) or ()
    )
