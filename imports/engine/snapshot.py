"""Read what the records of one chunk can meet in the store, in a handful of set queries."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection

from accounts.identifiers import fold_username, read_as_contact
from imports.core.planning.matching import SUBJECT_ID, find_match
from imports.core.planning.plans import Duplicate, ExistingUser, PlanOptions, Snapshot
from imports.core.records.keys import NAME_KINDS, Key, KeyedRecord, login_key
from imports.core.records.user_columns import COLUMN_OF_FIELD
from imports.engine.grants import read_groups, read_powers, read_roles
from imports.engine.matching import read_matches, read_presence
from imports.engine.queries import (
    TEXTS,
    fetch_rows,
    look_up,
    look_up_owners,
    write_numbers,
    write_texts,
)

# Of a WebAuthn credential, as it is indexed.
CREDENTIAL_ID = "data #>> '{credential,id}'"
# What a name in `accounts_signinname` is to its user: their address, number or user name.
HOLDER_KIND = (
    "CASE found.key WHEN owner.email THEN 'email' WHEN owner.phone THEN 'phone'"
    " WHEN accounts_read_as_contact(owner.username) THEN 'username' ELSE 'email' END"
)
IDS = "unnest(%s::bigint[]) AS given(id)"
# What hangs on a user, by table.
EMAILS, LOGINS = "account_emailaddress", "socialaccount_socialaccount"
AUTHENTICATORS = "mfa_authenticator"
GROUPS, ROLES = "accounts_groupmembership", "accounts_roleassignment"


class Owner(NamedTuple):
    """Who has a value, and what it is to them."""

    key: Key
    user_id: int
    subject_id: str


def read_snapshot(
    records: Sequence[KeyedRecord],
    duplicates: Mapping[int, Duplicate],
    options: PlanOptions,
    *,
    lock: bool,
    other_ids: Sequence[str] = (),
) -> Snapshot:
    """Return what exists of all that the records mention, as far as plans depend on it.

    `other_ids` are subject ids of records that were joined with some of them.
    With `lock`, users that may be updated stay as they are until the transaction ends, so that
    an update planned on what was read is not lost.
    """
    avoid_full_reads()
    matching_key = options.matching_key
    matches = {} if matching_key == SUBJECT_ID else read_matches(records, matching_key)
    subject_ids = [*(each.record.subject_id for each in records), *other_ids, *matches.values()]
    snapshot = Snapshot({}, {}, {}, {}, duplicates, matches)
    if options.conflicts.may_update:
        snapshot.users = read_existing(subject_ids, options, lock=lock)
        planned, left = list(records), list[KeyedRecord]()
    else:
        # What exists is left alone: nothing else of it, or of its record, matters to a plan.
        snapshot.users = read_presence(subject_ids)
        planned, left = _part(records, snapshot, matching_key)
    owners = list(read_owners_of(planned))
    snapshot.owners = {each.key: each.subject_id for each in owners}
    snapshot.met = {user.id for user in snapshot.users.values()}
    snapshot.met.update(each.user_id for each in owners)
    # Whoever else has values of records that exist is in the file as well.
    snapshot.met.update(each.user_id for each in read_owners_of(left))
    snapshot.groups = read_groups(
        (
            key
            for each in planned
            for key in (*each.record.memberships.groups, *each.removals.groups)
        ),
        options.authority,
    )
    snapshot.roles = read_roles(
        (key for each in planned for key in (*each.record.memberships.roles, *each.removals.roles)),
        options.authority,
    )
    return snapshot


def _part(
    records: Sequence[KeyedRecord], snapshot: Snapshot, matching_key: str
) -> tuple[list[KeyedRecord], list[KeyedRecord]]:
    """Return the records that mean nobody who exists, and those that do."""
    parts: tuple[list[KeyedRecord], list[KeyedRecord]] = ([], [])
    for each in records:
        parts[find_match(each.record, snapshot, matching_key) is not None].append(each)
    return parts


def avoid_full_reads() -> None:
    """Have the open transaction read no table from end to end where an index would do.

    A table that grew within the last minute is taken for what it was before: nearly empty ones
    would be read whole, and by now for each value. Where no index would do, a table counts as so
    costly to read that PostgreSQL would compile the query first, which takes half a second: it is
    told not to.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL jit = off")


