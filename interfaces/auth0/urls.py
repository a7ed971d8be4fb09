"""The URLs: an endpoint for each route, and what is not an operation."""

from django.urls import path

from interfaces.auth0.access import issue_token
from interfaces.auth0.document import get_document
from interfaces.auth0.endpoints import Endpoint, refuse_unknown
from interfaces.auth0.exports import download_export
from interfaces.auth0.operations import OPERATIONS

urlpatterns = [
    path("oauth/token", issue_token, name="auth0_token"),
    path("api/v2/openapi.json", get_document, name="auth0_document"),
    path("api/v2/jobs/<str:job_id>/file", download_export, name="auth0_download"),
    *(
        path(f"api/v2/{route}", Endpoint(**operations), name="auth0")
        for route, operations in OPERATIONS.items()
    ),
    path("api/v2/<path:rest>", refuse_unknown),
]
