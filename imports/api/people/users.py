"""Users by API: listed as fast as PostgreSQL writes them, searched, and read with their groups."""

from __future__ import annotations

from typing import Annotated

import orjson
from allauth.account.models import EmailAddress
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from accounts.models import GroupMembership, RoleAssignment, User
from accounts.selectors.users import search_users, write_users
from imports.api.requests.access import VIEW_USER, AccessToken, ApiRequest
from imports.api.requests.paging import AfterId, Limit
from imports.api.schemas.given import Given
from imports.api.schemas.users import UserDetails, UserPage
from imports.models.jobs import SOURCE_LENGTH

router = Router(tags=["users"])
JSON = "application/json"


class UserQuery(Given, strict=False):
    """Which users are meant; all that is given has to hold."""

    search: str = Field(
        default="",
        max_length=300,
        description="Start of a subject id, e-mail address, user name or phone number.",
    )
    source: str | None = Field(
        default=None,
        max_length=SOURCE_LENGTH,
        description="Only users whom this source system brought; empty for those created here.",
    )
    active: bool | None = Field(
        default=None, description="Only users who may sign in, or who may not."
    )
    group: str | None = Field(
        default=None, max_length=200, description="Only members of the group with this key."
    )
    role: str | None = Field(
        default=None,
        max_length=200,
        description="Only users to whom the role with this key is assigned directly.",
    )


@router.get("", auth=AccessToken(VIEW_USER), response=UserPage)
def list_users(
    request: ApiRequest,
    query: Annotated[UserQuery, Query()],
    after: AfterId = None,
    limit: Limit = 100,
) -> HttpResponse:
    """Return users, by id."""
    found = write_users(_select(query).filter(pk__gt=after or 0), limit + 1)
    shown = found[:limit]
    last = shown[-1][0] if len(found) > limit else "null"
    body = f'{{"users":[{",".join(written for _, written in shown)}],"next":{last}}}'
    return HttpResponse(body, content_type=JSON)


@router.get("/{int:user_id}", auth=AccessToken(VIEW_USER), response=UserDetails)
def get_user(
    request: ApiRequest,
    user_id: Annotated[int, Path(description="Id of the user here.")],
) -> UserDetails:
    """Return a user with groups and roles."""
    user = User.objects.filter(pk=min(user_id, 2**63 - 1)).first()
    if user is None:
        raise Http404
    [(_, written)] = write_users(User.objects.filter(pk=user.pk), 1)
    groups = GroupMembership.objects.filter(user=user).order_by("group__key")
    roles = RoleAssignment.objects.filter(user=user).order_by("role__key")
    return UserDetails(
        **orjson.loads(written),
        email_verified=EmailAddress.objects.filter(
            user=user, email=user.email, verified=True
        ).exists(),
        groups=list(groups.values_list("group__key", flat=True)),
        roles=list(roles.values_list("role__key", flat=True)),
        effective_roles=list(user.effective_roles.values_list("key", flat=True)),
    )


def _select(query: UserQuery) -> QuerySet[User]:
    users = search_users(User.objects.all(), query.search)
    if query.source is not None:
        users = users.filter(source=query.source)
    if query.active is not None:
        users = users.filter(is_active=query.active)
    if query.group is not None:
        members = GroupMembership.objects.filter(group__key=query.group)
        users = users.filter(pk__in=members.values("user_id"))
    if query.role is not None:
        assigned = RoleAssignment.objects.filter(role__key=query.role)
        users = users.filter(pk__in=assigned.values("user_id"))
    return users
