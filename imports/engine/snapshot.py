"""Reads what the records of one chunk can meet in the store, in a handful of set queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection

from accounts.identifiers import fold_username
from accounts.models import User
from imports.core.keys import Key, list_keys, login_key
from imports.core.plans import Duplicate, ExistingUser, Mode, PlanOptions, Snapshot
from imports.core.records import UserImportRecord
from imports.engine.grants import read_groups, read_roles

# Record field -> column of the user, where the two differ.
COLUMN_NAMES = {"active": "is_active", "last_login": "last_login_at_source"}
PROFILE_FIELDS = (
    "username",
    "email",
    "phone",
    "phone_verified",
    "given_name",
    "family_name",
    "display_name",
    "locale",
    "zoneinfo",
    "picture",
    "active",
    "created_at",
    "last_login",
)


def read_snapshot(
    records: Sequence[UserImportRecord],
    duplicates: Mapping[int, Duplicate],
    options: PlanOptions,
    operator: User,
    *,
    lock: bool,
) -> Snapshot:
    """Return what exists of all that the records mention.

    With `lock`, matching users stay as they are until the transaction ends, so that an update
    planned on what was read is not lost.
    """
    keys = {key for record in records for key in list_keys(record, options.unique_attributes)}
    by_kind: dict[str, list[str]] = {}
    for key in keys:
        by_kind.setdefault(key.kind, []).append(key.value)
    users = _read_users(by_kind.get("subject_id", []), lock=lock)
    if options.mode is Mode.UPDATE and users:
        _read_belongings({user.id: user for user in users.values()})
    return Snapshot(
        users=users,
        owners=dict(_read_owners(by_kind, records)),
        groups=read_groups((key for r in records for key in r.memberships.groups), operator),
        roles=read_roles((key for r in records for key in r.memberships.roles), operator),
        duplicates=duplicates,
    )


def _query(statement: str, *params: Any) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        yield from cursor.fetchall()


def _read_users(subject_ids: list[str], *, lock: bool) -> dict[str, ExistingUser]:
    users = User.objects.filter(subject_id__in=subject_ids).order_by("id")
    if lock:
        users = users.select_for_update(no_key=True)
    return {user.subject_id: _to_existing(user) for user in users}


def _to_existing(user: User) -> ExistingUser:
    return ExistingUser(
        id=user.pk,
        subject_id=user.subject_id,
        is_protected=user.is_staff or user.is_superuser,
        profile={name: getattr(user, COLUMN_NAMES.get(name, name)) for name in PROFILE_FIELDS},
        attributes=user.attributes,
        password=user.password,
        password_is_own=user.last_login is not None or user.password_changed_at is not None,
        password_expires_at=user.password_expires_at,
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
    by_kind: Mapping[str, list[str]], records: Iterable[UserImportRecord]
) -> Iterator[tuple[Key, str]]:
    """Yield who has each of the values already."""
    if emails := by_kind.get("email"):
        for email, owner in _query(
            "SELECT email, subject_id FROM accounts_user WHERE email = ANY(%s)"
            " UNION ALL SELECT e.email, u.subject_id FROM account_emailaddress e"
            " JOIN accounts_user u ON u.id = e.user_id WHERE e.email = ANY(%s)",
            emails,
            emails,
        ):
            yield Key("email", email), owner
    # PostgreSQL folds both sides itself: which letters it folds depends on its locale.
    if names := [r.profile.username for r in records if r.profile.username]:
        for name, owner in _query(
            "SELECT username, subject_id FROM accounts_user"
            " WHERE UPPER(username) IN (SELECT UPPER(name) FROM unnest(%s::text[]) AS name)",
            names,
        ):
            yield Key("username", fold_username(name)), owner
    if phones := by_kind.get("phone"):
        for phone, owner in _query(
            "SELECT phone, subject_id FROM accounts_user WHERE phone = ANY(%s)", phones
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
