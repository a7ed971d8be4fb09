"""Who a user is: profile, groups, roles and the schema of custom attributes."""

from accounts.models.attributes import AttributeDefinition, UniqueAttributeValue
from accounts.models.groups import Group, GroupMembership, Role, RoleAssignment
from accounts.models.sign_in_names import SignInName
from accounts.models.users import User

__all__ = [
    "AttributeDefinition",
    "Group",
    "GroupMembership",
    "Role",
    "RoleAssignment",
    "SignInName",
    "UniqueAttributeValue",
    "User",
]
