"""Encrypt secrets at rest: AES-256-GCM under keys that can be rotated."""

from __future__ import annotations

import base64
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE_LENGTH = 12  # NIST SP 800-38D §8.2: 96 bits
SEPARATOR = b":"


class DecryptionError(Exception):
    """A secret cannot be read: its key is not configured, or it was altered."""


@lru_cache(maxsize=1)
def read_keys(configured: tuple[str, ...]) -> dict[bytes, AESGCM]:
    """Return ciphers by key id, first that of new values."""
    keys = {}
    for entry in configured:
        key_id, _, encoded = entry.partition(":")
        key = base64.b64decode(encoded)
        if not key_id or len(key) != 32:
            raise ImproperlyConfigured(
                "Each of USERFERRY_ENCRYPTION_KEYS has to be an id, a colon and 32 bytes in base64."
            )
        keys[key_id.encode()] = AESGCM(key)
    if not keys:
        raise ImproperlyConfigured("USERFERRY_ENCRYPTION_KEYS has to hold at least one key.")
    return keys


def list_key_ids() -> list[str]:
    """Return the ids of the configured keys."""
    return [each.decode() for each in read_keys(tuple(settings.ENCRYPTION_KEYS))]


def encrypt(plain: bytes, *, purpose: bytes) -> bytes:
    """Return `plain` encrypted with the newest key; only the same purpose decrypts it."""
    key_id, cipher = next(iter(read_keys(tuple(settings.ENCRYPTION_KEYS)).items()))
    nonce = os.urandom(NONCE_LENGTH)
    return key_id + SEPARATOR + nonce + cipher.encrypt(nonce, plain, purpose)


def decrypt(secret: bytes, *, purpose: bytes) -> bytes:
    """Return what `encrypt` was given, or raise DecryptionError."""
    key_id, _, rest = bytes(secret).partition(SEPARATOR)
    cipher = read_keys(tuple(settings.ENCRYPTION_KEYS)).get(key_id)
    if cipher is None:
        raise DecryptionError("The key that this was encrypted with is not configured.")
    try:
        return cipher.decrypt(rest[:NONCE_LENGTH], rest[NONCE_LENGTH:], purpose)
    except InvalidTag:
        raise DecryptionError("This was altered, or encrypted for another purpose.") from None


def encrypt_text(plain: str, *, purpose: bytes) -> str:
    """Return `encrypt` of a string as base64 text."""
    return base64.b64encode(encrypt(plain.encode(), purpose=purpose)).decode()


def decrypt_text(secret: str, *, purpose: bytes) -> str:
    """Return what `encrypt_text` was given, or raise DecryptionError."""
    return decrypt(base64.b64decode(secret), purpose=purpose).decode()
