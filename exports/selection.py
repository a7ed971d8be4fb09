"""Which users an export is of, and who of them is never exported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Group, GroupMembership, Role, RoleAssignment, User
from accounts.selectors.authority import read_actor, read_permissions_of_roles
from accounts.selectors.users import search_users
from imports.core.errors import ImporterError
from imports.models import ImportJob, ImportRecord, Status

# An import makes no administrators and changes none, so that nobody could import them again.
ADMINISTRATORS = Q(is_staff=True) | Q(is_superuser=True)
WRITTEN = (Status.CREATED, Status.UPDATED)


@dataclass(frozen=True, slots=True)
class Selection:
    """What exported users have in common; all that is set has to hold.

    `source` is the name of a source system, `group` the key of a group, `search` how an identifier
    begins, `job` the number of an import job that created or updated them. `after` is the subject
    id of the last user of an earlier part, and `limit` how many there are at most.
    """

    source: str = ""
    group: str = ""
    search: str = ""
    job: int | None = None
    after: str = ""
    limit: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the form that is stored with an export."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Selection:
        """Return the selection that `to_json` wrote."""
        return cls(**{each.name: stored[each.name] for each in fields(cls) if each.name in stored})


class SelectionError(ImporterError):
    """A selection names what does not exist; the message says what."""


def select_users(selection: Selection) -> QuerySet[User]:
    """Return the users of a selection, whoever they are; raises SelectionError."""
    users = search_users(User.objects.all(), selection.search)
    if selection.source:
        users = users.filter(source=selection.source)
    if selection.group:
        group = Group.objects.filter(key=selection.group).first()
        if group is None:
            raise SelectionError(f"There is no group “{selection.group}”.")
        members = GroupMembership.objects.filter(user=OuterRef("pk"), group=group)
        users = users.filter(Exists(members))
    if selection.job is not None:
        if not ImportJob.objects.filter(pk=selection.job).exists():
            raise SelectionError(f"There is no import job {selection.job}.")
        records = ImportRecord.objects.filter(job_id=selection.job, status__in=WRITTEN)
        users = users.filter(pk__in=records.values("user_id"))
    if selection.after:
        users = users.filter(subject_id__gt=selection.after)
    return users


def exclude_administrators(users: QuerySet[User]) -> QuerySet[User]:
    return users.exclude(ADMINISTRATORS)


def exclude_more_powerful(users: QuerySet[User], actor: User) -> QuerySet[User]:
    """Exclude who may do what the actor may not: with their credentials, the actor could.

    The same rule keeps the actor from overwriting those (`accounts.authority`).
    """
    return users.exclude(_match_more_powerful(actor))


def find_more_powerful(users: QuerySet[User], actor: User) -> QuerySet[User]:
    """Return those whom `exclude_more_powerful` excludes."""
    return users.filter(_match_more_powerful(actor))


def _match_more_powerful(actor: User) -> Q:
    own = read_actor(actor)
    powers = read_permissions_of_roles(list(Role.objects.values_list("pk", flat=True)))
    roles = [role for role, permissions in powers.items() if own.find_excess(permissions)]
    direct = RoleAssignment.objects.filter(user=OuterRef("pk"), role__in=roles)
    groups = Group.roles.through.objects.filter(role__in=roles).values("group")
    through = GroupMembership.objects.filter(user=OuterRef("pk"), group__in=groups)
    return Q(Exists(direct)) | Q(Exists(through))
