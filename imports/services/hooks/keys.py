"""The key pairs of sign-in hooks: made here, two at a time, and what they decrypt."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from accounts import encryption
from accounts.models import User
from imports.core.errors import ImporterError
from imports.models import Connection, DecryptionKey
from imports.services.connections.events import note
from imports.services.connections.people import add_preparer
from imports.services.connections.secrets import USE_NOTED_EVERY

PURPOSE = b"sign-in hook key"
KEY_BITS = 2048
VALIDITY = timedelta(days=730)
MOST_AT_ONCE = 2
# Not RSA1_5, whose padding gives the plaintext away to whoever may ask often enough (RFC 8725,
# section 3.2), nor compression, which would tell of the password by its length.
ALGORITHMS = [
    "RSA-OAEP",
    "RSA-OAEP-256",
    "A128CBC-HS256",
    "A256CBC-HS512",
    "A128GCM",
    "A256GCM",
]
LEEWAY_SECONDS = 60


class Registry(jwe.JWERegistry):
    """Takes what is allowed, with headers that name a certificate, and whatever else they hold.

    RFC 7516, section 4: parameters that are not understood are ignored. By itself, joserfc 1.8
    refuses them, and headers as long as a certificate.
    """

    max_protected_header_length = 8 << 10


REGISTRY = Registry(algorithms=ALGORITHMS, strict_check_header=False)


class NotDecrypted(ImporterError):
    """What was sent is not encrypted for this connection, or has been altered."""


@transaction.atomic
def make_key(connection: Connection, *, actor: User) -> DecryptionKey:
    """Return a new key pair; raises ImporterError while two are in use.

    Whoever makes one bounds the connection from now on, as with a secret.
    """
    connection.refresh_from_db(from_queryset=Connection.objects.select_for_update(no_key=True))
    if list_keys(connection).count() >= MOST_AT_ONCE:
        raise ImporterError(
            "This connection has two keys already. Revoke one that is not used any more, then"
            " create another."
        )
    private = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    now = timezone.now()
    key = DecryptionKey(connection=connection, created_by=actor, valid_until=now + VALIDITY)
    key.private_key = encryption.encrypt_text(_write_private(private), purpose=PURPOSE)
    key.certificate = _certify(private, str(key.key_id), now)
    key.save()
    add_preparer(connection, actor)
    note(connection, "create key", actor=actor, detail={"hint": str(key.key_id)[:8]})
    return key


@transaction.atomic
def revoke_key(key: DecryptionKey, *, actor: User) -> None:
    """Have nothing decrypted with a key any more."""
    note(key.connection, "revoke key", actor=actor, detail={"hint": str(key.key_id)[:8]})
    key.delete()


def list_keys(connection: Connection) -> QuerySet[DecryptionKey]:
    """Return the keys of a connection, the oldest first."""
    return DecryptionKey.objects.filter(connection=connection)


def read_certificate(key: DecryptionKey) -> str:
    """Return the certificate in base64 without line ends, as Microsoft Graph takes it."""
    certificate = x509.load_pem_x509_certificate(key.certificate.encode())
    return base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()


def decrypt(connection: Connection, value: str) -> Mapping[str, Any]:
    """Return the claims in a JSON Web Encryption of this connection; raises NotDecrypted.

    They come as JSON, or as a JSON Web Token that is not signed: who has sent it is proven by
    another token. Every key is tried, because nothing says how a sender names it.
    """
    for key in list_keys(connection):
        private = encryption.decrypt_text(key.private_key, purpose=PURPOSE)
        try:
            found = jwe.decrypt_compact(value, RSAKey.import_key(private), registry=REGISTRY)
        # joserfc raises TypeError for headers whose members are of another type.
        except (JoseError, ValueError, TypeError):
            continue
        _note_use(key)
        return _read_claims(found.plaintext or b"")
    raise NotDecrypted("The password is not encrypted with a certificate of this connection.")


def _read_claims(plaintext: bytes) -> Mapping[str, Any]:
    parts = plaintext.split(b".")
    try:
        written = _decode(parts[1]) if len(parts) == 3 and plaintext[:1] != b"{" else plaintext
        claims = json.loads(written)
    except (ValueError, RecursionError):
        claims = None
    if not isinstance(claims, dict):
        raise NotDecrypted("What is encrypted is not a JSON object.")
    expires_at = claims.get("exp")
    if isinstance(expires_at, int | float) and expires_at + LEEWAY_SECONDS < time.time():
        raise NotDecrypted("What is encrypted has expired.")
    return claims


def _decode(part: bytes) -> bytes:
    return base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))


def _note_use(key: DecryptionKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at >= USE_NOTED_EVERY:
        DecryptionKey.objects.filter(pk=key.pk).update(last_used_at=now)


def _write_private(private: rsa.RSAPrivateKey) -> str:
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def _certify(private: rsa.RSAPrivateKey, key_id: str, now: datetime) -> str:
    """Return a certificate that the key signs itself: it only carries the public key."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"Userferry {key_id}")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.astimezone(UTC))
        .not_valid_after((now + VALIDITY).astimezone(UTC))
        .sign(private, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()
