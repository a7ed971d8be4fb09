"""The SecureAuth-compatible interface against its own document."""

from __future__ import annotations

from django.test import Client

from accounts.models import User
from imports.services.connections.secrets import issue_secret
from tests.against_document import Compare
from tests.imports.connecting import create_connection

TENANT = "acme"


def test_interface_answers_as_its_document_says(
    compare_with_document: Compare, operator: User
) -> None:
    connection = create_connection(
        operator, kind="secureauth", name="Pools", tenant=TENANT, per_minute=1_000_000
    )
    form = {
        "grant_type": "client_credentials",
        "client_id": connection.client_id,
        "client_secret": issue_secret(connection, actor=operator),
    }
    token = Client().post(f"/{TENANT}/system/oauth2/token", form).json()["access_token"]

    compare_with_document(
        "/api/identity/openapi.json",
        {"Authorization": f"Bearer {token}"},
        values={"path.tenant": TENANT},
    )
