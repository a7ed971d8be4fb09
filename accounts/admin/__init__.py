"""The admin's pages of users, groups, roles, attributes, external providers and API clients."""

from accounts.admin.api_clients import ApiClientAdmin
from accounts.admin.attributes import AttributeDefinitionAdmin
from accounts.admin.groups import GroupAdmin, RoleAdmin
from accounts.admin.panels import UserPanel, register_user_panel
from accounts.admin.providers import ProviderAdmin
from accounts.admin.users import UserAdmin

__all__ = [
    "ApiClientAdmin",
    "AttributeDefinitionAdmin",
    "GroupAdmin",
    "ProviderAdmin",
    "RoleAdmin",
    "UserAdmin",
    "UserPanel",
    "register_user_panel",
]
