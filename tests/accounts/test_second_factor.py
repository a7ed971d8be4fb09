"""The second step of signing in, with authenticators as an import writes them."""

import base64
import hashlib
import json
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AuthenticatorData, CollectedClientData

from accounts.authenticators import passkeys, recovery_codes, totp
from tests.accounts.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_sign_in")]

SECOND_STEP = "/accounts/2fa/authenticate/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEH"  # 26 characters: unpadded, as most exports have it
NOW = 1_800_000_000


@pytest.fixture
def ada(make_user):
    return make_user(username="ada", password=PASSWORD)


@pytest.fixture
def clock(monkeypatch):
    """Freeze the time that codes are checked against; move it by assigning to `now`."""

    class Clock:
        now = NOW

    monkeypatch.setattr("accounts.services.second_factors.time.time", lambda: Clock.now)
    return Clock


def make_code(at=NOW, **parameters):
    chosen = totp.Parameters(**parameters)
    return totp.generate_code(
        base64.b32decode(totp.pad_secret(SECRET)), at // chosen.period, chosen
    )


def add_app(user, **parameters):
    data = totp.build_data(SECRET, **parameters)
    return Authenticator.objects.create(user=user, type="totp", data=data)


def add_recovery_codes(user, *codes):
    data = recovery_codes.build_data(codes)
    return Authenticator.objects.create(user=user, type="recovery_codes", data=data)


def enter_password(client, **extra):
    return client.post("/accounts/login/", {"login": "ada", "password": PASSWORD, **extra})


def enter_code(client, code):
    return client.post(SECOND_STEP, {"code": code})


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_password_alone_does_not_sign_in(client, ada):
    add_app(ada)
    assert enter_password(client).url == SECOND_STEP
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({}, id="usual"),
        pytest.param({"algorithm": "SHA256"}, id="sha256"),
        pytest.param({"algorithm": "SHA512", "digits": 8, "period": 60}, id="sha512, 8, 60"),
        pytest.param({"digits": 7}, id="7 digits"),
    ],
)
def test_code_of_the_imported_app_signs_in(client, ada, clock, parameters):
    add_app(ada, **parameters)
    enter_password(client)
    enter_code(client, make_code(**parameters))
    assert is_signed_in(client)


def test_code_with_a_space_signs_in(client, ada, clock):
    add_app(ada)
    enter_password(client)
    code = make_code()
    enter_code(client, f"{code[:3]} {code[3:]}")
    assert is_signed_in(client)


@pytest.mark.parametrize("code", ["000000", "", "abc", "١٢٣٤٥٦", "9" * 500])
def test_wrong_code_is_refused(client, ada, clock, code):
    add_app(ada)
    enter_password(client)
    assert enter_code(client, code).status_code == 200
    assert not is_signed_in(client)


@pytest.mark.parametrize("later", [0, 30, 59])
def test_code_works_once_for_as_long_as_it_would_be_right(client, ada, clock, later):
    add_app(ada)
    code = make_code(NOW + 30)
    enter_password(client)
    enter_code(client, code)
    client.logout()
    clock.now = NOW + later
    enter_password(client)
    enter_code(client, code)
    assert not is_signed_in(client)


def test_next_code_works_after_the_last(client, ada, clock):
    add_app(ada)
    enter_password(client)
    enter_code(client, make_code())
    client.logout()
    clock.now = NOW + 30
    enter_password(client)
    enter_code(client, make_code(NOW + 30))
    assert is_signed_in(client)


@pytest.mark.parametrize("written", ["ABCD-1234", "abcd1234", "abcd 1234"])
def test_imported_recovery_code_signs_in(client, ada, written):
    add_app(ada)
    add_recovery_codes(ada, "ABCD-1234", "EFGH-5678")
    enter_password(client)
    enter_code(client, written)
    assert is_signed_in(client)


def test_recovery_code_works_once(client, ada):
    add_app(ada)
    add_recovery_codes(ada, "ABCD-1234", "EFGH-5678")
    for _ in range(2):
        client.logout()
        enter_password(client)
        enter_code(client, "ABCD-1234")
    assert not is_signed_in(client)


def test_secret_that_cannot_be_decrypted_refuses_the_code(client, ada, clock, settings):
    add_app(ada)
    settings.ENCRYPTION_KEYS = ["other:" + base64.b64encode(bytes(32)).decode()]
    enter_password(client)
    assert enter_code(client, make_code()).status_code == 200
    assert not is_signed_in(client)


def test_app_set_up_here_signs_in(client, ada, clock):
    client.force_login(ada)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    now = int(time.time())
    code = totp.generate_code(base64.b32decode(secret), now // 30, totp.Parameters())
    client.post("/accounts/2fa/totp/activate/", {"code": code})
    client.logout()
    clock.now = now
    enter_password(client)
    enter_code(client, code)
    assert is_signed_in(client)


def test_secret_of_a_new_app_can_be_copied(client, ada):
    client.force_login(ada)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    field = re.search(r'<input[^>]* id="authenticator_secret"[^>]*>', page)[0]
    assert field.endswith(" readonly>")
    assert "disabled" not in field


def test_page_of_the_second_factor_opens_with_imported_authenticators(client, ada):
    add_app(ada)
    add_recovery_codes(ada, "ABCD-1234")
    client.force_login(ada)
    assert client.get("/accounts/2fa/").status_code == 200


def test_staff_reach_the_admin_through_the_second_factor(client, ada, clock):
    add_app(ada)
    ada.is_staff = True
    ada.save()
    enter_password(client, next="/admin/")
    assert enter_code(client, make_code()).url == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_imported_passkey_signs_in(client, ada):
    private_key = ec.generate_private_key(ec.SECP256R1())
    public_key = cbor.encode(ES256.from_cryptography_key(private_key.public_key()))
    data = passkeys.build_data(websafe_encode(b"credential-1"), websafe_encode(public_key))
    Authenticator.objects.create(user=ada, type="webauthn", data=data)
    enter_password(client)
    page = client.get(SECOND_STEP, secure=True, headers={"host": "localhost"})
    challenge = page.context["js_data"]["request_options"]["publicKey"]["challenge"]
    answer = sign_challenge(private_key, challenge)
    client.post(
        SECOND_STEP,
        {"credential": json.dumps(answer)},
        secure=True,
        headers={"host": "localhost", "referer": "https://localhost/"},
    )
    assert is_signed_in(client)


def sign_challenge(private_key, challenge):
    """Answer as a security key does (WebAuthn §6.3.3)."""
    client_data = CollectedClientData.create("webauthn.get", challenge, "https://localhost")
    authenticator_data = AuthenticatorData.create(
        hashlib.sha256(b"localhost").digest(), AuthenticatorData.FLAG.UP, 1
    )
    signature = private_key.sign(authenticator_data + client_data.hash, ec.ECDSA(hashes.SHA256()))
    return {
        "id": websafe_encode(b"credential-1"),
        "rawId": websafe_encode(b"credential-1"),
        "type": "public-key",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": websafe_encode(client_data),
            "authenticatorData": websafe_encode(authenticator_data),
            "signature": websafe_encode(signature),
        },
    }
