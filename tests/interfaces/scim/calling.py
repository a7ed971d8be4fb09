"""Call a connection as SCIM clients do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

ROOT = "/scim/v2"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: Any

    def __getitem__(self, name: str) -> Any:
        return self.body[name]


class Caller:
    """A client with a token."""

    def __init__(self, token: str, tenant: str = "acme") -> None:
        self.token, self.tenant = token, tenant

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: dict[str, Any] | None = None,
        **headers: str,
    ) -> Answer:
        answered = Client().generic(
            method,
            f"{ROOT}/{self.tenant}{path}",
            b"" if body is None else json.dumps(body).encode(),
            content_type="application/scim+json",
            query_params=query,
            headers={"Authorization": f"Bearer {self.token}", **headers},
        )
        content = json.loads(answered.content) if answered.content else None
        return Answer(answered.status_code, content, answered.headers)

    def create(self, **attributes: Any) -> str:
        """Create a user, and return their id."""
        answer = self("POST", "/Users", describe(**attributes))
        assert answer.status == 201, answer.body
        created: str = answer["id"]
        return created

    def read(self, user_id: str) -> Any:
        answer = self("GET", f"/Users/{user_id}")
        assert answer.status == 200, answer.body
        return answer.body

    def patch(self, path: str, *operations: dict[str, Any], **headers: str) -> Answer:
        body = {"schemas": [PATCH], "Operations": list(operations)}
        return self("PATCH", path, body, **headers)

    def find(self, expression: str, path: str = "/Users", **query: Any) -> list[Any]:
        answer = self("GET", path, query={"filter": expression, **query})
        assert answer.status == 200, answer.body
        found: list[Any] = answer["Resources"] if answer["totalResults"] else []
        assert answer["totalResults"] == len(found)
        return found

    def create_group(self, name: str, *members: str) -> str:
        body = {"displayName": name, "members": [{"value": each} for each in members]}
        answer = self("POST", "/Groups", body)
        assert answer.status == 201, answer.body
        created: str = answer["id"]
        return created

    def list_members(self, group_id: str) -> list[str]:
        found = self("GET", f"/Groups/{group_id}").body.get("members", [])
        return [each["value"] for each in found]


def describe(**attributes: Any) -> dict[str, Any]:
    """Return an invented user, as Okta sends one."""
    return {
        "schemas": [CORE],
        "userName": "ann@corp.local",
        "name": {"givenName": "Ann", "familyName": "Archer"},
        "emails": [{"value": "Ann@Corp.local", "type": "work", "primary": True}],
        "active": True,
        **attributes,
    }
