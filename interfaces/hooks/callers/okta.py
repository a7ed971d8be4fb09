"""Okta: the password import inline hook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.sign_in.judging import Verdict
from interfaces.hooks.contract import (
    VERIFY,
    Asked,
    Caller,
    Decrypt,
    Operation,
    Person,
    Reply,
    find_text,
    read_text,
    require_value,
)

EVENT = "com.okta.user.credential.password.import"
# Okta has no word for a right password that may not be used. Whoever has one of those resets it.
STATUSES = {Verdict.TOO_MANY: 429, Verdict.TROUBLE: 503}


def read(body: Mapping[str, Any], decrypt: Decrypt) -> Asked:
    require_value(body, "eventType", EVENT)
    return Asked(
        name=read_text(body, "data", "context", "credential", "username"),
        password=read_text(body, "data", "context", "credential", "password"),
        address=find_text(body, "data", "context", "request", "ipAddress"),
    )


def answer(verdict: Verdict, asked: Asked, person: Person | None) -> Reply:
    if verdict in STATUSES:
        return refuse(STATUSES[verdict], "Try again later.")
    credential = "VERIFIED" if verdict is Verdict.RIGHT else "UNVERIFIED"
    command = {"type": "com.okta.action.update", "value": {"credential": credential}}
    return Reply(200, {"commands": [command]})


def refuse(status: int, message: str) -> Reply:
    return Reply(status, {"error": {"errorSummary": message}})


CALLER = Caller(
    name="okta",
    label="Okta",
    source="https://developer.okta.com/docs/api/openapi/okta-management/management/tags/"
    "inlinehook/webhooks/createpasswordimportinlinehook",
    seconds=3,
    refuse=refuse,
    operations=(
        Operation(
            path="",
            summary="Say whether the password of somebody who signs in to Okta is right",
            scope=VERIFY,
            read=read,
            answer=answer,
            example={
                "eventType": EVENT,
                "eventTypeVersion": "1.0",
                "data": {
                    "context": {
                        "request": {"method": "POST", "ipAddress": "203.0.113.7"},
                        "credential": {"username": "ada@example.com", "password": "…"},
                    },
                    "action": {"credential": "UNVERIFIED"},
                },
            },
        ),
    ),
    setup=(
        "In the Okta admin console, open “Workflow > Inline Hooks”, add a hook of the type"
        " “Password Import” and enter the URL. The authentication field is “Authorization”; the"
        " authentication secret is a token of this connection.",
        'Create the users with “"credentials": {"password": {"hook": {"type": "default"}}}”.',
    ),
)
