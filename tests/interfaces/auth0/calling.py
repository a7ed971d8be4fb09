"""Call a connection as clients of Auth0 do."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

ROOT = "/api/v2"
NAME = "Username-Password-Authentication"
# bcrypt of “correct horse battery staple” at the least cost.
HASHED = "$2b$04$p0BFSmLRDvPNoSaLsH6Wm.JutQ65YLxeuA.DXtKCm31IFsyiRUPTO"


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: Any

    def __getitem__(self, name: str) -> Any:
        return self.body[name]


class Caller:
    """A client with an access token."""

    def __init__(self, token: str, connection_id: str) -> None:
        self.token, self.connection_id = token, connection_id
        self._headers = {"Authorization": f"Bearer {token}"}

    def __call__(
        self, method: str, path: str, body: Any = None, *, query: dict[str, Any] | None = None
    ) -> Answer:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        answered = Client().generic(
            method,
            ROOT + path,
            b"" if body is None else content,
            content_type="application/json",
            query_params=query,
            headers=self._headers,
        )
        return _read(answered)

    def create(self, **members: Any) -> str:
        """Create a user, and return their id."""
        answer = self("POST", "/users", describe(**members))
        assert answer.status == 201, answer.body
        created: str = answer["user_id"]
        return created

    def read(self, user_id: str) -> Any:
        answer = self("GET", name_path(user_id))
        assert answer.status == 200, answer.body
        return answer.body

    def change(self, user_id: str, **members: Any) -> Answer:
        return self("PATCH", name_path(user_id), members)

    def find(self, expression: str, **query: Any) -> list[str]:
        """Return the ids of the users whom a search finds."""
        answer = self("GET", "/users", query={"q": expression, "search_engine": "v3", **query})
        assert answer.status == 200, answer.body
        return [user["user_id"] for user in answer.body]

    def post_file(self, users: Any, **parts: str) -> Answer:
        """Post a file of users, as a multipart form."""
        content = users if isinstance(users, bytes) else json.dumps(users).encode()
        form = {"connection_id": self.connection_id, "send_completion_email": "false", **parts}
        return _read(
            Client().post(
                f"{ROOT}/jobs/users-imports",
                {**form, "users": SimpleUploadedFile("users.json", content)},
                headers=self._headers,
            )
        )

    def load(self, *users: Any, **parts: str) -> Any:
        """Import users, and return the completed job."""
        asked = self.post_file(list(users), **parts)
        assert asked.status == 202, asked.body
        answer = self("GET", f"/jobs/{asked['id']}")
        assert answer["status"] == "completed"
        return answer.body

    def list_errors(self, job: Any) -> Any:
        return self("GET", f"/jobs/{job['id']}/errors").body

    def export(self, **body: Any) -> bytes:
        asked = self("POST", "/jobs/users-exports", body)
        assert asked.status == 200, asked.body
        job = self("GET", f"/jobs/{asked['id']}")
        answered = Client().get(job["location"])
        assert answered.status_code == 200
        return gzip.decompress(answered.getvalue())


def _read(answered: Any) -> Answer:
    content = json.loads(answered.content) if answered.content else None
    return Answer(answered.status_code, content, answered.headers)


def name_path(user_id: str, rest: str = "") -> str:
    return f"/users/{quote(user_id, safe='')}{rest}"


def describe(**members: Any) -> dict[str, Any]:
    """Return an invented user, as scripts create one."""
    return {
        "connection": NAME,
        "email": "ann@example.com",
        "given_name": "Ann",
        "family_name": "Archer",
        "user_metadata": {"color": "green"},
        **members,
    }
