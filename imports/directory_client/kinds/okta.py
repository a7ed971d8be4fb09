"""Okta's Authentication API, and its users API where an API token is given.

Sources: developer.okta.com/docs/reference/api/authn and /api/v1/users. Whatever status follows
primary authentication, a second factor included, the password was right.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from imports.directory_client.contract import Answer, DirectoryError, Verdict
from imports.directory_client.http_client import HttpClient
from imports.directory_client.kind import Kind, map_fields
from imports.directory_client.transport import Reply

RIGHT = frozenset({"SUCCESS", "PASSWORD_WARN", "MFA_REQUIRED", "MFA_ENROLL", "MFA_ENROLL_ACTIVATE"})
EXPIRED = "PASSWORD_EXPIRED"
LOCKED = "LOCKED_OUT"
GONE = frozenset({"SUSPENDED", "DEPROVISIONED"})
BLOCKED_MESSAGE = "Your account is suspended. Contact your administrators."


class OktaClient(HttpClient):
    """An Okta organisation; the URL is that of the organisation."""

    kind = Kind(
        name="okta",
        label="Okta",
        help_text="The URL is https://your-organisation.okta.com. An API token as the secret allows"
        " complete profiles and user look-up at password reset.",
        mapping=map_fields(
            {
                "id": "subject_id",
                "profile.login": "profile.username",
                "profile.email": "profile.email",
                "profile.firstName": "profile.given_name",
                "profile.lastName": "profile.family_name",
                "profile.displayName": "profile.display_name",
            }
        ),
        can_look_up=True,
    )

    def verify(self, identifier: str, password: str) -> Answer:
        self._transport.secrets.append(password)
        body = {"username": identifier, "password": password}
        reply = self._send("POST", "api/v1/authn", body)
        if reply.status == 401:
            return Answer(Verdict.REFUSED, detail=_read_error(reply))
        if not reply.is_success:
            raise DirectoryError(f"Okta answered with status {reply.status}: {_read_error(reply)}.")
        found = reply.json()
        status = found.get("status")
        if status == LOCKED:
            # Okta may say so whether or not the password was right.
            return Answer(Verdict.REFUSED, detail="LOCKED_OUT")
        if status != EXPIRED and status not in RIGHT:
            raise DirectoryError(f"Okta answered with the unexpected status “{status}”.")
        verdict = Verdict.REQUIRE_NEW_PASSWORD if status == EXPIRED else Verdict.MIGRATE
        return Answer(verdict, self._complete(_read_user(found)), detail=str(status))

    def can_find(self, identifier: str) -> bool:
        return bool(self._connection.secret)

    def look_up(self, identifier: str) -> Answer:
        if not self._connection.secret:
            raise DirectoryError("Without an API token Okta cannot be asked for users.")
        reply = self._send("GET", f"api/v1/users/{quote(identifier, safe='')}", with_token=True)
        if reply.status == 404:
            return Answer(Verdict.UNKNOWN_USER)
        if not reply.is_success:
            raise DirectoryError(f"Okta answered with status {reply.status}: {_read_error(reply)}.")
        user = reply.json()
        if user.get("status") in GONE:
            return Answer(Verdict.BLOCKED, message=BLOCKED_MESSAGE, detail=str(user["status"]))
        return Answer(Verdict.FOUND, user)

    def _complete(self, user: dict[str, Any]) -> dict[str, Any]:
        """Return the whole user; the answer to a sign-in has only names and locale."""
        if not self._connection.secret:
            return user
        reply = self._send("GET", f"api/v1/users/{quote(str(user['id']))}", with_token=True)
        if not reply.is_success:
            raise DirectoryError(f"Okta answered with status {reply.status}: {_read_error(reply)}.")
        return reply.json()

    def _send(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        with_token: bool = False,
    ) -> Reply:
        headers = {"authorization": f"SSWS {self._connection.secret}"} if with_token else None
        return self._transport.send(method, self._locate(path), json_body=body, headers=headers)


def _read_user(found: dict[str, Any]) -> dict[str, Any]:
    embedded = found.get("_embedded")
    user = embedded.get("user") if isinstance(embedded, dict) else None
    if not isinstance(user, dict) or not user.get("id"):
        raise DirectoryError("Okta's answer holds no user.")
    return user


def _read_error(reply: Reply) -> str:
    try:
        return str(reply.json().get("errorCode", ""))
    except DirectoryError:
        return ""


CLIENT = OktaClient
