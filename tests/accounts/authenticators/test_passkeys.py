import uuid

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import RegistrationResponse

from accounts.authenticators import passkeys

CREDENTIAL_ID = websafe_encode(b"credential-1")
PUBLIC_KEY = websafe_encode(
    cbor.encode(ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key()))
)


def read_credential(data):
    response = RegistrationResponse.from_dict(data["credential"]).response
    return response.attestation_object.auth_data


def test_credential_is_read_back_as_it_was_given():
    data = passkeys.build_data(CREDENTIAL_ID, PUBLIC_KEY, name="Blue key", sign_count=7)
    stored = read_credential(data)
    assert data["name"] == "Blue key"
    assert stored.counter == 7
    assert stored.credential_data.credential_id == b"credential-1"
    assert websafe_encode(cbor.encode(stored.credential_data.public_key)) == PUBLIC_KEY


def test_model_and_backup_flags_are_kept():
    model = "08987058-cadc-4b81-b6e1-30de50dcbe96"
    stored = read_credential(
        passkeys.build_data(
            CREDENTIAL_ID, PUBLIC_KEY, aaguid=model, backup_eligible=True, backed_up=True
        )
    )
    assert uuid.UUID(bytes=bytes(stored.credential_data.aaguid)) == uuid.UUID(model)
    assert stored.is_backup_eligible()
    assert stored.is_backed_up()


@pytest.mark.parametrize(
    ("credential_id", "public_key", "aaguid"),
    [
        pytest.param("", PUBLIC_KEY, "", id="no id"),
        pytest.param("a", PUBLIC_KEY, "", id="broken id"),
        pytest.param(CREDENTIAL_ID, "AAAA", "", id="key that is no CBOR map"),
        pytest.param(CREDENTIAL_ID, "", "", id="no key"),
        pytest.param(CREDENTIAL_ID, PUBLIC_KEY, "yubi", id="model that is no UUID"),
    ],
)
def test_unreadable_part_is_named(credential_id, public_key, aaguid):
    with pytest.raises(passkeys.PasskeyError):
        passkeys.build_data(credential_id, public_key, aaguid=aaguid)
