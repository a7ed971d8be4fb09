"""Sign the messages to webhooks, so that a receiver knows they are ours, unaltered and new.

As in Standard Webhooks 1.0 (https://www.standardwebhooks.com): secrets are `whsec_` and base64,
a signature is `v1,` and the base64 of HMAC-SHA-256 over id, time and body with dots between.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

SECRET_START = "whsec_"  # noqa: S105 - the standard's prefix, not a secret
SECRET_BYTES = 32


def make_secret() -> str:
    """Return a new secret to give to a receiver."""
    return SECRET_START + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(secret: str, *, key: str, timestamp: int, body: str) -> dict[str, str]:
    """Return the headers that prove a message; `timestamp` is in seconds since 1970."""
    signed = f"{key}.{timestamp}.{body}".encode()
    digest = hmac.new(
        base64.b64decode(secret.removeprefix(SECRET_START)), signed, hashlib.sha256
    ).digest()
    return {
        "webhook-id": key,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
