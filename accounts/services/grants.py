"""Who may give what, and change whom: nobody beyond what they hold themselves."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Permission

from accounts.models import Group, Role, User
from accounts.permission_areas import describe_permission
from accounts.selectors.permissions import list_permission_names


def find_excess(actor: User, permissions: Iterable[Permission]) -> list[str]:
    """Return the names of those permissions that the actor does not hold."""
    if actor.is_active and actor.is_superuser:
        return []
    held = actor.get_all_permissions()
    return sorted(set(list_permission_names(permissions)) - held)


def find_excess_of_roles(actor: User, roles: Iterable[Role]) -> list[str]:
    return find_excess(actor, Permission.objects.filter(role__in=list(roles)))


def find_excess_of_groups(actor: User, groups: Iterable[Group]) -> list[str]:
    return find_excess(actor, Permission.objects.filter(role__groups__in=list(groups)))


def may_change_user(actor: User, user: User) -> bool:
    """Refuse whoever could do more than the actor: changing them is acting as them."""
    if actor.is_active and actor.is_superuser:
        return True
    if user.is_superuser:
        return False
    return not find_excess_of_roles(actor, user.effective_roles)


def explain_excess(names: Iterable[str]) -> str:
    listed = ", ".join(f"“{describe_permission(name)}” ({name})" for name in names)
    return f"This would give permissions that you do not hold yourself: {listed}."
