"""Which groups and roles an import may give: none whose permissions one of its preparers lacks."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from django.db.models import QuerySet

from accounts.models import Group, Role, User
from imports.core.plans import Grant
from imports.models import ImportJob

DELETED = "somebody who was deleted since and had a part in this import"


class Grantors:
    """Everybody who prepared a job or started it, read when the first group or role is met.

    Whoever was deleted or deactivated since holds no permission.
    """

    def __init__(self, operator: User, preparers: Iterable[int]) -> None:
        self._operator = operator
        self._others = sorted(set(preparers) - {operator.pk})

    @cached_property
    def people(self) -> list[User]:
        """Return those who are still here; whoever acts now comes first."""
        others = User.objects.in_bulk(self._others) if self._others else {}
        return [self._operator, *(others[pk] for pk in self._others if pk in others)]

    def find_lacking(self, roles: Iterable[Role]) -> str:
        """Return the name of the first who lacks a permission of the roles; empty for nobody."""
        needed = {
            f"{permission.content_type.app_label}.{permission.codename}"
            for role in roles
            for permission in role.permissions.all()
        }
        if not needed:
            return ""
        for person in self.people:
            if not person.has_perms(needed):
                return str(person)
        return DELETED if len(self.people) <= len(self._others) else ""


def load_grantors(job: ImportJob) -> Grantors:
    """Return those whose permissions bound what the job may give, as it is now."""
    return Grantors(job.operator or job.created_by, job.preparers)


def read_roles(keys: Iterable[str], grantors: Grantors) -> dict[str, Grant]:
    """Return those of the roles that exist, by key."""
    roles = Role.objects.filter(key__in=set(keys)).prefetch_related("permissions__content_type")
    return {role.key: Grant(role.pk, grantors.find_lacking([role])) for role in roles}


def read_groups(keys: Iterable[str], grantors: Grantors) -> dict[str, Grant]:
    """Return those of the groups that exist, by key."""
    groups: QuerySet[Group] = Group.objects.filter(key__in=set(keys)).prefetch_related(
        "roles__permissions__content_type"
    )
    return {
        group.key: Grant(group.pk, grantors.find_lacking(group.roles.all())) for group in groups
    }
