"""What a user may do, and through which roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import Permission
from django.db.models import QuerySet

from accounts.models import Group, Role, User
from accounts.permission_areas import describe_permission


@dataclass(frozen=True, slots=True)
class EffectiveRole:
    """A role, where the user has it from, and in words what it allows in the admin."""

    role: Role
    is_direct: bool
    groups: list[Group]
    permissions: list[str]


def list_effective_roles(user: User) -> list[EffectiveRole]:
    direct = set(user.roles.values_list("pk", flat=True))
    groups = list(user.groups.prefetch_related("roles"))
    roles = user.effective_roles.prefetch_related("permissions__content_type")
    return [
        EffectiveRole(
            role=role,
            is_direct=role.pk in direct,
            groups=[group for group in groups if role in group.roles.all()],
            permissions=[
                describe_permission(name) for name in list_permission_names(role.permissions.all())
            ],
        )
        for role in roles
    ]


def list_permission_names(permissions: Iterable[Permission]) -> list[str]:
    """Return permissions as Django's checks name them: app label, dot, code name."""
    if isinstance(permissions, QuerySet):
        permissions = permissions.select_related("content_type")
    return sorted({f"{each.content_type.app_label}.{each.codename}" for each in permissions})
