"""The groups of the installation, as a connection sees them: with its own users as members.

Who belongs to a group is written through the connection's batches, a record for each user. Groups
themselves are made and renamed at once, where everybody whom the connection acts for may do so.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from scim2_models import (
    InvalidValueException,
    NotFoundException,
    ResponseParameters,
    UniquenessException,
)
from scim2_models.path import FilterNode

from accounts.models import Group, GroupMembership, User
from imports.models import ConnectedGroup, Connection
from interfaces.scim.access import require_permission
from interfaces.scim.filters import list_names, narrow, narrow_groups
from interfaces.scim.models import ScimGroup
from interfaces.scim.resources import check_external_id, compose_group, write_row
from interfaces.scim.users import Users
from interfaces.scim.writing import write_changes

KEY_LENGTH = 200


class Groups:
    """The groups that one request reads and writes."""

    view_permission = "accounts.view_group"

    def __init__(self, connection: Connection, users: Users) -> None:
        self.connection, self.users = connection, users

    def select(self, node: FilterNode | None) -> QuerySet[Group]:
        """Return those among which all are that a filter matches, in the order of their making.

        One that was deleted comes back as soon as somebody is a member again.
        """
        hidden = ConnectedGroup.objects.filter(
            group=OuterRef("pk"), connection=self.connection, is_hidden=True
        )
        members = GroupMembership.objects.filter(
            group=OuterRef("pk"), user__in=self.users.select(None).values("pk")
        )
        groups = Group.objects.filter(~Exists(hidden) | Exists(members))
        return narrow(groups, narrow_groups(node)).order_by("pk")

    def compose(
        self, rows: Iterable[Group], request: ResponseParameters[Any] | None
    ) -> list[ScimGroup]:
        """Return the resources of groups; without their members, if nobody asks for these."""
        found = list(rows)
        known = {
            each.group_id: each
            for each in ConnectedGroup.objects.filter(connection=self.connection, group__in=found)
        }
        wants_members = request is None or _wants(request, "members")
        return [self._compose(each, known.get(each.pk), wants_members) for each in found]

    def _compose(
        self, group: Group, known: ConnectedGroup | None, wants_members: bool = True
    ) -> ScimGroup:
        members = self._list_members(group) if wants_members else []
        return compose_group(
            group,
            members,
            known.external_id if known else "",
            (known.created_at, known.updated_at) if known else (None, None),
        )

    def _list_members(self, group: Group) -> QuerySet[User]:
        return self.users.select(None).filter(groups=group)

    def read(
        self, resource_id: str, parameters: ResponseParameters[Any] | None
    ) -> ScimGroup | None:
        if not resource_id.isascii() or not resource_id.isdecimal() or len(resource_id) > 18:
            return None
        group = self.select(None).filter(pk=int(resource_id)).first()
        return self.compose([group], parameters)[0] if group else None

    def create(self, resource: ScimGroup) -> ScimGroup:
        """Make a group, or bring back one that was deleted; raises a SCIMException."""
        require_permission(self.connection, "accounts.add_group")
        name = _check_name(resource)
        if self._find_named(name).exists():
            raise _refuse_name(name)
        members = self._check_members(_read_members(resource))
        hidden = Group.objects.filter(_is_named(name)).first()
        try:
            with transaction.atomic():
                group = hidden or Group.objects.create(key=name, name=name)
        except IntegrityError:
            raise _refuse_name(name) from None
        self._note(group, resource)
        self._write_members(group, members, set())
        return self._read_again(group)

    def update(self, resource: ScimGroup) -> ScimGroup:
        group = self.select(None).get(pk=int(str(resource.id)))
        name = _check_name(resource)
        is_renamed = name != (group.name or group.key)
        if is_renamed:
            require_permission(self.connection, "accounts.change_group")
            if self._find_named(name).exclude(pk=group.pk).exists():
                raise _refuse_name(name)
        before, after = self._list_member_ids(group), _read_members(resource)
        self._write_members(group, self._check_members(after - before), before - after)
        if is_renamed:
            group.name = name
            group.save(update_fields=["name"])
        self._note(group, resource)
        return self._read_again(group)

    def delete(self, resource_id: str) -> None:
        """Take the connection's users out of a group, and show it no more; it stays here."""
        require_permission(self.connection, "accounts.change_group")
        group = self.select(None).get(pk=int(resource_id))
        self._write_members(group, set(), self._list_member_ids(group))
        ConnectedGroup.objects.update_or_create(
            connection=self.connection, group=group, defaults={"is_hidden": True}
        )

    def _find_named(self, name: str) -> QuerySet[Group]:
        return self.select(None).filter(_is_named(name))

    def _note(self, group: Group, resource: ScimGroup) -> None:
        ConnectedGroup.objects.update_or_create(
            connection=self.connection,
            group=group,
            defaults={"external_id": resource.external_id or "", "is_hidden": False},
        )

    def _list_member_ids(self, group: Group) -> set[str]:
        return set(self._list_members(group).values_list("subject_id", flat=True))

    def _check_members(self, ids: set[str]) -> set[str]:
        """Return the ids of users; raises InvalidValueException for one that is nobody's."""
        known = self.users.select(None).filter(subject_id__in=ids)
        if unknown := ids - set(known.values_list("subject_id", flat=True)):
            raise InvalidValueException(
                detail=f"members: There is no user with the id “{min(unknown)}”."
            )
        return ids

    def _write_members(self, group: Group, added: set[str], removed: set[str]) -> None:
        """Write a record for each user who joins or leaves; raises a SCIMException."""
        groups = {"groups": [{"display": group.key}]}
        rows = [write_row({"id": each, **groups}, {"id": each}) for each in sorted(added)]
        rows += [write_row({"id": each}, {"id": each, **groups}) for each in sorted(removed)]
        if rows:
            write_changes(self.connection, rows, lambda _: None)

    def _read_again(self, group: Group) -> ScimGroup:
        found = ConnectedGroup.objects.filter(connection=self.connection, group=group).first()
        if found is None:
            raise NotFoundException(detail="The group was deleted in the meantime.")
        return self._compose(group, found)


def _wants(request: ResponseParameters[Any], name: str) -> bool:
    wanted = list_names(request.attributes)
    if wanted:
        return any(each.partition(".")[0] == name for each in wanted)
    return name not in list_names(request.excluded_attributes)


def _is_named(name: str) -> Q:
    return Q(name__iexact=name) | Q(key__iexact=name)


def _check_name(resource: ScimGroup) -> str:
    check_external_id(resource)
    name = (resource.display_name or "").strip()
    if not name or len(name) > KEY_LENGTH:
        raise InvalidValueException(
            detail=f"displayName: A name of 1 to {KEY_LENGTH} characters is required."
        )
    return name


def _refuse_name(name: str) -> UniquenessException:
    return UniquenessException(detail=f"displayName: There is a group “{name}” already.")


def _read_members(resource: ScimGroup) -> set[str]:
    return {each.value for each in resource.members or () if each.value}
