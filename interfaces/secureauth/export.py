"""Write the users of a connection's source as a TenantDump, list by list, as they are read."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import orjson
from allauth.account.models import EmailAddress
from django.db.models import QuerySet

from accounts.models import Group, GroupMembership, User
from imports.models import Connection

# Read at once; what is sent is a list of these.
PORTION = 2000
# Ids of entries that have none here are UUIDv5 in this name space: the same at every export.
NAMESPACE = uuid.UUID("5f8b2f0e-5d5c-5f0c-9c56-7d2f6c0f6b3d")


def write_dump(connection: Connection) -> Iterator[bytes]:
    """Yield the JSON of a dump; no more than a portion of users is held in memory."""
    users = User.objects.filter(source=connection.source, is_staff=False, is_superuser=False)
    tenant = connection.tenant
    lists: dict[str, Callable[[], Iterator[dict[str, Any]]]] = {
        "users": lambda: (_describe_user(user, tenant) for user in _read(users)),
        "user_credentials": lambda: iter(()),
        "user_identifiers": lambda: _list_identifiers(users, tenant),
        "user_verifiable_addresses": lambda: _list_addresses(users, tenant),
        "groups": lambda: _list_groups(users, tenant),
        "group_members": lambda: _list_members(users, tenant),
    }
    start = b"{"
    for name, read in lists.items():
        yield start + orjson.dumps(name) + b":["
        yield from _join(read())
        yield b"]"
        start = b","
    yield b"}"


def _join(entries: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    portion: list[bytes] = []
    separator = b""
    for entry in entries:
        portion.append(orjson.dumps(entry))
        if len(portion) >= PORTION:
            yield separator + b",".join(portion)
            portion, separator = [], b","
    if portion:
        yield separator + b",".join(portion)


def _read(users: QuerySet[User]) -> Iterator[User]:
    return users.order_by("pk").iterator(PORTION)


def _describe_user(user: User, tenant: str) -> dict[str, Any]:
    payload = {
        "given_name": user.given_name,
        "family_name": user.family_name,
        "name": user.display_name,
        "locale": user.locale,
        "zoneinfo": user.zoneinfo,
        "picture": user.picture,
        **user.attributes,
    }
    return {
        "id": user.subject_id,
        "tenant_id": tenant,
        "user_pool_id": user.source,
        "status": "active" if user.is_active else "inactive",
        "payload": {name: value for name, value in payload.items() if value not in ("", None)},
        "metadata": {},
        "created_at": _write_time(user.created_at),
        "updated_at": _write_time(user.updated_at),
    }


def _list_identifiers(users: QuerySet[User], tenant: str) -> Iterator[dict[str, Any]]:
    for user in _read(users):
        for kind, value in (("uid", user.username), ("email", user.email), ("mobile", user.phone)):
            if value:
                yield _describe(user, tenant, kind, value) | {
                    "identifier": value,
                    "identifier_lc": value.lower(),
                }


def _list_addresses(users: QuerySet[User], tenant: str) -> Iterator[dict[str, Any]]:
    addresses = EmailAddress.objects.filter(user__in=users).select_related("user")
    for each in addresses.order_by("user_id", "-primary", "pk").iterator(PORTION):
        yield _describe_address(each.user, tenant, "email", each.email, is_verified=each.verified)
    for user in _read(users.exclude(phone=None)):
        yield _describe_address(
            user, tenant, "mobile", user.phone or "", is_verified=user.phone_verified
        )


def _describe_address(
    user: User, tenant: str, kind: str, value: str, *, is_verified: bool
) -> dict[str, Any]:
    return _describe(user, tenant, kind, value) | {
        "address": value,
        "address_lc": value.lower(),
        "status": "active",
        "verified": is_verified,
    }


def _describe(user: User, tenant: str, kind: str, value: str) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid5(NAMESPACE, f"{user.subject_id}:{kind}:{value}")),
        "user_id": user.subject_id,
        "user_pool_id": user.source,
        "tenant_id": tenant,
        "type": kind,
        "created_at": _write_time(user.created_at),
        "updated_at": _write_time(user.updated_at),
    }


def _list_groups(users: QuerySet[User], tenant: str) -> Iterator[dict[str, Any]]:
    groups = Group.objects.filter(groupmembership__user__in=users).distinct().order_by("pk")
    for group in groups.iterator(PORTION):
        yield {
            "id": _name_group(group),
            "tenant_id": tenant,
            "user_pool_id": "",
            "name": group.key,
            "description": group.description,
        }


def _list_members(users: QuerySet[User], tenant: str) -> Iterator[dict[str, Any]]:
    members = GroupMembership.objects.filter(user__in=users).select_related("user", "group")
    for each in members.order_by("pk").iterator(PORTION):
        yield {
            "group_id": _name_group(each.group),
            "user_id": each.user.subject_id,
            "user_pool_id": each.user.source,
            "tenant_id": tenant,
        }


def _name_group(group: Group) -> str:
    return str(uuid.uuid5(NAMESPACE, f"group:{group.key}"))


def _write_time(time: datetime | None) -> str | None:
    return time.isoformat().replace("+00:00", "Z") if time else None
