"""Passkeys from another system: the registration that allauth expects, made up from the key alone.

Exports seldom hold what the browser once sent. Sign-in needs no more of it than the credential id
and the public key, so the rest is filled in with "no attestation".
"""

from __future__ import annotations

import binascii
import hashlib
import struct
import uuid
from collections.abc import Mapping
from typing import Any, cast

from fido2 import cbor
from fido2.cose import CoseKey
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

Flag = AuthenticatorData.FLAG

NO_MODEL = uuid.UUID(int=0)
UNKNOWN_SITE = bytes(32)
# Sign-in compares neither: the challenge is long past, and the origin is checked on each answer.
CLIENT_DATA = b'{"type":"webauthn.create","challenge":"","origin":""}'


class PasskeyError(ValueError):
    """A credential cannot be read; the message says which part."""


def build_data(
    credential_id: str,
    public_key: str,
    *,
    name: str = "",
    sign_count: int = 0,
    aaguid: str = "",
    backup_eligible: bool = False,
    backed_up: bool = False,
) -> dict[str, Any]:
    """Return the `data` of an authenticator row; id and COSE key are given in base64url.

    Raise PasskeyError when they cannot be read.
    """
    raw_id = _decode(credential_id, "credential id")
    flags = Flag.UP | Flag.UV | Flag.AT
    flags |= (Flag.BE if backup_eligible else Flag(0)) | (Flag.BS if backed_up else Flag(0))
    attestation = AttestationObject.create(
        "none",
        # The hash of the site's name is that of each answer, never of the registration.
        AuthenticatorData.create(
            UNKNOWN_SITE, flags, sign_count, _attest_credential(raw_id, public_key, aaguid)
        ),
        {},
    )
    encoded_id = websafe_encode(raw_id)
    return {
        "name": name or "Passkey",
        "credential": {
            "id": encoded_id,
            "rawId": encoded_id,
            "type": "public-key",
            "response": {
                "clientDataJSON": websafe_encode(CLIENT_DATA),
                "attestationObject": websafe_encode(attestation),
            },
            "clientExtensionResults": {},
        },
    }


def read_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `build_data` was given: its arguments by name, blank ones left out.

    Raise PasskeyError when the registration cannot be read.
    """
    try:
        read = _read_registration(data).auth_data
        credential = cast(AttestedCredentialData, read.credential_data)
        found = {
            "credential_id": websafe_encode(credential.credential_id),
            "public_key": websafe_encode(cbor.encode(credential.public_key)),
            "algorithm": credential.public_key[3],
            "sign_count": read.counter,
            "aaguid": _write_model(credential.aaguid),
            "backup_eligible": bool(read.flags & Flag.BE),
            "backed_up": bool(read.flags & Flag.BS),
            "name": data.get("name", ""),
        }
    except (ValueError, TypeError, KeyError, AttributeError, struct.error):
        raise PasskeyError("the registration cannot be read") from None
    return {name: value for name, value in found.items() if value}


def is_made_for(data: Mapping[str, Any], relying_party_id: str) -> bool | None:
    """Tell whether a passkey answers to this site; None when its import did not say."""
    made_for = _read_registration(data).auth_data.rp_id_hash
    if made_for == UNKNOWN_SITE:
        return None
    return bool(made_for == hashlib.sha256(relying_party_id.encode()).digest())


def _write_model(aaguid: bytes) -> str:
    model = uuid.UUID(bytes=bytes(aaguid))
    return "" if model == NO_MODEL else str(model)


def _read_registration(data: Mapping[str, Any]) -> AttestationObject:
    return AttestationObject(websafe_decode(data["credential"]["response"]["attestationObject"]))


def _attest_credential(raw_id: bytes, public_key: str, aaguid: str) -> AttestedCredentialData:
    try:
        model = uuid.UUID(aaguid) if aaguid else NO_MODEL
    except ValueError:
        raise PasskeyError("the model (AAGUID) is not a UUID") from None
    try:
        key = CoseKey.parse(cast(Mapping[int, Any], cbor.decode(_decode(public_key, "public key"))))
        return AttestedCredentialData.create(model.bytes, raw_id, key)
    except (ValueError, TypeError, KeyError, AttributeError, struct.error):
        raise PasskeyError("the public key is not a COSE key") from None


def _decode(text: str, part: str) -> bytes:
    """Decode base64url, or plain base64, with or without padding."""
    try:
        decoded = websafe_decode(text.rstrip("=").replace("+", "-").replace("/", "_"))
    except (binascii.Error, ValueError):
        raise PasskeyError(f"the {part} is not base64url") from None
    if not decoded:
        raise PasskeyError(f"the {part} is empty")
    return decoded
