"""The URLs, in every spelling that clients use: documented, of the Go client, and of the root."""

from django.urls import path

from interfaces.secureauth.access import issue_token
from interfaces.secureauth.configuration import configure, get_document, refuse_unknown

urlpatterns = [
    path("api/identity/openapi.json", get_document, name="secureauth_document"),
    # Of the root tenant, or where a host name of its own tells the tenant.
    path("api/identity/system/configuration", configure),
    path("api/identity/system/<slug:tenant>/configuration", configure),
    path("api/identity/<slug:tenant>/configuration", configure),
    path("api/identity/<path:rest>", refuse_unknown),
    path("api/system/<path:rest>", refuse_unknown),
    path("system/oauth2/token", issue_token),
    path("<str:tenant>/system/oauth2/token", issue_token),
]
