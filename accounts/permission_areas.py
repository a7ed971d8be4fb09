"""The permissions that something here asks for, in plain words and by area.

Django makes more of them than any page or endpoint asks for. Each application names those that
mean something as `permission_areas` of its configuration: words by code, by area.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.apps import apps

AREAS = {
    "Users": {
        "accounts.view_user": "See and export users, and how they sign in",
        "accounts.add_user": "Add users",
        "accounts.change_user": "Change users, their groups and their roles",
        "accounts.overwrite_credentials": (
            "Overwrite passwords, e-mail addresses and authenticators of users who have signed in"
        ),
        "accounts.delete_user": "Delete users",
        "accounts.export_credentials": (
            "Export password hashes, authenticator apps, recovery codes and passkeys"
        ),
    },
    "Groups and roles": {
        "accounts.view_group": "See and export groups",
        "accounts.add_group": "Add groups, also those that a file names and that do not exist",
        "accounts.change_group": "Change groups and the roles they give",
        "accounts.delete_group": "Delete groups",
        "accounts.view_role": "See and export roles",
        "accounts.add_role": "Add roles, also those that a file names and that do not exist",
        "accounts.change_role": "Change roles and their permissions",
        "accounts.delete_role": "Delete roles",
    },
    "Attributes": {
        "accounts.view_attributedefinition": "See and export attribute definitions",
        "accounts.add_attributedefinition": "Define attributes, also while mapping a file",
        "accounts.change_attributedefinition": "Change attribute definitions",
        "accounts.delete_attributedefinition": "Delete attribute definitions",
    },
    "Identity providers": {
        "socialaccount.view_socialapp": "See the identity providers that users can sign in with",
        "socialaccount.add_socialapp": "Add identity providers",
        "socialaccount.change_socialapp": "Change identity providers",
        "socialaccount.delete_socialapp": "Delete identity providers",
    },
    "API access": {
        "allauth_idp_oidc.view_client": "See their own API clients",
        "allauth_idp_oidc.add_client": "Create API clients that act with their owner's permissions",
        "allauth_idp_oidc.change_client": "Rename their own API clients",
        "allauth_idp_oidc.delete_client": "Delete their own API clients",
    },
}


def list_permission_areas() -> dict[str, Mapping[str, str]]:
    """Return the words for each permission that means something, by code and by area."""
    areas: dict[str, Mapping[str, str]] = {}
    for application in apps.get_app_configs():
        areas |= getattr(application, "permission_areas", {})
    return areas


def describe_permission(code: str) -> str:
    """Return what a permission allows; its code, if nothing here asks for it."""
    return next((words[code] for words in list_permission_areas().values() if code in words), code)
