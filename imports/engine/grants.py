"""Which groups and roles an operator may give: none whose permissions they do not hold."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.models import Group, Role, User
from imports.core.plans import Grant


def read_roles(keys: Iterable[str], operator: User) -> dict[str, Grant]:
    """Return those of the roles that exist, by key."""
    roles = Role.objects.filter(key__in=set(keys)).prefetch_related("permissions__content_type")
    return {role.key: Grant(role.pk, _may_grant([role], operator)) for role in roles}


def read_groups(keys: Iterable[str], operator: User) -> dict[str, Grant]:
    """Return those of the groups that exist, by key."""
    groups: QuerySet[Group] = Group.objects.filter(key__in=set(keys)).prefetch_related(
        "roles__permissions__content_type"
    )
    return {group.key: Grant(group.pk, _may_grant(group.roles.all(), operator)) for group in groups}


def _may_grant(roles: Iterable[Role], operator: User) -> bool:
    return all(
        operator.has_perm(f"{permission.content_type.app_label}.{permission.codename}")
        for role in roles
        for permission in role.permissions.all()
    )
