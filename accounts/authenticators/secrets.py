"""Encrypt what authenticators keep secret, for allauth and for imports alike."""

from accounts import encryption

PURPOSE = b"mfa"


def encrypt_secret(text: str) -> str:
    return encryption.encrypt_text(text, purpose=PURPOSE)


def decrypt_secret(encrypted: str) -> str:
    """Return the secret, or raise DecryptionError."""
    return encryption.decrypt_text(encrypted, purpose=PURPOSE)
