"""Keeps the secrets that sign messages to webhooks: encrypted, and told once."""

from __future__ import annotations

from accounts import encryption
from imports.core.signatures import make_secret
from imports.models import Webhook

PURPOSE = b"webhook secret"


def give_secret(webhook: Webhook) -> str:
    """Set a new secret on an unsaved webhook and return it, for its receiver."""
    secret = make_secret()
    webhook.secret = encryption.encrypt_text(secret, purpose=PURPOSE)
    return secret


def read_secret(webhook: Webhook) -> str:
    """Return the webhook's secret, or raise DecryptionError."""
    return encryption.decrypt_text(webhook.secret, purpose=PURPOSE)
