"""The sign-in hooks against their own document."""

from __future__ import annotations

from accounts.models import User
from imports.models import Connection
from interfaces.hooks.registry import CALLERS
from tests.against_document import Compare
from tests.interfaces.hooks.conftest import BY_TOKEN, PASSWORD, TENANT

# Where the bodies of the systems have them.
NAMES = (
    "body.name",
    "body.userName",
    "body.identifier",
    "body.data.context.credential.username",
)
PASSWORDS = (
    "body.password",
    "body.request.password",
    "body.data.context.credential.password",
)


def test_hooks_answer_as_their_document_says(
    compare_with_document: Compare, connection: Connection, token: str, ada: User
) -> None:
    Connection.objects.update(per_minute=1_000_000)

    compare_with_document(
        "/hooks/openapi.json",
        {CALLERS[name].header: token for name in BY_TOKEN},
        values={
            "path.tenant": TENANT,
            **dict.fromkeys(NAMES, "ada"),
            **dict.fromkeys(PASSWORDS, PASSWORD),
        },
    )
