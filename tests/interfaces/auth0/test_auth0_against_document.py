"""The Auth0-compatible interface against its own document."""

from __future__ import annotations

from accounts.models import Role, User
from imports.services.connections.secrets import issue_secret
from tests.against_document import Compare
from tests.imports.connecting import create_connection
from tests.interfaces.auth0.calling import NAME
from tests.interfaces.auth0.conftest import make_caller


def test_interface_answers_as_its_document_says(
    compare_with_document: Compare, operator: User
) -> None:
    connection = create_connection(operator, kind="auth0", name=NAME, per_minute=1_000_000)
    call = make_caller(connection, issue_secret(connection, actor=operator))
    user_id = call.create()
    Role.objects.create(key="editor")
    role_id = call("GET", "/roles").body[0]["id"]
    job = call.load({"email": "bob@example.com", "given_name": 5})

    compare_with_document(
        "/api/v2/openapi.json",
        {"Authorization": f"Bearer {call.token}"},
        values={
            "path.user_id": user_id,
            "path.role_id": role_id,
            "path.connection_id": call.connection_id,
            "path.job_id": job["id"],
            "body.connection": NAME,
            "body.users": '[{"email": "cid@example.com"}]',
            "body.connection_id": call.connection_id,
            "body.roles[*]": role_id,
            "body.users[*]": user_id,
        },
    )
