"""Make, rotate and read the keys that tokens are signed with."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from allauth.core.internal import jwkkit
from allauth.idp.oidc import app_settings
from allauth.idp.oidc.models import PrivateKey
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.encryption import DecryptionError, decrypt_text, encrypt_text
from interfaces.oidc.models import SigningKey

logger = logging.getLogger(__name__)

PURPOSE = b"oidc-signing-key"
LOCK = "interfaces.oidc.keys"
BITS = 2048
ROTATION_DAYS = 90


def list_keys() -> list[PrivateKey]:
    """Return the keys that are published; the first one is made when nobody has yet."""
    keys = _read_keys()
    if any(key.not_before is None or key.not_before <= timezone.now() for key in keys):
        return keys
    with transaction.atomic():
        _lock()
        # Somebody else may have made one meanwhile.
        if not _has_active_key():
            _make_key(timezone.now())
    return _read_keys()


@lru_cache(maxsize=8)
def load_key(pem: str) -> tuple[dict[str, Any], rsa.RSAPrivateKey]:
    """Return the public part of a key as a JWK, and the key: reading one takes 30 ms of CPU."""
    jwk, private = jwkkit.load_jwk_from_pem(pem)
    return {**jwk, "use": "sig", "alg": "RS256"}, private


def list_public_keys() -> list[dict[str, Any]]:
    """Return what is published, that of the next key included."""
    return [load_key(key.pem)[0] for key in list_keys()]


def rotate(*, at_once: bool = False) -> SigningKey:
    """Make a key that will sign new tokens, and have the others end when theirs have.

    It signs when every application has had time to fetch it, or `at_once`: applications that keep
    keys without looking again then refuse tokens for as long as they keep them.
    """
    with transaction.atomic():
        _lock()
        delay = 0 if at_once else app_settings.JWKS_CACHE_CONTROL
        active_from = timezone.now() + timedelta(seconds=delay)
        others = SigningKey.objects.filter(expires_at=None)
        others.update(expires_at=active_from + measure_tokens())
        return _make_key(active_from)


def rotate_old(days: int = ROTATION_DAYS) -> SigningKey | None:
    """Rotate the key if it has signed for that many days; None if it is younger."""
    newest = SigningKey.objects.first()
    if newest is None or newest.active_from > timezone.now() - timedelta(days=days):
        return None
    return rotate()


def delete_expired() -> None:
    """Delete the keys that no valid token was signed with."""
    SigningKey.objects.filter(expires_at__lt=timezone.now()).delete()


def measure_tokens() -> timedelta:
    """Return for how long a key is needed after it signed the last token."""
    longest = max(app_settings.ID_TOKEN_EXPIRES_IN, app_settings.ACCESS_TOKEN_EXPIRES_IN)
    return timedelta(seconds=longest)


def _make_key(active_from: datetime) -> SigningKey:
    pem = _generate()
    return SigningKey.objects.create(
        key_id=load_key(pem)[0]["kid"],
        pem=encrypt_text(pem, purpose=PURPOSE),
        active_from=active_from,
    )


def _generate() -> str:
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def _read_keys() -> list[PrivateKey]:
    return [key for row in _list_published() if (key := _read_key(row))]


def _list_published() -> list[SigningKey]:
    valid = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return list(SigningKey.objects.filter(valid))


def _has_active_key() -> bool:
    return any(row.active_from <= timezone.now() and _read_key(row) for row in _list_published())


def _read_key(row: SigningKey) -> PrivateKey | None:
    """Return a key; None of one that cannot be decrypted: tokens are signed with another then."""
    try:
        pem = decrypt_text(row.pem, purpose=PURPOSE)
    except DecryptionError:
        logger.error("The signing key %s cannot be decrypted.", row.key_id)
        return None
    return PrivateKey(
        pem=pem,
        not_before=row.active_from,
        expires_at=row.expires_at,
        issued_at=row.active_from,
    )


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))", [LOCK])
