"""The contract of an HTTP directory as an ASGI application: verify, look-up, mark-migrated.

docs/legacy-directories.md describes it. /token gives access tokens for client credentials, so
that both ways to authenticate can be tried.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from samples.legacy_directory.store import User, UserStore, is_disabled, verify_password

CLIENT_ID = "userferry"
BODY_BYTES = 16 << 10
TOKEN_SECONDS = 300
BLOCKED = "Your account was closed. Please write to accounts@example.com."
# Verified for unknown users too, so that the time does not tell who exists.
DECOY = "AQAAAAIAAYagAAAAEDAzmcOymcABobwZGmGTrc+EKU38WQDTKzSMC7jzmffPjRZv0rIbFIDylXaawED3hw=="

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Body = dict[str, Any]


class LegacyDirectory:
    """The application; `token` is the bearer token, and the secret of the client for /token."""

    def __init__(self, store: UserStore, token: str) -> None:
        self.store = store
        self.token = token
        self.given_tokens: set[str] = set()
        self.requests: list[str] = []

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"Only HTTP is spoken here, not {scope['type']}.")
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        path = scope["path"].rstrip("/")
        self.requests.append(path)
        raw = await read_body(receive)
        if scope["method"] != "POST":
            await answer(send, 405, {"error": "Only POST is answered."})
        elif path == "/token":
            await answer(send, *self.give_token(headers, raw))
        elif not self.is_authorised(headers.get("authorization", "")):
            await answer(send, 401, {"error": "The bearer token is missing or wrong."})
        else:
            # Hashing takes long: other requests go on meanwhile.
            await answer(send, *await asyncio.to_thread(self.respond, path, raw))

    def respond(self, path: str, raw: bytes) -> tuple[int, Body]:
        try:
            asked = json.loads(raw)
            match path:
                case "/verify":
                    return 200, self.verify(str(asked["identifier"]), str(asked["password"]))
                case "/look-up":
                    return 200, self.look_up(str(asked["identifier"]))
                case "/mark-migrated":
                    self.store.mark_migrated(str(asked["subject_id"]))
                    return 200, {}
        except (ValueError, KeyError, TypeError):
            return 400, {"error": "The request lacks something, or is not JSON."}
        return 404, {"error": "There is no such request."}

    def verify(self, identifier: str, password: str) -> Body:
        user = self.store.find(identifier)
        is_right = verify_password(password, user["PasswordHash"] if user else DECOY)
        if user is None:
            return {"answer": "unknown_user"}
        if not is_right:
            return {"answer": "wrong_password"}
        # Only now: nobody else learns that the account exists.
        if is_disabled(user):
            return {"answer": "blocked", "message": BLOCKED}
        verdict = "require_new_password" if user["MustChangePassword"] else "migrate"
        return {"answer": verdict, "profile": make_record(user)}

    def look_up(self, identifier: str) -> Body:
        user = self.store.find(identifier)
        if user is None:
            return {"answer": "unknown_user"}
        if is_disabled(user):
            return {"answer": "blocked"}
        return {"answer": "found", "profile": make_record(user)}

    def is_authorised(self, header: str) -> bool:
        given = header.removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), self.token.encode()) or (
            given in self.given_tokens
        )

    def give_token(self, headers: dict[str, str], raw: bytes) -> tuple[int, Body]:
        """Answer a client that shows its id and secret (RFC 6749 §4.4)."""
        expected = base64.b64encode(f"{CLIENT_ID}:{self.token}".encode()).decode()
        shown = headers.get("authorization", "").removeprefix("Basic ")
        if not hmac.compare_digest(shown.encode(), expected.encode()):
            return 401, {"error": "invalid_client"}
        if parse_qs(raw.decode()).get("grant_type") != ["client_credentials"]:
            return 400, {"error": "unsupported_grant_type"}
        token = secrets.token_urlsafe()
        self.given_tokens.add(token)
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS}


def make_record(user: User) -> Body:
    """Return the user in Userferry's record format, the same that a file import makes of them."""
    return {
        "subject_id": user["Id"],
        "profile": {
            "username": user["UserName"],
            "email": user["Email"],
            "email_verified": bool(int(user["EmailConfirmed"])),
            "phone": user["PhoneNumber"],
            "phone_verified": bool(int(user["PhoneNumberConfirmed"])),
            "active": True,
        },
    }


async def read_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body") or len(body) > BODY_BYTES:
            return bytes(body[:BODY_BYTES])


async def answer(send: Send, status: int, body: Body) -> None:
    encoded = json.dumps(body).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(encoded)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": encoded})
