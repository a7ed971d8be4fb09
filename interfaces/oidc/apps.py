"""The application that has the models of the OpenID provider."""

from __future__ import annotations

from django.apps import AppConfig

AREAS = {
    "Applications": {
        "oidc.view_application": "See the applications that users sign in to",
        "oidc.add_application": "Add applications that users sign in to",
        "oidc.change_application": "Change applications, create and revoke their client secrets",
        "oidc.delete_application": "Delete applications, which signs their users out of them",
        "oidc.view_signingkey": "See the signing keys of tokens",
        "oidc.add_signingkey": "Rotate the signing key of tokens",
        "oidc.delete_signingkey": "Delete signing keys that sign no new tokens",
    },
}


class OpenIdConfig(AppConfig):
    name = "interfaces.oidc"
    label = "oidc"
    verbose_name = "Applications"
    default_auto_field = "django.db.models.BigAutoField"
    permission_areas = AREAS
