"""Read what the rule of who may change a person goes by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from accounts.authority import Actor, Authority, Person
from accounts.models import Group, Role, User
from accounts.selectors.permissions import list_permission_names


def read_authority(*people: User) -> Authority:
    """Return what people may do, all of them: whoever is not active may do nothing."""
    return Authority(tuple(read_actor(person) for person in people))


def read_actor(person: User) -> Actor:
    if person.is_active and person.is_superuser:
        return Actor(str(person), is_superuser=True)
    return Actor(str(person), frozenset(person.get_all_permissions()))


def describe_person(user: User) -> Person:
    """Return what the rule goes by of one user."""
    names = list_permission_names(
        permission
        for role in user.effective_roles.prefetch_related("permissions__content_type")
        for permission in role.permissions.all()
    )
    return Person(
        is_administrator=user.is_administrator,
        permissions=frozenset(names),
        uses_credentials=user.uses_credentials,
    )


def read_permissions_of_roles(role_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Return the permissions that roles carry, by id; without those that carry none."""
    roles = Role.objects.filter(pk__in=role_ids, permissions__isnull=False).order_by()
    path = "permissions__{}".format
    return _gather(roles.values_list("pk", path("content_type__app_label"), path("codename")))


def read_permissions_of_groups(group_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Return the permissions that groups give to their members, by id; without those of none."""
    groups = Group.objects.filter(pk__in=group_ids, roles__permissions__isnull=False).order_by()
    path = "roles__permissions__{}".format
    return _gather(groups.values_list("pk", path("content_type__app_label"), path("codename")))


def _gather(rows: Iterable[tuple[int, str, str]]) -> dict[int, frozenset[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
    for key, app_label, codename in rows:
        found[key].add(f"{app_label}.{codename}")
    return {key: frozenset(names) for key, names in found.items()}
