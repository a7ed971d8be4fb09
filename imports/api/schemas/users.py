"""Users, groups, roles and attribute definitions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import Field

from accounts.attributes import AttributeType
from imports.api.schemas.given import Given, Word
from imports.api.schemas.versions import Versioned


class UserInfo(Schema):
    """A user. No response holds a password, hash or secret."""

    id: int = Field(description="Id of the user here, which the URL has.")
    subject_id: str = Field(description="Subject id, by which other systems know the user.")
    username: str | None = Field(description="User name. Null for none.")
    email: str | None = Field(description="E-mail address, in lower case. Null for none.")
    phone: str | None = Field(description="Phone number in E.164. Null for none.")
    phone_verified: bool = Field(description="Whether the phone number is verified.")
    given_name: str = Field(description="Given name. Empty for none.")
    family_name: str = Field(description="Family name. Empty for none.")
    display_name: str = Field(description="Display name. Empty for none.")
    locale: str = Field(description="Locale, such as `en-GB`. Empty for none.")
    zoneinfo: str = Field(description="Time zone, such as `Europe/Berlin`. Empty for none.")
    picture: str = Field(description="URL of a picture. Empty for none.")
    attributes: dict[str, Any] = Field(description="Custom attributes by name.")
    active: bool = Field(description="Whether the user may sign in.")
    source: str = Field(
        description="Name of the source system that brought the user. Empty: created here."
    )
    created_at: datetime = Field(description="When the account was created, here or in its source.")
    updated_at: datetime = Field(description="When the account was last changed here.")
    last_login: datetime | None = Field(description="Last sign-in here. Null: none yet.")
    last_login_at_source: datetime | None = Field(
        description="Last sign-in that the source system told of. Null: none."
    )
    password_expires_at: datetime | None = Field(
        description="From when on a new password has to be chosen. Null: never."
    )


class UserDetails(UserInfo):
    """A user with groups and roles."""

    email_verified: bool = Field(description="Whether the e-mail address is verified.")
    groups: list[str] = Field(description="Keys of the groups.")
    roles: list[str] = Field(description="Keys of the roles that were assigned directly.")
    effective_roles: list[str] = Field(description="Keys of these and of the groups' roles.")


class UserPage(Schema):
    """A page of users."""

    users: list[UserInfo] = Field(description="At most `limit` users, by id.")
    next: int | None = Field(
        description="Send it as `after` for the page that follows. Null on the last page."
    )


class RoleInfo(Versioned):
    """A role, and the permissions that it grants."""

    id: int = Field(description="Id of the role, which its URL has.")
    key: str = Field(description="Key in imports and APIs. Case-sensitive.")
    name: str = Field(description="Name on pages. Empty: the key.")
    description: str = Field(description="What the role is for. Empty for none.")
    permissions: list[str] = Field(description="Permissions that it grants; docs/permissions.md.")


class RolePage(Schema):
    """A page of roles."""

    roles: list[RoleInfo] = Field(description="At most `limit` roles, by key.")
    next: str | None = Field(
        description="Send it as `after` for the page that follows. Null on the last page."
    )


class RoleChange(Given):
    """What changes of a role; what is not sent stays."""

    key: str | None = Field(
        default=None, min_length=1, max_length=200, description="Key. Null: as it is."
    )
    name: str | None = Field(default=None, max_length=200, description="Name. Null: as it is.")
    description: str | None = Field(default=None, description="Description. Null: as it is.")
    permissions: list[str] | None = Field(
        default=None,
        description="All permissions that it grants. You can add only what you hold yourself. Null:"
        " as they are.",
    )


class NewRole(RoleChange):
    """A new role."""

    key: str = Field(min_length=1, max_length=200, description="Key. Case-sensitive.")


class GroupInfo(Versioned):
    """A group, and the roles of its members."""

    id: int = Field(description="Id of the group, which its URL has.")
    key: str = Field(description="Key in imports and APIs. Case-sensitive.")
    name: str = Field(description="Name on pages. Empty: the key.")
    description: str = Field(description="What the group is for. Empty for none.")
    roles: list[str] = Field(description="Keys of the roles that its members have.")


class GroupPage(Schema):
    """A page of groups."""

    groups: list[GroupInfo] = Field(description="At most `limit` groups, by key.")
    next: str | None = Field(
        description="Send it as `after` for the page that follows. Null on the last page."
    )


class GroupChange(Given):
    """What changes of a group; what is not sent stays."""

    key: str | None = Field(
        default=None, min_length=1, max_length=200, description="Key. Null: as it is."
    )
    name: str | None = Field(default=None, max_length=200, description="Name. Null: as it is.")
    description: str | None = Field(default=None, description="Description. Null: as it is.")
    roles: list[str] | None = Field(
        default=None,
        description="Keys of all its roles. You can add only those that grant what you hold"
        " yourself. Null: as they are.",
    )


class NewGroup(GroupChange):
    """A new group."""

    key: str = Field(min_length=1, max_length=200, description="Key. Case-sensitive.")


class AttributeInfo(Versioned):
    """The definition of a custom attribute."""

    name: str = Field(description="Name of the attribute, which its URL has.")
    label: str = Field(description="Name on pages. Empty: the name.")
    type: AttributeType = Field(description="Type of its values.")
    required: bool = Field(description="Whether every user needs a value.")
    unique: bool = Field(description="Whether no two users may have the same value.")
    choices: list[Any] = Field(description="Allowed values. Empty: any.")
    pattern: str = Field(description="Regular expression that values match. Empty: any.")
    description: str = Field(description="What the attribute is for. Empty for none.")


class AttributePage(Schema):
    """A page of attribute definitions."""

    attributes: list[AttributeInfo] = Field(description="At most `limit` definitions, by name.")
    next: str | None = Field(
        description="Send it as `after` for the page that follows. Null on the last page."
    )


class AttributeChange(Given):
    """What changes of a definition; what is not sent stays, and so do its name and type."""

    label: str | None = Field(default=None, max_length=200, description="Label. Null: as it is.")
    required: bool | None = Field(
        default=None, description="Whether every user needs a value. Null: as it is."
    )
    unique: bool | None = Field(
        default=None,
        description="Whether no two users may have the same value. Refused while some have. Null:"
        " as it is.",
    )
    choices: list[Any] | None = Field(default=None, description="Allowed values. Null: as it is.")
    pattern: str | None = Field(
        default=None, max_length=500, description="Regular expression. Null: as it is."
    )
    description: str | None = Field(default=None, description="Description. Null: as it is.")


class NewAttribute(AttributeChange):
    """A new attribute definition."""

    name: str = Field(min_length=1, max_length=100, description="Name of the attribute.")
    type: Word[AttributeType] = Field(
        default=AttributeType.STRING, description="Type of its values."
    )
