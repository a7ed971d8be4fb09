"""APIs made for Auth0's custom database scripts: one address checks, one finds by e-mail.

The shape is that of Auth0's script templates: a profile with `user_id`, `email`, `nickname` for
the right password, 401 or 403 for a wrong one, 404 for an unknown user.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from imports.core.mapping import Mapping, Rule
from imports.legacy_signin.clients.kinds import Kind
from imports.legacy_signin.contract import (
    Answer,
    Connection,
    DirectoryError,
    Exchange,
    Verdict,
    bound_message,
)
from imports.legacy_signin.transport import Reply, Transport


class Auth0Client:
    """A service behind the login and get-user scripts of an Auth0 database connection."""

    kind = Kind(
        name="auth0",
        label="Auth0-style custom database API",
        help_text="POST {address}/login with email, username and password; GET {address}/user with"
        " email. The secret, if there is one, is sent as a bearer token.",
        mapping=Mapping(
            provider="generic",
            rules=[
                Rule(source="user_id", target="subject_id"),
                Rule(source="email", target="profile.email"),
                Rule(source="email_verified", target="profile.email_verified"),
                Rule(source="username", target="profile.username"),
                Rule(source="given_name", target="profile.given_name"),
                Rule(source="family_name", target="profile.family_name"),
                Rule(source="name", target="profile.display_name"),
                Rule(source="picture", target="profile.picture"),
            ],
        ),
        can_look_up=True,
    )

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._transport = Transport(connection.timeout, [connection.secret])

    @property
    def exchanges(self) -> list[Exchange]:
        return self._transport.exchanges

    def verify(self, identifier: str, password: str) -> Answer:
        self._transport.secrets.append(password)
        body = {"email": identifier, "username": identifier, "password": password}
        reply = self._send("POST", "login", body)
        if reply.status in {401, 403}:
            return _read_refusal(reply)
        if reply.status == 404:
            return Answer(Verdict.UNKNOWN_USER)
        return Answer(Verdict.MIGRATE, _read_profile(reply))

    def look_up(self, identifier: str) -> Answer:
        reply = self._send("GET", f"user?{urlencode({'email': identifier})}")
        if reply.status == 404:
            return Answer(Verdict.UNKNOWN_USER)
        return Answer(Verdict.FOUND, _read_profile(reply))

    def mark_migrated(self, subject_id: str) -> None:
        raise DirectoryError("This kind of directory cannot be told.")

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> Reply:
        secret = self._connection.secret
        return self._transport.send(
            method,
            f"{self._connection.url.rstrip('/')}/{path}",
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
