"""The site's URLs."""

from __future__ import annotations

from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path

from accounts.access_tokens import issue_token, revoke_token
from accounts.views import OwnAddresses, ReplaceExpiredPassword, show_home

handler500 = "importer_site.errors.show_error"

urlpatterns = [
    path("", show_home, name="home"),
    path(
        "accounts/password/expired/",
        ReplaceExpiredPassword.as_view(),
        name="account_password_expired",
    ),
    path("accounts/email/", OwnAddresses.as_view(), name="account_email"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/token", issue_token, name="api_token"),
    path("api/token/revoke", revoke_token, name="api_revoke_token"),
]

if find_spec("imports.urls"):
    from imports.api.application import api
    from imports.api.reference import show_reference
    from imports.api.requests.problems import answer_unknown_address

    urlpatterns[:0] = [
        path("api/v1/reference", show_reference, name="api_reference"),
        path("api/v1/", api.urls),
        path("api/v1/<path:rest>", answer_unknown_address),
        path("", include("interfaces.secureauth.urls")),
        path("", include("interfaces.auth0.urls")),
        path("scim/v2/", include("interfaces.scim.urls")),
        path("", include("interfaces.oidc.urls")),
        path("hooks/", include("interfaces.hooks.urls")),
        path("admin/connections/", include("imports.views.connections.urls")),
        path("admin/exports/", include("exports.urls")),
        path("admin/directories/", include("imports.views.directories.urls")),
        path("admin/invitations/", include("imports.views.invitations.urls")),
        path("admin/imports/", include("imports.urls")),
    ]
