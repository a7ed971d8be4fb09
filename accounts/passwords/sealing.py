"""Keep plain passwords encrypted until they are hashed: what an import stores of them.

A sealed password bears the salt of its hash to come. So whoever hashes it writes the same text, and
what is derived from a stored password (sessions, links to reset it) outlasts that.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Sequence

from cryptography.hazmat.primitives.padding import PKCS7
from django.contrib.auth.hashers import get_hasher, make_password

from accounts import encryption, hashing
from accounts.hashing.errors import HashUnavailableError
from accounts.hashing.sealed import SEALED_PREFIX, Sealed, parse_sealed

PURPOSE = b"password to be hashed"
# The length of a ciphertext tells no more of a password than which multiple of 64 bytes it is.
BLOCK_BITS = 64 * 8
# RFC 9106 section 3.1: 128 bits of salt suffice; written in 22 characters, which argon2 is given.
SALT_BYTES = 16


def store_passwords(passwords: Sequence[str]) -> list[str]:
    """Return what is stored of plain passwords that are written together.

    One alone is hashed at once: nobody waits for that. Of several, each is sealed, so that they
    take no longer than hashes; but one that is too long to be stored so is hashed.
    """
    if len(passwords) == 1:
        return [make_password(passwords[0])]
    return [seal(password) or make_password(password) for password in passwords]


def seal(password: str) -> str:
    """Return a password as it is stored until it is hashed; empty if that is too long to store."""
    padder = PKCS7(BLOCK_BITS).padder()
    padded = padder.update(password.encode()) + padder.finalize()
    encrypted = encryption.encrypt(padded, purpose=PURPOSE)
    key_id, _, rest = encrypted.partition(encryption.SEPARATOR)
    secret = f"{key_id.decode()}:{base64.b64encode(rest).decode()}"
    stored = f"{SEALED_PREFIX}${secrets.token_urlsafe(SALT_BYTES)}${secret}"
    return stored if len(stored) <= hashing.MAXIMUM_STORED_LENGTH else ""


def open_secret(secret: str) -> bytes:
    """Return the password in UTF-8, or raise HashUnavailableError."""
    key_id, _, rest = secret.partition(":")
    try:
        encrypted = key_id.encode() + encryption.SEPARATOR + base64.b64decode(rest, validate=True)
        padded = encryption.decrypt(encrypted, purpose=PURPOSE)
    except (encryption.DecryptionError, binascii.Error):
        raise HashUnavailableError("its key is not configured, or it was altered") from None
    unpadder = PKCS7(BLOCK_BITS).unpadder()
    return unpadder.update(padded) + unpadder.finalize()


def hash_sealed(sealed: Sealed) -> str:
    """Return the hash of a sealed password, or raise HashUnavailableError."""
    return get_hasher().encode(sealed.open().decode(), sealed.salt)


def hash_again(stored: str, password: str) -> str:
    """Return the hash that takes the place of a stored one that `password` fits."""
    sealed = read_sealed(stored)
    return get_hasher().encode(password, sealed.salt) if sealed else make_password(password)


def read_sealed(stored: str) -> Sealed | None:
    prefix, _, text = stored.partition("$")
    return parse_sealed(text) if prefix == SEALED_PREFIX else None


def name_password(stored: str) -> str:
    """Return what a stored password has in common with its later hash, and with no other.

    That is the salt, as argon2 writes it; of any other hash it is all of the text.
    """
    match stored.split("$"):
        case ["argon2", _, _, _, salt, _]:
            return salt
        case ["sealed", salt, _]:
            return base64.b64encode(salt.encode()).decode().rstrip("=")
    return stored
