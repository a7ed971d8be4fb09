"""Write the users and statuses of accepted rows of whom nothing is known yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import compress

from accounts.passwords.sealing import store_passwords
from imports.core.columns.table import HASH, LOGINS, PLAINTEXT, Table
from imports.core.records.user_columns import PROFILE_COLUMNS
from imports.engine.columns.inserting import (
    NO_ATTRIBUTES,
    NewUsers,
    insert_emails,
    insert_logins,
    insert_memberships,
    insert_users,
)
from imports.engine.columns.parts import NewRows
from imports.engine.columns.recording import Statuses, insert_statuses
from imports.engine.copying import Column, Same
from imports.models import ImportChunk, Status


def create_users(rows: NewRows, chunk: ImportChunk, source: str, now: datetime) -> list[int]:
    """Write the users with all that is theirs, and a status for each; return their ids.

    Runs in the transaction that is open. Raises IntegrityError when somebody else took one of the
    values since they were looked for.
    """
    table = rows.table
    ids = insert_users(_to_users(table), now, source)
    _insert_emails(table, ids)
    insert_logins(
        (
            (user_id, *login)
            for user_id, logins in zip(ids, table.get(LOGINS), strict=True)
            for login in {each[:2]: each for each in logins or ()}.values()
        ),
        now,
    )
    insert_memberships(
        (
            (user_id, each)
            for user_id, keys in zip(ids, rows.group_ids, strict=True)
            for each in keys
        ),
        (
            (user_id, each)
            for user_id, keys in zip(ids, rows.role_ids, strict=True)
            for each in keys
        ),
        now,
    )
    insert_statuses(chunk, _to_statuses(table, ids), now)
    return ids


def _get(table: Table, target: str) -> Column:
    """Return a column to be written; one value for all where no row has any."""
    return table.values.get(target, Same(None))


def _to_users(table: Table) -> NewUsers:
    profile = {each.field: _get(table, f"profile.{each.field}") for each in PROFILE_COLUMNS}
    return NewUsers(
        subject_ids=table.get("subject_id"),
        passwords=_list_passwords(table),
        attributes=Same(NO_ATTRIBUTES),
        passwords_expire_at=table.expiries(),
        updated_at=_get(table, "profile.updated_at"),
        profile=profile,
    )


def _list_passwords(table: Table) -> Sequence[str | None]:
    """Return what is stored of the rows' passwords, which are hashed or plain."""
    plain = table.get(PLAINTEXT)
    stored = iter(store_passwords([each for each in plain if each is not None]))
    hashes = table.get(HASH)
    return [
        hashed if each is None else next(stored) for hashed, each in zip(hashes, plain, strict=True)
    ]


def _insert_emails(table: Table, ids: list[int]) -> None:
    emails, verified = table.get("profile.email"), table.get("profile.email_verified")
    have = [email is not None for email in emails]
    if any(have):
        flags = [bool(each) for each in compress(verified, have)]
        insert_emails(list(compress(ids, have)), list(compress(emails, have)), flags, Same(True))


def _to_statuses(table: Table, ids: list[int]) -> Statuses:
    return Statuses(
        row_number=table.row_numbers,
        line_number=table.line_numbers,
        status=Same(Status.CREATED.value),
        subject_id=table.get("subject_id"),
        username=table.known_as("username"),
        email=table.known_as("email"),
        user_id=ids,
        stamped_at=_get(table, "profile.updated_at"),
    )
