"""The values that at most one user may have, written so that equal ones compare equal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from accounts.identifiers import fold_username, read_as_contact
from imports.core.records.records import UserImportRecord


class Key(NamedTuple):
    """A value that at most one user may have, written so that equal values compare equal."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class KeyedRecord:
    """A record with its keys, which are listed once and carried along while it is planned."""

    record: UserImportRecord
    keys: tuple[Key, ...]


# What people sign in with: at the sign-in page each is looked up as all of them.
NAME_KINDS = ("username", "email", "phone")
KEY_LABELS = {
    "subject_id": "subject id",
    "username": "user name",
    "email": "e-mail address",
    "phone": "phone number",
    "login": "external login",
    "passkey": "passkey",
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


def key_record(record: UserImportRecord, unique_attributes: frozenset[str]) -> KeyedRecord:
    """Return the record with every value of it that no other user may have."""
    return KeyedRecord(record, tuple(list_keys(record, unique_attributes)))


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

    Those of a user name, an address and a phone number with one value are the same.
    """
    namespace = "name" if key.kind in NAME_KINDS else key.kind
    text = f"{namespace}\x00{key.value}".encode()
    return hashlib.blake2b(text, digest_size=16, key=salt).digest()


def get_field(kind: str) -> str:
    """Return the target field that keys of a kind come from."""
    if kind == "subject_id":
        return kind
    if kind.startswith("attribute:"):
        return f"profile.attributes.{kind.removeprefix('attribute:')}"
    return {"login": "authenticators.external_logins", "passkey": "authenticators.passkeys"}.get(
        kind, f"profile.{kind}"
    )


def describe_shared(key: Key) -> str:
    """Return what people call a value that two records share, whichever kind it is of the other."""
    if key.kind == "username" and read_as_contact(key.value):
        return "name to sign in with"
    return get_key_label(key.kind)


def get_key_label(kind: str) -> str:
    """Return what people call the values of a kind."""
    return KEY_LABELS.get(kind) or f"attribute “{kind.removeprefix('attribute:')}”"
