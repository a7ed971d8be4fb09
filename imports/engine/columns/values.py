"""List of accepted rows the values that one user alone may have, and what the rows belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from imports.core.columns import Table
from imports.core.columns.keys import list_username_keys
from imports.core.columns.table import GROUPS, LOGINS, ROLES
from imports.core.planning.plans import Grant
from imports.engine.context import JobContext
from imports.engine.grants import read_groups, read_roles


def list_values(table: Table) -> tuple[dict[str, list[str]], list[str]]:
    """Return the values that one user alone may have by the kinds of their keys, and user names."""
    by_kind = {kind: list(filter(None, column)) for kind, column in list_names(table).items()}
    by_kind["login"] = [login for each in list_logins(table) for login in each]
    return by_kind, [name for name in table.get("profile.username") if name]


def list_names(table: Table) -> dict[str, Sequence[str | None]]:
    return {
        "username": list_username_keys(table),
        "email": table.get("profile.email"),
        "phone": table.get("profile.phone"),
    }


def list_logins(table: Table) -> list[list[str]]:
    return [
        [f"{provider}\x00{subject}" for provider, subject, _ in logins or ()]
        for logins in table.get(LOGINS)
    ]


def read_grants(table: Table, context: JobContext) -> dict[str, dict[str, Grant]]:
    """Return the groups and roles that rows name, by field and key."""
    authority = context.options.authority
    named = {
        target: {key for keys in table.get(target) for key in keys or ()}
        for target in (GROUPS, ROLES)
    }
    return {
        GROUPS: read_groups(named[GROUPS], authority) if named[GROUPS] else {},
        ROLES: read_roles(named[ROLES], authority) if named[ROLES] else {},
    }


def may_give(known: Mapping[str, Grant], key: str) -> bool:
    grant = known.get(key)
    return grant is not None and not grant.lacking


def list_ids(table: Table, target: str, known: dict[str, Grant]) -> list[tuple[int, ...]]:
    """Return for each row the ids of what it belongs to, each once."""
    ids: dict[tuple[str, ...], tuple[int, ...]] = {
        keys: tuple(known[key].id for key in dict.fromkeys(keys))
        for keys in {tuple(keys or ()) for keys in table.get(target)}
    }
    return [ids[keys or ()] for keys in table.get(target)]
