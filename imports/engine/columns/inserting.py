"""Write new rows of the users' tables, given as columns: the one writer for all new users."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password

from accounts.models import GroupMembership, RoleAssignment, User
from imports.core.records.user_columns import PROFILE_COLUMNS, ProfileColumn
from imports.engine.copying import Column, Same, copy_columns, copy_rows, take_ids

NO_ATTRIBUTES = "{}"


@dataclass(frozen=True, slots=True)
class NewUsers:
    """Users to be written, as columns of equal length.

    `passwords` are as they are stored, None for a user without one; `attributes` are JSON text;
    `profile` is by field of the record, None for what a user does not have. None of a user in
    `updated_at` stands for now.
    """

    subject_ids: Sequence[str]
    passwords: Sequence[str | None]
    attributes: Column
    passwords_expire_at: Column
    updated_at: Column
    profile: Mapping[str, Column]


def insert_users(users: NewUsers, now: datetime, source: str) -> list[int]:
    """Write users who come from the system `source`; return their ids."""
    ids = take_ids(User, len(users.subject_ids))
    columns: dict[str, Column] = {
        "id": ids,
        "subject_id": users.subject_ids,
        "password": _fill_passwords(users.passwords),
        "attributes": users.attributes,
        "is_staff": Same(value=False),
        "is_superuser": Same(value=False),
        "password_expires_at": users.passwords_expire_at,
        "updated_at": _fill(users.updated_at, now),
        "source": Same(source),
    }
    for each in PROFILE_COLUMNS:
        blank = now if each.is_now else each.blank
        columns[each.column] = _fill(_get(users.profile, each), blank)
    copy_columns(User, columns)
    return ids


def _get(profile: Mapping[str, Column], column: ProfileColumn) -> Column:
    return profile.get(column.field, Same(None))


def _fill(column: Column, blank: Any) -> Column:
    """Return what new users get in a column; for nothing, what stands there for it."""
    if isinstance(column, Same):
        return Same(blank) if column.value is None else column
    if blank is None or None not in column:
        return column
    return [blank if value is None else value for value in column]


def _fill_passwords(passwords: Sequence[str | None]) -> Sequence[str]:
    """Return passwords with one that nobody has in the place of none."""
    return [make_password(None) if each is None else each for each in passwords]


def insert_emails(user_ids: Column, emails: Column, verified: Column, primary: Column) -> None:
    columns = {"user_id": user_ids, "email": emails, "verified": verified, "primary": primary}
    copy_columns(EmailAddress, columns)


def insert_logins(logins: Iterable[tuple[int | None, str, str, str | None]], now: datetime) -> None:
    """Write external logins: user id, provider, subject and, if there is one, the name shown."""
    rows = [
        (user_id, provider, subject, now, now, json.dumps({"name": name} if name else {}))
        for user_id, provider, subject, name in logins
    ]
    columns = ("user_id", "provider", "uid", "last_login", "date_joined", "extra_data")
    copy_rows(SocialAccount, columns, rows)


def insert_memberships(
    groups: Iterable[tuple[int | None, int]], roles: Iterable[tuple[int | None, int]], now: datetime
) -> None:
    """Write memberships of groups and assignments of roles, each a user's id and the other's."""
    group_rows = [(user_id, group_id, now) for user_id, group_id in groups]
    copy_rows(GroupMembership, ("user_id", "group_id", "created_at"), group_rows)
    role_rows = [(user_id, role_id, now) for user_id, role_id in roles]
    copy_rows(RoleAssignment, ("user_id", "role_id", "created_at"), role_rows)
