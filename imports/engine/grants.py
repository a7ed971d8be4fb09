"""Read what an import may do and give, and what existing users may do by what they have."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.authority import Actor, Authority, authorise_directory
from accounts.models import Group, Role, User
from accounts.selectors.authority import (
    read_actor,
    read_permissions_of_groups,
    read_permissions_of_roles,
)
from accounts.selectors.permissions import list_permission_names
from imports.core.planning.plans import ExistingUser, Grant
from imports.models import ImportJob
from imports.states import JobState

DELETED = "somebody who was deleted since and had a part in this import"


def list_people(job: ImportJob, *, actor: User | None = None) -> list[User]:
    """Return those who prepared a job or started it and are still here.

    Whoever acts now comes first: the actor, else who started it last.
    """
    operator = actor or job.operator or job.created_by
    ids = sorted(set(job.preparers) - {operator.pk})
    others = User.objects.in_bulk(ids) if ids else {}
    return [operator, *(others[pk] for pk in ids if pk in others)]


def read_job_authority(job: ImportJob, *, actor: User | None = None) -> Authority:
    """Return those who have to be allowed what the job does: all who had a part in it.

    Whoever was deleted or deactivated since may do nothing. What a legacy directory does at each
    sign-in, it was set up for.
    """
    people = list_people(job, actor=actor)
    actors = [read_actor(person) for person in people]
    if not {person.pk for person in people}.issuperset(job.preparers):
        actors.append(Actor(DELETED))
    authority = Authority(tuple(actors))
    return authorise_directory(authority) if job.state == JobState.CONTINUOUS else authority


def read_roles(keys: Iterable[str], authority: Authority) -> dict[str, Grant]:
    """Return those of the roles that exist, by key."""
    roles = Role.objects.filter(key__in=set(keys)).prefetch_related("permissions__content_type")
    return {role.key: Grant(role.pk, _find_lacking([role], authority)) for role in roles}


def read_groups(keys: Iterable[str], authority: Authority) -> dict[str, Grant]:
    """Return those of the groups that exist, by key."""
    groups: QuerySet[Group] = Group.objects.filter(key__in=set(keys)).prefetch_related(
        "roles__permissions__content_type"
    )
    return {
        group.key: Grant(group.pk, _find_lacking(group.roles.all(), authority)) for group in groups
    }


def _find_lacking(roles: Iterable[Role], authority: Authority) -> str:
    """Return who would give a permission that they do not hold; empty for nobody."""
    given = list_permission_names(each for role in roles for each in role.permissions.all())
    return authority.find_lacking(given)


def read_powers(users: Iterable[ExistingUser], authority: Authority) -> None:
    """Fill in what users may do; of those whose groups and roles are read. A superuser may more."""
    if authority.is_unbounded:
        return
    found = list(users)
    roles = {key for user in found for key in user.role_ids}
    groups = {key for user in found for key in user.group_ids}
    by_role = read_permissions_of_roles(roles) if roles else {}
    by_group = read_permissions_of_groups(groups) if groups else {}
    if not (by_role or by_group):
        return
    for user in found:
        user.permissions = frozenset().union(
            *(by_role.get(key, frozenset()) for key in user.role_ids),
            *(by_group.get(key, frozenset()) for key in user.group_ids),
        )
