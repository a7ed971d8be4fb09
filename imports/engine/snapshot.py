"""Reads what the records of one chunk can meet in the store, in a handful of set queries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from django.db import connection

from accounts.identifiers import fold_username
from accounts.models import User
from imports.core.keys import Key, list_keys, login_key
from imports.core.plans import Duplicate, ExistingUser, PlanOptions, Snapshot
from imports.core.records import UserImportRecord
from imports.engine.grants import read_groups, read_roles

# Record field -> column of the user.
PROFILE_COLUMNS = {
    "username": "username",
    "email": "email",
    "phone": "phone",
    "phone_verified": "phone_verified",
    "given_name": "given_name",
    "family_name": "family_name",
    "display_name": "display_name",
    "locale": "locale",
    "zoneinfo": "zoneinfo",
    "picture": "picture",
    "active": "is_active",
    "created_at": "created_at",
    "last_login": "last_login_at_source",
}
# The texts of a JSON array as a table: cheaper to send and to plan than an array of PostgreSQL.
GIVEN = "(SELECT jsonb_array_elements_text(%s::jsonb))"


def read_snapshot(
    records: Sequence[UserImportRecord],
    duplicates: Mapping[int, Duplicate],
    options: PlanOptions,
    operator: User,
    *,
    lock: bool,
) -> Snapshot:
    """Return what exists of all that the records mention, as far as plans depend on it.

    With `lock`, users that may be updated stay as they are until the transaction ends, so that
    an update planned on what was read is not lost.
    """
    _look_up_by_index()
    subject_ids = [record.subject_id for record in records]
    if options.conflicts.may_update:
        users = _read_users(subject_ids, lock=lock)
        _read_belongings({user.id: user for user in users.values()})
        planned = records
    else:
        # What exists is left alone: nothing else of it, or of its record, matters.
        users = _read_presence(subject_ids)
        planned = [record for record in records if record.subject_id not in users]
    return Snapshot(
        users=users,
        owners=dict(_read_owners(planned, options.unique_attributes)),
        groups=read_groups((key for r in planned for key in r.memberships.groups), operator),
        roles=read_roles((key for r in planned for key in r.memberships.roles), operator),
        duplicates=duplicates,
    )


def _look_up_by_index() -> None:
    """Have the open transaction find rows by their indexes, whatever the planner would expect.

    It knows a table that grew within the last minute as it was before: it would read all of it for
    each chunk, and hash that, to look up two thousand values.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config(name, 'off', true) FROM"
            " unnest(ARRAY['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin']) AS name"
        )


