"""List by columns the values that at most one user may have, and their digests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from types import SimpleNamespace

from imports.core.columns.table import LOGINS, Table
from imports.core.records.keys import (
    MARKS,
    NAMED,
    PROVEN,
    VALUE_MARK,
    VOUCHED,
    VOUCHING,
    get_namespace,
    read_name,
    username_key,
)

Digest = Callable[[str], bytes]


def list_username_keys(table: Table) -> list[str | None]:
    """Return what each row's user name is compared by; None where that is its own address."""
    emails = table.get("profile.email")
    names = table.get("profile.username")
    return [
        None if not name or (key := username_key(name).value) == email else key
        for name, email in zip(names, emails, strict=True)
    ]


def digest_keys(table: Table, ties: Collection[str], salt: bytes) -> list[list[bytes]]:
    """Return for each row the digests by which it can meet another one of its file.

    The same as `digest_key` gives for what `list_file_keys` lists, in the same order.
    """
    usernames, phones = list_username_keys(table), table.get("profile.phone")
    # One that is the user name, too, has its digest already.
    others = [
        None if phone == name else phone for phone, name in zip(phones, usernames, strict=True)
    ]
    columns = [
        _digest("subject_id", table.get("subject_id"), salt),
        *_digest_ties(table, ties, salt),
        _digest("username", usernames, salt),
        _digest("email", table.get("profile.email"), salt),
        _digest("phone", others, salt),
    ]
    rows = [list(filter(None, row)) for row in zip(*columns, strict=True)]
    _add_logins(rows, table, salt)
    _add_names(rows, table, salt)
    return rows


def _digest(kind: str, values: Iterable[str | None], salt: bytes) -> list[bytes | None]:
    digest = _make_digest(kind, salt)
    return [digest(value) if value else None for value in values]


def _digest_ties(table: Table, ties: Collection[str], salt: bytes) -> list[Sequence[bytes | None]]:
    """Return the columns of digests of what tells that two records are one person's."""
    emails = table.get("profile.email")
    proven = [
        email if verified else None
        for email, verified in zip(emails, table.get("profile.email_verified"), strict=True)
    ]
    vouched = [
        email if sure or any(login[0] in VOUCHING for login in logins or ()) else None
        for email, sure, logins in zip(emails, proven, table.get(LOGINS), strict=True)
    ]
    listed = {PROVEN: proven, VOUCHED: vouched}
    return [_digest(kind, listed[kind], salt) for kind in listed if kind in ties]


def _add_logins(rows: Sequence[list[bytes]], table: Table, salt: bytes) -> None:
    digest = _make_digest("login", salt)
    for row, logins in zip(rows, table.get(LOGINS), strict=True):
        for provider, subject, _ in logins or ():
            found = digest(f"{provider}\x00{subject}")
            if found not in row:
                row.append(found)


def _add_names(rows: Sequence[list[bytes]], table: Table, salt: bytes) -> None:
    """Add to rows with no value but the subject id whom they name."""
    digest = _make_digest(NAMED, salt)
    names = [table.get(f"profile.{name}") for name in ("given_name", "family_name", "display_name")]
    for place, row in enumerate(rows):
        if len(row) > 1:
            continue
        given, family, display = (column[place] for column in names)
        person = SimpleNamespace(given_name=given, family_name=family, display_name=display)
        if name := read_name(person):
            row.append(digest(f"{table.get('subject_id')[place]}\x00{name}"))


def _make_digest(kind: str, salt: bytes) -> Digest:
    """Return what gives the digest of each value of a kind, begun only once."""
    begun = hashlib.blake2b(f"{get_namespace(kind)}\x00".encode(), digest_size=15, key=salt)
    mark = MARKS.get(kind, VALUE_MARK)

    def digest(value: str) -> bytes:
        whole = begun.copy()
        whole.update(value.encode())
        return whole.digest() + mark

    return digest
