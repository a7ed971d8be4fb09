"""Roles of the installation: listed, and assigned to users through the connection's batches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Role, User
from imports.core.providers.systems.auth0 import ROLES, SUBJECT
from interfaces.auth0.endpoints import Asked
from interfaces.auth0.errors import Refusal, require_written
from interfaces.auth0.listing import list_from_checkpoint, list_page
from interfaces.auth0.users import Users
from interfaces.auth0.writing import write_all, write_row

PREFIX, DIGITS = "rol_", 16


def list_roles(asked: Asked) -> Any:
    """Return all roles, or those whose names have a text in them."""
    roles = Role.objects.order_by("pk")
    if text := asked.query.get("name_filter", ""):
        roles = roles.filter(Q(name__icontains=text) | Q(name="", key__icontains=text))
    return list_page("roles", roles, asked.query, _show)


def get_role(asked: Asked, role_id: str) -> Any:
    return _describe(_find(role_id))


def list_user_roles(asked: Asked, user_id: str) -> Any:
    user = Users(asked.connection).get(user_id)
    return list_page("roles", user.roles.order_by("pk"), asked.query, _show)


def assign_roles(asked: Asked, user_id: str) -> None:
    user = Users(asked.connection).get(user_id)
    keys = [_find(each).key for each in asked.body["roles"]]
    _write(asked, [user], keys, is_added=True)


def remove_roles(asked: Asked, user_id: str) -> None:
    user = Users(asked.connection).get(user_id)
    keys = [_find(each).key for each in asked.body["roles"]]
    _write(asked, [user], keys, is_added=False)


def list_role_users(asked: Asked, role_id: str) -> Any:
    """Return who has a role directly, page by page or from a checkpoint."""
    users = Users(asked.connection)
    found = users.select().filter(roles=_find(role_id))

    def show(rows: Iterable[User]) -> list[dict[str, Any]]:
        names = ("user_id", "email", "picture", "name")
        return [{n: user[n] for n in names if n in user} for user in users.show(rows)]

    if {"from", "take"} & asked.query.keys():
        return list_from_checkpoint("users", found, asked.query, show)
    return list_page("users", found.order_by("pk"), asked.query, show)


def assign_users(asked: Asked, role_id: str) -> Any:
    """Give a role to users: to all of them, or to none."""
    users = Users(asked.connection)
    role = _find(role_id)
    people = [users.get(user_id) for user_id in dict.fromkeys(asked.body["users"])]
    _write(asked, people, [role.key], is_added=True)
    return {}


def _write(asked: Asked, people: list[User], keys: list[str], *, is_added: bool) -> None:
    """Write a record for each user who gets or loses roles; all of them, or none."""
    rows = []
    for user in people:
        own = {SUBJECT: user.subject_id}
        changed = {**own, ROLES: list(dict.fromkeys(keys))}
        rows.append(write_row(changed, own) if is_added else write_row(own, changed))

    write_all(asked.connection, rows, require_written)


def _find(role_id: str) -> Role:
    number = role_id.removeprefix(PREFIX)
    is_number = number.isascii() and number.isdecimal() and len(number) <= DIGITS
    role = Role.objects.filter(pk=int(number)).first() if is_number else None
    if role is None:
        raise Refusal(404, "The role does not exist.", "inexistent_role")
    return role


def _show(roles: QuerySet[Role]) -> list[dict[str, Any]]:
    return [_describe(role) for role in roles]


def _describe(role: Role) -> dict[str, Any]:
    return {
        "id": f"{PREFIX}{role.pk:0{DIGITS}d}",
        "name": role.name or role.key,
        "description": role.description,
    }
