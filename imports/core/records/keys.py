"""The values that at most one user may have, written so that equal ones compare equal."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from accounts.identifiers import fold_username, read_as_contact
from imports.core.records.records import UserImportRecord
from imports.core.records.removals import NOTHING, Removals


class Key(NamedTuple):
    """A value that at most one user may have, written so that equal values compare equal."""

    kind: str
    value: str


class Named(Protocol):
    """A profile, or a user: whoever has names."""

    given_name: Any
    family_name: Any
    display_name: Any


@dataclass(frozen=True, slots=True)
class KeyedRecord:
    """A record with its keys, which are listed once and carried along while it is planned.

    `removals` are what its user is to have no more.
    """

    record: UserImportRecord
    keys: tuple[Key, ...]
    removals: Removals = NOTHING


# What tells that two records are one person's, strongest first: they have one address, and both
# have proof of it, or at least a provider that proves addresses. By themselves they say nothing.
PROVEN, VOUCHED = "proven_email", "vouched_email"
TIES = {PROVEN: b"\x01", VOUCHED: b"\x02"}
# A user to whom several subject ids lead: records of one file that do are one person's.
USER = "user"
# Whom a record with no other unique value than its subject id names, beside that id.
NAMED = "named"
# The last byte of a digest, by kind; that of any other value is zero.
MARKS = {**TIES, "subject_id": b"\x03", USER: b"\x04", NAMED: b"\x05"}
VALUE_MARK = b"\x00"
# Providers that hand out no address before its owner has confirmed it.
VOUCHING = frozenset({"apple", "google"})
# What people sign in with: at the sign-in page each is looked up as all of them.
NAME_KINDS = ("username", "email", "phone")
FIELDS = {
    "login": "authenticators.external_logins",
    "passkey": "authenticators.passkeys",
    PROVEN: "profile.email",
    VOUCHED: "profile.email",
    USER: "subject_id",
}
KEY_LABELS = {
    "subject_id": "subject id",
    "username": "user name",
    "email": "e-mail address",
    PROVEN: "e-mail address",
    VOUCHED: "e-mail address",
    "phone": "phone number",
    "login": "external login",
    "passkey": "passkey",
    USER: "user",
}


def collect_emails(record: UserImportRecord) -> dict[str, bool]:
    """Return every e-mail address of a record with whether it is verified, the primary first."""
    profile = record.profile
    found: dict[str, bool] = {}
    if profile.email:
        found[profile.email] = bool(profile.email_verified)
    for further in profile.emails:
        found[further.email] = found.get(further.email, False) or further.verified
    for address in record.authenticators.verified_addresses:
        if address.type == "email":
            found[address.value] = True
    return found


def list_keys(record: UserImportRecord, unique_attributes: frozenset[str]) -> Iterator[Key]:
    """Yield every value of the record that no other user may have, the subject id first.

    One that was made comes last: what it was made from says what two records share. A user name
    that is the record's own address is the address's key alone.
    """
    profile = record.profile
    subject_id = Key("subject_id", record.subject_id)
    if not record.has_made_id:
        yield subject_id
    emails = collect_emails(record)
    if profile.username and (key := username_key(profile.username)).value not in emails:
        yield key
    for email in emails:
        yield Key("email", email)
    if profile.phone:
        yield Key("phone", profile.phone)
    for login in record.authenticators.external_logins:
        yield login_key(login.provider, login.subject)
    for passkey in record.authenticators.passkeys:
        yield Key("passkey", passkey.credential_id)
    for name in sorted(unique_attributes & profile.attributes.keys()):
        yield Key(f"attribute:{name}", str(profile.attributes[name]))
    if record.has_made_id:
        yield subject_id


def key_record(
    record: UserImportRecord, unique_attributes: frozenset[str], removals: Removals = NOTHING
) -> KeyedRecord:
    """Return the record with every value of it that no other user may have."""
    return KeyedRecord(record, tuple(list_keys(record, unique_attributes)), removals)


def list_ties(record: UserImportRecord) -> Iterator[Key]:
    """Yield by what a record can be told to be the same person's as another, strongest first."""
    email = record.profile.email
    if not email:
        return
    is_proven = collect_emails(record)[email]
    if is_proven:
        yield Key(PROVEN, email)
    if is_proven or any(
        login.provider in VOUCHING for login in record.authenticators.external_logins
    ):
        yield Key(VOUCHED, email)