def read_existing(
    subject_ids: list[str],
    options: PlanOptions,
    *,
    lock: bool,
    without: Collection[str] = (),
) -> dict[str, ExistingUser]:
    """Return the users of subject ids with all that an update depends on.

    The tables named in `without` are not read: what users have there is not asked for.
    """
    users = _read_users(subject_ids, lock=lock)
    _read_belongings({user.id: user for user in users.values()}, without)
    read_powers(users.values(), options.authority)
    return users


def _read_users(subject_ids: list[str], *, lock: bool) -> dict[str, ExistingUser]:
    # Locked in the order of their ids, so that no two chunks wait for each other.
    present = read_presence(subject_ids)
    ids = sorted({user.id for user in present.values()})
    columns = (
        "id, subject_id, is_staff OR is_superuser AS protected, attributes, password, last_login IS"
        " NOT NULL OR password_changed_at IS NOT NULL AS own, password_expires_at, updated_at, "
    )
    columns += ", ".join(COLUMN_OF_FIELD.values())
    statement = look_up(IDS, columns, "accounts_user", "id = given.id", lock=lock)
    users = {row[0]: _to_existing(row) for row in fetch_rows(statement, [write_numbers(ids)])}
    for user in present.values():
        if user.id in users:
            users[user.id].source = user.source
    return {subject_id: users[user.id] for subject_id, user in present.items() if user.id in users}


def _to_existing(row: tuple[Any, ...]) -> ExistingUser:
    user_id, subject_id, is_protected, attributes, password, is_own, *rest = row
    expires_at, updated_at, *profile = rest
    return ExistingUser(
        id=user_id,
        subject_id=subject_id,
        is_protected=is_protected,
        profile=dict(zip(COLUMN_OF_FIELD, profile, strict=True)),
        attributes=json.loads(attributes) if attributes != "{}" else {},
        password=password,
        password_is_own=is_own,
        password_expires_at=expires_at,
        updated_at=updated_at,
    )


def _read_belongings(users: Mapping[int, ExistingUser], without: Collection[str]) -> None:
    """Fill in what hangs on existing users; only updates depend on it."""
    ids = write_numbers(list(users))

    def read(table: str, columns: str) -> list[tuple[Any, ...]]:
        if table in without:
            return []
        return fetch_rows(look_up(IDS, f"user_id, {columns}", table, "user_id = given.id"), [ids])

    for user_id, email, verified in read(EMAILS, "email, verified"):
        users[user_id].emails[email] = verified
    for user_id, provider, subject in read(LOGINS, "provider, uid"):
        users[user_id].logins.add((provider, subject))
    for user_id, kind, credential_id in read(AUTHENTICATORS, f"type, {CREDENTIAL_ID}"):
        _add_authenticator(users[user_id], kind, credential_id)
    for user_id, group_id in read(GROUPS, "group_id"):
        users[user_id].group_ids.add(group_id)
    for user_id, role_id in read(ROLES, "role_id"):
        users[user_id].role_ids.add(role_id)


def _add_authenticator(user: ExistingUser, kind: str, credential_id: str | None) -> None:
    if kind == "totp":
        user.has_totp = True
    elif kind == "recovery_codes":
        user.has_recovery_codes = True
    elif credential_id:
        user.passkeys.add(credential_id)


def read_owners_of(records: Sequence[KeyedRecord]) -> Iterator[Owner]:
    """Yield who has each of the records' values already."""
    usernames = [each.record.profile.username for each in records]
    keys = [key for each in records for key in each.keys]
    yield from read_owners(keys, [name for name in usernames if name])


