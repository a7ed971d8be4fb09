"""The admin's pages of users, groups, roles and attribute definitions."""

from accounts.admin.attributes import AttributeDefinitionAdmin
from accounts.admin.groups import GroupAdmin, RoleAdmin
from accounts.admin.panels import UserPanel, register_user_panel
from accounts.admin.users import UserAdmin

__all__ = [
    "AttributeDefinitionAdmin",
    "GroupAdmin",
    "RoleAdmin",
    "UserAdmin",
    "UserPanel",
    "register_user_panel",
]
