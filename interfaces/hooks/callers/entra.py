"""Microsoft Entra External ID: the custom authentication extension OnPasswordSubmit."""

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
    refuse_plainly,
    require_value,
)

EVENT = "microsoft.graph.authenticationEvent.passwordSubmit"
# “Azure Active Directory Authentication Extensions”, which alone calls such extensions.
PARTY = "99045fe1-7639-4a75-9d4a-577b6ca3810f"
ACTIONS = {
    Verdict.RIGHT: "MigratePassword",
    Verdict.MUST_CHANGE: "UpdatePassword",
    Verdict.WRONG: "Retry",
    Verdict.UNKNOWN: "Retry",
    Verdict.LOCKED: "Block",
    Verdict.TOO_MANY: "Block",
    Verdict.DISABLED: "Block",
}
# Shown to whoever signs in; Entra wants both with Block.
BLOCKED = ("Sign-in blocked", "Your account is disabled. Contact support.")
LOCKED = ("Sign-in blocked", "Too many failed attempts. Try again in a few minutes.")
WORDS = {Verdict.DISABLED: BLOCKED, Verdict.LOCKED: LOCKED, Verdict.TOO_MANY: LOCKED}
REGISTRATION = """\
PATCH https://graph.microsoft.com/v1.0/applications/<object id of the extension's app>
Content-Type: application/json

{
  "keyCredentials": [
    {
      "keyId": "<key id>",
      "type": "AsymmetricX509Cert",
      "usage": "Encrypt",
      "startDateTime": "<created>",
      "endDateTime": "<valid until>",
      "displayName": "Userferry",
      "key": "<certificate>"
    }
  ],
  "tokenEncryptionKeyId": "<key id>"
}
"""
EXTENSION = """\
POST https://graph.microsoft.com/beta/identity/customAuthenticationExtensions
Content-Type: application/json

{
  "@odata.type": "#microsoft.graph.onPasswordSubmitCustomExtension",
  "displayName": "Userferry",
  "endpointConfiguration": {
    "@odata.type": "#microsoft.graph.httpRequestEndpoint",
    "targetUrl": "{url}"
  },
  "authenticationConfiguration": {
    "@odata.type": "#microsoft.graph.azureAdTokenAuthentication",
    "resourceId": "<identifier URI of the extension's app>"
  },
  "clientConfiguration": { "timeoutInMilliseconds": 2000, "maximumRetries": 1 }
}
"""


def read(body: Mapping[str, Any], decrypt: Decrypt) -> Asked:
    require_value(body, "type", EVENT)
    encrypted = decrypt(read_text(body, "data", "encryptedPasswordContext"))
    user = ("data", "authenticationContext", "user")
    return Asked(
        # What was typed; without it, what Entra calls the user.
        name=find_text(encrypted, "username")
        or find_text(body, *user, "mail")
        or read_text(body, *user, "userPrincipalName"),
        password=read_text(encrypted, "user-password"),
        address=find_text(body, "data", "authenticationContext", "client", "ip"),
        nonce=read_text(encrypted, "nonce"),
    )


def answer(verdict: Verdict, asked: Asked, person: Person | None) -> Reply:
    if verdict is Verdict.TROUBLE:
        # Entra asks once more.
        return refuse_plainly(503, "Try again later.")
    action = {"@odata.type": f"microsoft.graph.passwordSubmit.{ACTIONS[verdict]}"}
    if verdict in WORDS:
        action["title"], action["message"] = WORDS[verdict]
    data = {
        "@odata.type": "microsoft.graph.onPasswordSubmitResponseData",
        "actions": [action],
        "nonce": asked.nonce,
    }
    return Reply(200, {"data": data})


CALLER = Caller(
    name="entra",
    label="Microsoft Entra External ID",
    source="https://learn.microsoft.com/entra/external-id/customers/"
    "how-to-migrate-passwords-just-in-time",
    seconds=2,
    party=PARTY,
    has_health_check=True,
    operations=(
        Operation(
            path="",
            summary="Say whether the password of somebody who signs in with Entra is right",
            scope=VERIFY,
            read=read,
            answer=answer,
            example={
                "type": EVENT,
                "source": "/tenants/…/applications/…",
                "data": {
                    "@odata.type": "microsoft.graph.onPasswordSubmitCalloutData",
                    "encryptedPasswordContext": "<JSON Web Encryption>",
                    "authenticationContext": {
                        "client": {"ip": "203.0.113.7"},
                        "user": {"mail": "ada@example.com"},
                    },
                },
            },
            decrypted={"username": "ada@example.com", "user-password": "…", "nonce": "<GUID>"},
        ),
    ),
    setup=(
        "Register an application for the extension with “requestedAccessTokenVersion” 2, and enter"
        " its issuer, its application id and the URL of the issuer's keys below.",
        "Create a key below, and register its certificate with the application with the values"
        " that are shown there. Passwords are encrypted with it.",
        "Create the extension, and a listener of the type “onPasswordSubmitListener” for it.",
    ),
    scripts={
        "Extension (Microsoft Graph)": EXTENSION,
        "Certificate (Microsoft Graph)": REGISTRATION,
    },
)
