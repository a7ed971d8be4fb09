"""APIs made for Auth0's custom database scripts: one address checks, one finds by e-mail.

The shape is that of Auth0's script templates: a profile with `user_id`, `email`, `nickname` for
the right password, 401 or 403 for a wrong one, 404 for an unknown user.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from imports.directory_client.contract import Answer, DirectoryError, Verdict, bound_message
from imports.directory_client.http_client import HttpClient
from imports.directory_client.kind import Kind, map_fields
from imports.directory_client.transport import Reply


class Auth0Client(HttpClient):
    """A service behind the login and get-user scripts of an Auth0 database connection."""

    kind = Kind(
        name="auth0",
        label="Auth0-style custom database API",
        help_text="POST {URL}/login with email, username and password; GET {URL}/user with"
        " email. The secret, if there is one, is sent as a bearer token.",
        mapping=map_fields(
            {
                "user_id": "subject_id",
                "email": "profile.email",
                "email_verified": "profile.email_verified",
                "username": "profile.username",
                "given_name": "profile.given_name",
                "family_name": "profile.family_name",
                "name": "profile.display_name",
                "picture": "profile.picture",
            }
        ),
        can_look_up=True,
    )

    def verify(self, identifier: str, password: str) -> Answer:
        self._transport.secrets.append(password)
        body = {"email": identifier, "username": identifier, "password": password}
        reply = self._send("POST", "login", body)
        if reply.status in {401, 403}:
            return _read_refusal(reply)
        if reply.status == 404:
            return Answer(Verdict.UNKNOWN_USER)
        return Answer(Verdict.MIGRATE, _read_profile(reply))

    def can_find(self, identifier: str) -> bool:
        """Users are found by e-mail address only."""
        return "@" in identifier

    def look_up(self, identifier: str) -> Answer:
        reply = self._send("GET", f"user?{urlencode({'email': identifier})}")
        if reply.status == 404:
            return Answer(Verdict.UNKNOWN_USER)
        return Answer(Verdict.FOUND, _read_profile(reply))

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> Reply:
        secret = self._connection.secret
        return self._transport.send(
            method,
            self._locate(path),
            json_body=body,
            headers={"authorization": f"Bearer {secret}"} if secret else None,
        )


def _read_refusal(reply: Reply) -> Answer:
    """Tell a blocked user, whom the API names so as Auth0 does, from a wrong password."""
    found = reply.json() if reply.body else {}
    if reply.status == 403 and found.get("code") in {"user_is_blocked", "unauthorized"}:
        message = found.get("message") or found.get("description")
        return Answer(Verdict.BLOCKED, message=bound_message(message))
    return Answer(Verdict.REFUSED, detail=f"status {reply.status}")


def _read_profile(reply: Reply) -> dict[str, Any]:
    if not reply.is_success:
        raise DirectoryError(f"The directory answered with status {reply.status}.")
    profile = reply.json()
    if not profile.get("user_id"):
        raise DirectoryError("The profile has no “user_id”, and so no id that stays the same.")
    return profile


CLIENT = Auth0Client