def _query(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


def _to_json(values: Sequence[str]) -> str:
    return orjson.dumps(values).decode()


def _read_presence(subject_ids: list[str]) -> dict[str, ExistingUser]:
    statement = f"SELECT id, subject_id FROM accounts_user WHERE subject_id IN {GIVEN}"  # noqa: S608
    return {
        subject_id: ExistingUser(id=user_id, subject_id=subject_id)
        for user_id, subject_id in _query(statement, _to_json(subject_ids))
    }


def _read_users(subject_ids: list[str], *, lock: bool) -> dict[str, ExistingUser]:
    statement = (
        "SELECT id, subject_id, is_staff OR is_superuser, attributes, password,"  # noqa: S608
        " last_login IS NOT NULL OR password_changed_at IS NOT NULL, password_expires_at,"
        f" updated_at, {', '.join(PROFILE_COLUMNS.values())} FROM accounts_user u"
        f" WHERE subject_id IN {GIVEN} ORDER BY id"
    )
    rows = _query(statement + " FOR NO KEY UPDATE OF u" * lock, _to_json(subject_ids))
    return {row[1]: _to_existing(row) for row in rows}


def _to_existing(row: tuple[Any, ...]) -> ExistingUser:
    user_id, subject_id, is_protected, attributes, password, is_own, *rest = row
    expires_at, updated_at, *profile = rest
    return ExistingUser(
        id=user_id,
        subject_id=subject_id,
        is_protected=is_protected,
        profile=dict(zip(PROFILE_COLUMNS, profile, strict=True)),
        attributes=json.loads(attributes) if attributes != "{}" else {},
        password=password,
        password_is_own=is_own,
        password_expires_at=expires_at,
        updated_at=updated_at,
    )


def _read_belongings(users: Mapping[int, ExistingUser]) -> None:
    """Fill in what hangs on existing users; only updates depend on it."""
    ids = list(users)
    for user_id, email, verified in _query(
        "SELECT user_id, email, verified FROM account_emailaddress WHERE user_id = ANY(%s)", ids
    ):
        users[user_id].emails[email] = verified
    for user_id, provider, subject in _query(
        "SELECT user_id, provider, uid FROM socialaccount_socialaccount WHERE user_id = ANY(%s)",
        ids,
    ):
        users[user_id].logins.add((provider, subject))
    for user_id, kind, credential_id in _query(
        "SELECT user_id, type, data #>> '{credential,id}' FROM mfa_authenticator"
        " WHERE user_id = ANY(%s)",
        ids,
    ):
        _add_authenticator(users[user_id], kind, credential_id)
    for user_id, group_id in _query(
        "SELECT user_id, group_id FROM accounts_groupmembership WHERE user_id = ANY(%s)", ids
    ):
        users[user_id].group_ids.add(group_id)
    for user_id, role_id in _query(
        "SELECT user_id, role_id FROM accounts_roleassignment WHERE user_id = ANY(%s)", ids
    ):
        users[user_id].role_ids.add(role_id)


def _add_authenticator(user: ExistingUser, kind: str, credential_id: str | None) -> None:
    if kind == "totp":
        user.has_totp = True
    elif kind == "recovery_codes":
        user.has_recovery_codes = True
    elif credential_id:
        user.passkeys.add(credential_id)


def _read_owners(
    records: Sequence[UserImportRecord], unique_attributes: frozenset[str]
) -> Iterator[tuple[Key, str]]:
    """Yield who has each of the values already."""
    by_kind: dict[str, list[str]] = {}
    for record in records:
        for kind, value in list_keys(record, unique_attributes):
            by_kind.setdefault(kind, []).append(value)
    if emails := by_kind.get("email"):
        given = _to_json(emails)
        for email, owner in _query(
            f"SELECT email, subject_id FROM accounts_user WHERE email IN {GIVEN}"  # noqa: S608
            " UNION ALL SELECT e.email, u.subject_id FROM account_emailaddress e"
            f" JOIN accounts_user u ON u.id = e.user_id WHERE e.email IN {GIVEN}",
            given,
            given,
        ):
            yield Key("email", email), owner
    # PostgreSQL folds both sides itself: which letters it folds depends on its locale.
    if names := [r.profile.username for r in records if r.profile.username]:
        for name, owner in _query(
            "SELECT username, subject_id FROM accounts_user WHERE UPPER(username) IN"
            " (SELECT UPPER(name) FROM jsonb_array_elements_text(%s::jsonb) AS name)",
            _to_json(names),
        ):
            yield Key("username", fold_username(name)), owner
    if phones := by_kind.get("phone"):
        for phone, owner in _query(
            f"SELECT phone, subject_id FROM accounts_user WHERE phone IN {GIVEN}",  # noqa: S608
            _to_json(phones),
        ):
            yield Key("phone", phone), owner
    yield from _read_login_owners(by_kind.get("login", []))
    yield from _read_passkey_owners(by_kind.get("passkey", []))
    yield from _read_attribute_owners(by_kind)


def _read_login_owners(logins: list[str]) -> Iterator[tuple[Key, str]]:
    if not logins:
        return
    pairs = [login.split("\x00", 1) for login in logins]
    for provider, subject, owner in _query(
        "SELECT s.provider, s.uid, u.subject_id FROM unnest(%s::text[], %s::text[]) AS g(p, s_id)"
        " JOIN socialaccount_socialaccount s ON s.provider = g.p AND s.uid = g.s_id"
        " JOIN accounts_user u ON u.id = s.user_id",
        [provider for provider, _ in pairs],
        [subject for _, subject in pairs],
    ):
        yield login_key(provider, subject), owner


def _read_passkey_owners(credential_ids: list[str]) -> Iterator[tuple[Key, str]]:
    if not credential_ids:
        return
    for credential_id, owner in _query(
        "SELECT a.data #>> '{credential,id}', u.subject_id FROM mfa_authenticator a"
        " JOIN accounts_user u ON u.id = a.user_id"
        " WHERE a.type = 'webauthn' AND a.data #>> '{credential,id}' = ANY(%s)",
        credential_ids,
    ):
        yield Key("passkey", credential_id), owner


def _read_attribute_owners(by_kind: Mapping[str, list[str]]) -> Iterator[tuple[Key, str]]:
    for kind, values in by_kind.items():
        if not kind.startswith("attribute:"):
            continue
        for value, owner in _query(
            "SELECT v.value, u.subject_id FROM accounts_uniqueattributevalue v"
            " JOIN accounts_attributedefinition d ON d.id = v.definition_id"
            " JOIN accounts_user u ON u.id = v.user_id WHERE d.name = %s AND v.value = ANY(%s)",
            kind.removeprefix("attribute:"),
            values,
        ):
            yield Key(kind, value), owner
