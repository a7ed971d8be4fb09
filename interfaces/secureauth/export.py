"""Write the users of a connection's source as a TenantDump, list by list, as they are read."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import QuerySet

from accounts.authenticators import passkeys, totp
from accounts.encryption import DecryptionError
from accounts.models import Group, User
from exports.engine.passwords import present_password
from exports.engine.portions import UNREADABLE, Portion, Tally
from exports.engine.reading import read_group_keys, read_portions, taking_snapshot
from exports.models import Channel, Export
from exports.selection import Selection, exclude_administrators, exclude_more_powerful
from exports.services.exporting import note_export, noting_end, require_permissions
from imports.core.records.facts import EXPIRED
from imports.models import Connection
from imports.services.connections.kinds import SECUREAUTH
from imports.services.connections.people import list_people

# Ids of entries that have none here are UUIDv5 in this name space: the same at every export.
NAMESPACE = uuid.UUID("5f8b2f0e-5d5c-5f0c-9c56-7d2f6c0f6b3d")
PROFILE = ("given_name", "family_name", "display_name", "locale", "zoneinfo", "picture")
# What the payload of a user calls the fields of a profile, where it has another name.
NAMES = {"display_name": "name"}
# What entries of every list have of their user.
COMMON = ("subject_id", "source", "created_at", "updated_at")
OWN_HASH = "secureauth_hashed_password"
# Where no date stands for a password that does not expire.
NEVER = "1900-01-01T00:00:00Z"

Entry = dict[str, Any]
Row = dict[str, Any]


def begin_export(connection: Connection, *, with_credentials: bool) -> Export:
    """Note that a connection exports its users; raises PermissionMissing for whom it acts for.

    With credentials, everybody who set it up has to be allowed to export them.
    """
    people = list_people(connection) if with_credentials else [connection.owner]
    for person in people:
        require_permissions(person, with_credentials=with_credentials)
    return note_export(
        SECUREAUTH.name,
        "configuration",
        Selection(source=connection.source),
        actor=connection.owner,
        channel=Channel.SECUREAUTH,
        taker=str(connection),
        with_credentials=with_credentials,
    )


def write_dump(connection: Connection, export: Export) -> Generator[bytes]:
    """Yield the JSON of a dump; no more than a portion of users is held in memory."""
    users = exclude_administrators(User.objects.filter(source=connection.source))
    people = list_people(connection) if export.with_credentials else []
    for person in people:
        users = exclude_more_powerful(users, person)
    tally = Tally()
    with noting_end(export, tally), taking_snapshot():
        dump = _Dump(users, connection.tenant, export.with_credentials, tally)
        yield from _write_lists(dump.list_entries())


@dataclass(frozen=True, slots=True)
class _Dump:
    """The lists of a dump, each read by itself: a dump has one list after the other."""

    users: QuerySet[User]
    tenant: str
    with_credentials: bool
    tally: Tally

    def list_entries(self) -> dict[str, Iterator[Entry]]:
        """Return the entries of each list by its name."""
        return {
            "users": self._list_users(),
            "user_credentials": self._list_credentials(),
            "user_identifiers": self._list_identifiers(),
            "user_verifiable_addresses": self._list_addresses(),
            "groups": _list_groups(self.users, self.tenant),
            "group_members": self._list_members(),
        }

    def _read(self, *columns: str, parts: Collection[str] = ()) -> Iterator[tuple[Row, Portion]]:
        names = ("pk", *COMMON, *columns)
        for portion in read_portions(self.users, names[1:], parts=parts):
            for values in portion.users:
                row: Row = dict(zip(names, values, strict=True))
                row["tenant"] = self.tenant
                yield row, portion

    def _list_users(self) -> Iterator[Entry]:
        for row, _ in self._read("is_active", "attributes", *PROFILE):
            self.tally.users += 1
            yield _describe_user(row)

    def _list_credentials(self) -> Iterator[Entry]:
        if self.with_credentials:
            columns = ("password", "password_expires_at")
            for row, portion in self._read(*columns, parts=["authenticators"]):
                yield from _list_credentials(row, portion, self.tally)

    def _list_identifiers(self) -> Iterator[Entry]:
        for row, _ in self._read("username", "email", "phone"):
            yield from _list_identifiers(row)

    def _list_addresses(self) -> Iterator[Entry]:
        for row, portion in self._read("email", "phone", "phone_verified", parts=["emails"]):
            yield from _list_addresses(row, portion)

    def _list_members(self) -> Iterator[Entry]:
        keys = read_group_keys()
        for row, portion in self._read(parts=["groups"]):
            for key in sorted(keys[each] for each in portion.groups.get(row["pk"], ())):
                yield _describe_member(row, key)


def _write_lists(lists: dict[str, Iterator[Entry]]) -> Iterator[bytes]:
    start = b"{"
    for name, entries in lists.items():
        yield start + orjson.dumps(name) + b":["
        yield from _join(entries)
        yield b"]"
        start = b","
    yield b"}"


def _join(entries: Iterator[Entry], size: int = 2000) -> Iterator[bytes]:
    portion: list[bytes] = []
    separator = b""
    for entry in entries:
        portion.append(orjson.dumps(entry, option=orjson.OPT_UTC_Z))
        if len(portion) >= size:
            yield separator + b",".join(portion)
            portion, separator = [], b","
    if portion:
        yield separator + b",".join(portion)


def _describe_user(row: Row) -> Entry:
    profile = {NAMES.get(name, name): row[name] for name in PROFILE}
    payload = {**profile, **row["attributes"]}
    return {
        "id": row["subject_id"],
        "tenant_id": row["tenant"],
        "user_pool_id": row["source"],
        "status": "active" if row["is_active"] else "inactive",
        "payload": {name: value for name, value in payload.items() if value not in ("", None)},
        "metadata": {},
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def _list_credentials(row: Row, portion: Portion, tally: Tally) -> Iterator[Entry]:
    if payload := _describe_password(row["password"], tally):
        expires_at = row["password_expires_at"]
        must_change = expires_at == EXPIRED
        yield _describe(row, "password", "") | {
            "payload": payload,
            "state": "must_be_changed" if must_change else "valid",
            "expires_at": NEVER if must_change else expires_at or NEVER,
        }
    for kind, data in portion.authenticators.get(row["pk"], ()):
        try:
            if kind == "totp":
                payload = totp.read_data(data)
                yield _describe(row, kind, "") | {"payload": payload, "state": "valid"}
            elif kind == "webauthn":
                key = passkeys.read_data(data)
                credential = {"id": key.pop("credential_id"), **key}
                yield _describe(row, kind, credential["id"]) | {
                    "payload": {"credentials": [credential]},
                    "state": "valid",
                }
        except (DecryptionError, ValueError, KeyError):
            tally.excluded[UNREADABLE] += 1


def _describe_password(stored: str, tally: Tally) -> Entry:
    """Return the payload of a password: as the vendor has it where it can, and as it is stored."""
    presented = present_password(stored, tally)
    if presented is None:
        return {}
    if presented.format_id == OWN_HASH:
        return {"hashed_password": orjson.loads(presented.value)}
    own = {"hash": presented.value, "format": presented.format_id, "params": presented.params}
    payload: Entry = {"userferry": own}
    if presented.format_id == "bcrypt":
        cost = int(presented.value.split("$")[2])
        config = {"method": "bcrypt", "bcrypt": {"cost": cost}}
        payload["hashed_password"] = {"value": presented.value, "config": config}
    return payload


def _list_identifiers(row: Row) -> Iterator[Entry]:
    for kind, column in (("uid", "username"), ("email", "email"), ("mobile", "phone")):
        if value := row[column]:
            yield _describe(row, kind, value) | {
                "identifier": value,
                "identifier_lc": value.lower(),
            }


def _list_addresses(row: Row, portion: Portion) -> Iterator[Entry]:
    found = portion.emails.get(row["pk"], ())
    for email, is_verified in sorted(found, key=lambda each: (each[0] != row["email"], each[0])):
        yield _describe_address(row, "email", email, is_verified=is_verified)
    if row["phone"]:
        yield _describe_address(row, "mobile", row["phone"], is_verified=row["phone_verified"])


def _describe_address(row: Row, kind: str, value: str, *, is_verified: bool) -> Entry:
    return _describe(row, kind, value) | {
        "address": value,
        "address_lc": value.lower(),
        "status": "active",
        "verified": is_verified,
    }


def _describe(row: Row, kind: str, value: str) -> Entry:
    return {
        "id": str(uuid.uuid5(NAMESPACE, f"{row['subject_id']}:{kind}:{value}")),
        "user_id": row["subject_id"],
        "user_pool_id": row["source"],
        "tenant_id": row["tenant"],
        "type": kind,
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def _list_groups(users: QuerySet[User], tenant: str) -> Iterator[Entry]:
    groups = Group.objects.filter(groupmembership__user__in=users).distinct().order_by("pk")
    for group in groups.iterator():
        yield {
            "id": _name_group(group.key),
            "tenant_id": tenant,
            "user_pool_id": "",
            "name": group.key,
            "description": group.description,
        }


def _describe_member(row: Row, key: str) -> Entry:
    return {
        "group_id": _name_group(key),
        "user_id": row["subject_id"],
        "user_pool_id": row["source"],
        "tenant_id": row["tenant"],
    }


def _name_group(key: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"group:{key}"))
