"""Groups and roles by API: listed, read, created, changed, deleted."""

from __future__ import annotations

from typing import Annotated

from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404
from ninja import Path, Router

from accounts.models import Group, Role
from accounts.selectors.permissions import list_permission_names
from accounts.services import groups as services
from imports.api.requests.access import AccessToken, ApiRequest
from imports.api.requests.changes import apply, require_unchanged
from imports.api.requests.paging import AfterName, Limit, Search, cut_page
from imports.api.requests.refusals import list_refusals
from imports.api.schemas.users import (
    GroupChange,
    GroupInfo,
    GroupPage,
    NewGroup,
    NewRole,
    RoleChange,
    RoleInfo,
    RolePage,
)

groups = Router(tags=["groups and roles"])
roles = Router(tags=["groups and roles"])
GROUP, ROLE = "accounts.{}_group", "accounts.{}_role"
MAX_ID = 2**63 - 1
GroupId = Annotated[int, Path(description="Id of the group.", le=MAX_ID)]
RoleId = Annotated[int, Path(description="Id of the role.", le=MAX_ID)]
CHANGES = list_refusals("changed_meanwhile")


@groups.get("", auth=AccessToken(GROUP.format("view")), response=GroupPage)
def list_groups(
    request: ApiRequest, search: Search = "", after: AfterName = "", limit: Limit = 100
) -> GroupPage:
    """Return groups, by key."""
    found = Group.objects.filter(_match(search), key__gt=after).prefetch_related("roles")
    shown, last = cut_page(found.order_by("key"), limit, lambda group: group.key)
    return GroupPage(groups=[_describe_group(group) for group in shown], next=last)


@groups.get("/{int:group_id}", auth=AccessToken(GROUP.format("view")), response=GroupInfo)
def get_group(request: ApiRequest, group_id: GroupId) -> GroupInfo:
    """Return a group with its roles."""
    return _describe_group(get_object_or_404(Group, pk=group_id))


@groups.post("", auth=AccessToken(GROUP.format("add")), response={201: GroupInfo})
def create_group(request: ApiRequest, new: NewGroup) -> GroupInfo:
    """Create a group."""
    group = Group()
    services.save_group(group, apply(new, group, apart="roles") or [], actor=request.user)
    return _describe_group(group)


@groups.patch(
    "/{int:group_id}",
    auth=AccessToken(GROUP.format("change")),
    response=GroupInfo,
    openapi_extra=CHANGES,
)
def change_group(request: ApiRequest, group_id: GroupId, changes: GroupChange) -> GroupInfo:
    """Change a group; what is not sent stays."""
    with transaction.atomic():
        group = get_object_or_404(Group.objects.select_for_update(), pk=group_id)
        require_unchanged(request, _describe_group(group))
        services.save_group(group, apply(changes, group, apart="roles"), actor=request.user)
        return _describe_group(group)


@groups.delete(
    "/{int:group_id}",
    auth=AccessToken(GROUP.format("delete")),
    response={204: None},
    openapi_extra=CHANGES,
)
def delete_group(request: ApiRequest, group_id: GroupId) -> None:
    """Delete a group; its members stay, without what it granted."""
    with transaction.atomic():
        group = get_object_or_404(Group.objects.select_for_update(), pk=group_id)
        require_unchanged(request, _describe_group(group))
        services.delete(group, actor=request.user)


@roles.get("", auth=AccessToken(ROLE.format("view")), response=RolePage)
def list_roles(
    request: ApiRequest, search: Search = "", after: AfterName = "", limit: Limit = 100
) -> RolePage:
    """Return roles, by key."""
    found = Role.objects.filter(_match(search), key__gt=after)
    shown, last = cut_page(
        found.prefetch_related("permissions__content_type").order_by("key"),
        limit,
        lambda role: role.key,
    )
    return RolePage(roles=[_describe_role(role) for role in shown], next=last)


@roles.get("/{int:role_id}", auth=AccessToken(ROLE.format("view")), response=RoleInfo)
def get_role(request: ApiRequest, role_id: RoleId) -> RoleInfo:
    """Return a role with the permissions that it grants."""
    return _describe_role(get_object_or_404(Role, pk=role_id))


@roles.post("", auth=AccessToken(ROLE.format("add")), response={201: RoleInfo})
def create_role(request: ApiRequest, new: NewRole) -> RoleInfo:
    """Create a role."""
    role = Role()
    services.save_role(role, apply(new, role, apart="permissions") or [], actor=request.user)
    return _describe_role(role)


@roles.patch(
    "/{int:role_id}",
    auth=AccessToken(ROLE.format("change")),
    response=RoleInfo,
    openapi_extra=CHANGES,
)
def change_role(request: ApiRequest, role_id: RoleId, changes: RoleChange) -> RoleInfo:
    """Change a role; what is not sent stays."""
    with transaction.atomic():
        role = get_object_or_404(Role.objects.select_for_update(), pk=role_id)
        require_unchanged(request, _describe_role(role))
        services.save_role(role, apply(changes, role, apart="permissions"), actor=request.user)
        return _describe_role(role)


@roles.delete(
    "/{int:role_id}",
    auth=AccessToken(ROLE.format("delete")),
    response={204: None},
    openapi_extra=CHANGES,
)
def delete_role(request: ApiRequest, role_id: RoleId) -> None:
    """Delete a role; whoever has it loses what it granted."""
    with transaction.atomic():
        role = get_object_or_404(Role.objects.select_for_update(), pk=role_id)
        require_unchanged(request, _describe_role(role))
        services.delete(role, actor=request.user)


def _match(search: str) -> Q:
    return Q(key__icontains=search) | Q(name__icontains=search) if search else Q()


def _describe_group(group: Group) -> GroupInfo:
    return GroupInfo(
        id=group.pk,
        key=group.key,
        name=group.name,
        description=group.description,
        roles=[role.key for role in group.roles.all()],
    )


def _describe_role(role: Role) -> RoleInfo:
    return RoleInfo(
        id=role.pk,
        key=role.key,
        name=role.name,
        description=role.description,
        permissions=sorted(list_permission_names(role.permissions.all())),
    )