def read_owners(keys: Iterable[Key], usernames: list[str]) -> Iterator[Owner]:
    """Yield who has each of the values already; user names as they are written."""
    by_kind: dict[str, list[str]] = {}
    for kind, value in keys:
        by_kind.setdefault(kind, []).append(value)
    yield from read_owners_by_kind(by_kind, usernames)


def read_owners_by_kind(by_kind: Mapping[str, list[str]], usernames: list[str]) -> Iterator[Owner]:
    """Yield the same of values that are listed by the kinds of their keys."""
    yield from _read_contact_owners([name for kind in NAME_KINDS for name in by_kind.get(kind, [])])
    yield from _read_username_owners(usernames)
    yield from _read_login_owners(by_kind.get("login", []))
    yield from _read_passkey_owners(by_kind.get("passkey", []))
    yield from _read_attribute_owners(by_kind)


def _read_contact_owners(names: list[str]) -> Iterator[Owner]:
    """Yield who signs in with each of the addresses and numbers, and what it is to them."""
    contacts = list({name for name in names if "@" in name or name.startswith("+")})
    if not contacts:
        return
    found = look_up(TEXTS, "key, user_id", "accounts_signinname", "key = given.value")
    statement = (
        f"SELECT found.key, {HOLDER_KIND}, found.user_id, owner.subject_id FROM ({found})"  # noqa: S608
        " AS found CROSS JOIN LATERAL (SELECT subject_id, email, phone, username FROM"
        " accounts_user WHERE id = found.user_id OFFSET 0) AS owner"
    )
    for name, kind, user_id, owner in fetch_rows(statement, [write_texts(contacts)]):
        yield Owner(Key(kind, name), user_id, owner)


def _read_username_owners(usernames: list[str]) -> Iterator[Owner]:
    """Yield who has each of the user names that are nothing else."""
    plain = [name for name in usernames if read_as_contact(name) is None]
    if not plain:
        return
    # PostgreSQL folds both sides itself: which letters it folds depends on its locale.
    statement = look_up(
        TEXTS, "username, id, subject_id", "accounts_user", "UPPER(username) = UPPER(given.value)"
    )
    for name, user_id, owner in fetch_rows(statement, [write_texts(plain)]):
        yield Owner(Key("username", fold_username(name)), user_id, owner)


def _read_login_owners(logins: list[str]) -> Iterator[Owner]:
    if not logins:
        return
    pairs = [login.split("\x00", 1) for login in logins]
    statement = look_up_owners(
        "unnest(%s::text[], %s::text[]) AS given(provider, uid)",
        "s.provider, s.uid",
        "socialaccount_socialaccount s",
        "s.provider = given.provider AND s.uid = given.uid",
    )
    providers, subjects = [provider for provider, _ in pairs], [subject for _, subject in pairs]
    for provider, subject, user_id, owner in fetch_rows(statement, [providers, subjects]):
        yield Owner(login_key(provider, subject), user_id, owner)


def _read_passkey_owners(credential_ids: list[str]) -> Iterator[Owner]:
    if not credential_ids:
        return
    statement = look_up_owners(
        TEXTS,
        CREDENTIAL_ID,
        "mfa_authenticator",
        f"type = 'webauthn' AND {CREDENTIAL_ID} = given.value",
    )
    for credential_id, user_id, owner in fetch_rows(statement, [write_texts(credential_ids)]):
        yield Owner(Key("passkey", credential_id), user_id, owner)


def _read_attribute_owners(by_kind: Mapping[str, list[str]]) -> Iterator[Owner]:
    statement = look_up_owners(
        TEXTS,
        "v.value",
        "accounts_uniqueattributevalue v",
        "v.value = given.value AND v.definition_id ="
        " (SELECT id FROM accounts_attributedefinition WHERE name = %s)",
    )
    for kind, values in by_kind.items():
        if kind.startswith("attribute:"):
            name = kind.removeprefix("attribute:")
            for value, user_id, owner in fetch_rows(statement, [write_texts(values), name]):
                yield Owner(Key(kind, value), user_id, owner)
