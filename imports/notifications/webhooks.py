"""Keep webhooks safe: where they may lead, and the secrets that sign their messages."""

from __future__ import annotations

from django.conf import settings

from accounts import encryption
from imports.core.outbound.allow_list import AllowList, find_url_fault
from imports.core.outbound.signatures import make_secret
from imports.models import Webhook

PURPOSE = b"webhook secret"


def find_webhook_fault(url: str) -> str:
    """Return why a webhook may not have this URL and what to do about it, or nothing.

    Whoever may add webhooks is not to reach what only this server can: WEBHOOK_HOSTS decides.
    """
    allowed = AllowList("WEBHOOK_HOSTS", settings.WEBHOOK_HOSTS)
    return find_url_fault(url, allowed, schemes=("https", "http"))


def give_secret(webhook: Webhook) -> str:
    """Set a new secret on an unsaved webhook and return it, for its receiver."""
    secret = make_secret()
    webhook.secret = encryption.encrypt_text(secret, purpose=PURPOSE)
    return secret


def read_secret(webhook: Webhook) -> str:
    """Return the webhook's secret, or raise DecryptionError."""
    return encryption.decrypt_text(webhook.secret, purpose=PURPOSE)
