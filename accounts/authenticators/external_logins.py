"""Sign-in with another provider: how its client secret is stored, and which ones are set up."""

from __future__ import annotations

from allauth.socialaccount.adapter import get_adapter
from django.http import HttpRequest

from accounts import encryption

PURPOSE = b"external login"


def encrypt_client_secret(secret: str) -> str:
    return encryption.encrypt_text(secret, purpose=PURPOSE)


def decrypt_client_secret(encrypted: str) -> str:
    """Return the secret, or raise DecryptionError."""
    try:
        return encryption.decrypt_text(encrypted, purpose=PURPOSE)
    except ValueError:
        raise encryption.DecryptionError("This was stored without being encrypted.") from None


def name_providers(request: HttpRequest) -> dict[str, str]:
    """Return the names of the providers set up here, by the id that external logins carry."""
    return {each.sub_id: each.name for each in get_adapter().list_providers(request)}
