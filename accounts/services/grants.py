"""Who may give what, and change whom: nobody beyond what they hold themselves."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Permission

from accounts.authority import Act, Refusal, find_refusal
from accounts.models import Group, Role, User
from accounts.permission_areas import describe_permission
from accounts.selectors.authority import describe_person, read_actor, read_authority
from accounts.selectors.permissions import list_permission_names


def find_excess(actor: User, permissions: Iterable[Permission]) -> list[str]:
    """Return the names of those permissions that the actor does not hold."""
    return read_actor(actor).find_excess(list_permission_names(permissions))


def find_excess_of_roles(actor: User, roles: Iterable[Role]) -> list[str]:
    return find_excess(actor, Permission.objects.filter(role__in=list(roles)))


def find_excess_of_groups(actor: User, groups: Iterable[Group]) -> list[str]:
    return find_excess(actor, Permission.objects.filter(role__groups__in=list(groups)))


def find_refusal_of(actor: User, act: Act, user: User) -> Refusal | None:
    """Return why the actor may not do this to the user, or None if they may."""
    return find_refusal(read_authority(actor), act, describe_person(user))


def explain_excess(names: Iterable[str]) -> str:
    listed = ", ".join(f"“{describe_permission(name)}” ({name})" for name in names)
    return f"This would grant permissions that you do not have: {listed}."
