"""The resources as they are published: the core ones of RFC 7643, as far as they are stored.

The models of scim2-models, with what directories of companies really send: addresses below
`.local`, and a manager by id alone.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field
from scim2_models import (
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    Email,
    EnterpriseUser,
    ETag,
    Filter,
    Group,
    Mutability,
    Pagination,
    Patch,
    Reference,
    ResourceType,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    User,
)

MOST_OPERATIONS = 100
MOST_BYTES = 10 << 20
PAGE, LARGEST_PAGE = 100, 1000
CURSOR_SECONDS = 3600


class AnyEmail(Email):
    """An address of any domain."""

    value: str | None = None


class ScimUser(User):
    """A user, whose addresses may be of domains that the internet does not know."""

    emails: list[AnyEmail] | None = None  # type: ignore[assignment]
    Emails: ClassVar[type[ComplexAttribute]] = AnyEmail


class Manager(ComplexAttribute):
    """A manager by what the program calls them: a reference need not come with it."""

    value: Annotated[str | None, CaseExact.true] = None
    ref: Reference[User] | None = Field(None, serialization_alias="$ref", validation_alias="$ref")


class Enterprise(EnterpriseUser):
    """The extension for employees."""

    manager: Manager | None = None  # type: ignore[assignment]


class Member(ComplexAttribute):
    """A member of a group: always a user."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    ref: Annotated[Reference[User] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])


class ScimGroup(Group):
    """A group of users."""

    members: list[Member] | None = None  # type: ignore[assignment]
    Members: ClassVar[type[ComplexAttribute]] = Member


PROVIDER = ScimProvider(
    models=[ScimUser, Enterprise, ScimGroup],
    resource_types=[
        ResourceType.from_resource(ScimUser[Enterprise]),  # type: ignore[misc]
        ResourceType.from_resource(ScimGroup),
    ],
    config=ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=True, max_operations=MOST_OPERATIONS, max_payload_size=MOST_BYTES),
        filter=Filter(supported=True, max_results=LARGEST_PAGE),
        change_password=ChangePassword(supported=True),
        sort=Sort(supported=True),
        etag=ETag(supported=True),
        pagination=Pagination(
            cursor=True,
            index=True,
            default_pagination_method=Pagination.DefaultPaginationMethod.index,
            default_page_size=PAGE,
            max_page_size=LARGEST_PAGE,
            cursor_timeout=CURSOR_SECONDS,
        ),
        authentication_schemes=[
            AuthenticationScheme(
                type=AuthenticationScheme.Type.oauthbearertoken,
                name="Token",
                description="The token of the connection, as a bearer token.",
                primary=True,
            ),
            AuthenticationScheme(
                type=AuthenticationScheme.Type.httpbasic,
                name="Basic",
                description="The token of the connection as the password, with any user name.",
            ),
        ],
    ),
    # What Entra and Okta send beside the standard is taken as they mean it.
    policy=ScimPolicy(
        unknown=ScimPolicy.Unknown.ignore,
        remove_value_as_filter=ScimPolicy.RemoveValue.apply,
        unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
    ),
)
USER_MODEL: Any = PROVIDER.model_for("User")