def list_file_keys(
    keyed: KeyedRecord, ties: Collection[str] = frozenset(TIES), user: str = ""
) -> Iterator[Key]:
    """Yield all by which a record can meet another one of its file.

    `ties` are those that count; `user` is whom the record's id leads to, if others do as well. A
    subject id of the source comes before the user, the user before what ties two records, and that
    before what only one of them may have: the first that two records share says what they are to
    each other. A name says nothing by itself, and comes last.
    """
    keys = iter(keyed.keys)
    if not keyed.record.has_made_id:
        yield next(keys)
    if user:
        yield Key(USER, user)
    if ties:
        yield from (key for key in list_ties(keyed.record) if key.kind in ties)
    yield from keys
    if len(keyed.keys) == 1 and (name := read_name(keyed.record.profile)):
        yield Key(NAMED, f"{keyed.record.subject_id}\x00{name}")


def read_name(person: Named) -> str:
    """Return what a person is called, written so that equal names compare equal."""
    names = person.given_name, person.family_name
    return (" ".join(filter(None, names)) or person.display_name or "").casefold()


def username_key(username: str) -> Key:
    """Return the key of a user name, which may have the value of an address or number."""
    return Key("username", read_as_contact(username) or fold_username(username))


def list_rivals(key: Key) -> list[Key]:
    """Return the keys of which no other user may have any, this one first."""
    if key.kind not in NAME_KINDS:
        return [key]
    return [key, *(Key(kind, key.value) for kind in NAME_KINDS if kind != key.kind)]


def login_key(provider: str, subject: str) -> Key:
    """Return the key of an external login; a NUL cannot occur in either part."""
    return Key("login", f"{provider}\x00{subject}")


def digest_key(key: Key, salt: bytes) -> bytes:
    """Return 16 bytes that stand for the key where it must not be stored in clear.

    Those of a user name, an address and a phone number with one value are the same. The last byte
    tells what ties two records, and what they are compared by, from what only one may have.
    """
    text = f"{get_namespace(key.kind)}\x00{key.value}".encode()
    digest = hashlib.blake2b(text, digest_size=15, key=salt).digest()
    return digest + MARKS.get(key.kind, VALUE_MARK)


def get_namespace(kind: str) -> str:
    """Return within what values of a kind are told apart: names to sign in with are one."""
    return "name" if kind in NAME_KINDS else kind


def find_tie(digest: bytes) -> str:
    """Return which tie a digest stands for; empty for a value."""
    return next((kind for kind, mark in TIES.items() if digest.endswith(mark)), "")


def has_kind(digest: bytes, kind: str) -> bool:
    """Return whether a digest stands for a key of this kind, which is one of those with a mark."""
    return digest.endswith(MARKS[kind])


def is_value(digest: bytes) -> bool:
    """Return whether a digest stands for a unique value other than the subject id."""
    return digest.endswith(VALUE_MARK)


def get_field(kind: str) -> str:
    """Return the target field that keys of a kind come from."""
    if kind == "subject_id":
        return kind
    if kind.startswith("attribute:"):
        return f"profile.attributes.{kind.removeprefix('attribute:')}"
    return FIELDS.get(kind, f"profile.{kind}")


def describe_shared(key: Key) -> str:
    """Return what people call a value that two records share, whichever kind it is of the other."""
    if key.kind == "username" and read_as_contact(key.value):
        return "name to sign in with"
    return get_key_label(key.kind)


def get_key_label(kind: str) -> str:
    """Return what people call the values of a kind."""
    return KEY_LABELS.get(kind) or f"attribute “{kind.removeprefix('attribute:')}”"
