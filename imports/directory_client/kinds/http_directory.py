"""Userferry's own contract for a directory over HTTP: three requests, described in the docs.

POST {url}/verify, POST {url}/look-up and POST {url}/mark-migrated, all JSON; profiles are records
of the record format.
"""

from __future__ import annotations

from typing import Any

from imports.core.mapping import Mapping
from imports.directory_client.contract import Answer, DirectoryError, Verdict, bound_message
from imports.directory_client.http_client import HttpClient
from imports.directory_client.kind import Kind
from imports.directory_client.tokens import forget_token, get_token
from imports.directory_client.transport import Reply

VERIFY_ANSWERS = frozenset(
    {
        Verdict.MIGRATE,
        Verdict.REQUIRE_NEW_PASSWORD,
        Verdict.WRONG_PASSWORD,
        Verdict.UNKNOWN_USER,
        Verdict.REFUSED,
        Verdict.BLOCKED,
    }
)
LOOK_UP_ANSWERS = frozenset({Verdict.FOUND, Verdict.UNKNOWN_USER, Verdict.BLOCKED})


class HttpDirectoryClient(HttpClient):
    """A directory that implements the contract of docs/legacy-directories.md."""

    kind = Kind(
        name="http",
        label="HTTP directory",
        help_text="A small service of yours with three requests: verify, look-up, mark-migrated."
        " With a token URL, a token is fetched there with the client id and secret (OAuth2 client"
        " credentials). Without one, the secret is the bearer token itself.",
        mapping=Mapping(provider="native"),
        required=("secret",),
        can_look_up=True,
        can_mark=True,
    )

    def verify(self, identifier: str, password: str) -> Answer:
        self._transport.secrets.append(password)
        reply = self._post("verify", {"identifier": identifier, "password": password})
        return _read_answer(reply, VERIFY_ANSWERS)

    def can_find(self, identifier: str) -> bool:
        return True

    def look_up(self, identifier: str) -> Answer:
        return _read_answer(self._post("look-up", {"identifier": identifier}), LOOK_UP_ANSWERS)

    def mark_migrated(self, subject_id: str) -> None:
        self._post("mark-migrated", {"subject_id": subject_id})

    def _post(self, path: str, body: dict[str, Any]) -> Reply:
        """Return a successful answer; a token that is refused is replaced once."""
        url = self._locate(path)
        reply = self._send(url, body)
        if reply.status == 401 and self._connection.token_url:
            forget_token(self._connection)
            reply = self._send(url, body)
        if reply.status == 401:
            raise DirectoryError("The directory refuses Userferry's token (status 401).")
        if not reply.is_success:
            raise DirectoryError(f"The directory answered with status {reply.status}.")
        return reply

    def _send(self, url: str, body: dict[str, Any]) -> Reply:
        token = self._connection.secret
        if self._connection.token_url:
            token = get_token(self._connection, self._transport)
        headers = {"authorization": f"Bearer {token}"}
        return self._transport.send("POST", url, json_body=body, headers=headers)


def _read_answer(reply: Reply, allowed: frozenset[Verdict]) -> Answer:
    found = reply.json()
    given = found.get("answer")
    if not isinstance(given, str) or given not in allowed:
        known = ", ".join(sorted(allowed))
        raise DirectoryError(f"“answer” has to be one of {known}.")
    verdict = Verdict(given)
    profile = found.get("profile")
    if profile is not None and not isinstance(profile, dict):
        raise DirectoryError("“profile” has to be an object.")
    answer = Answer(
        verdict,
        profile,
        message=bound_message(found.get("message")),
        detail=bound_message(found.get("detail")),
    )
    if answer.is_proven and not profile:
        raise DirectoryError(f"The answer is “{verdict}”, and there is no “profile”.")
    return answer


CLIENT = HttpDirectoryClient
