"""OpenID Connect directories: a real provider, asked with the password grant."""

import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from accounts.models import User
from imports.directory_client.contract import Connection, DirectoryError, Verdict
from imports.directory_client.kinds.openid import OpenIdClient
from tests.accounts.openid_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    OpenIDProvider,
    running_provider,
)
from tests.imports.directory_client.conftest import MakeDirectory, is_signed_in, sign_in

PASSWORD = "Open-Harbour-12"
CLAIMS = {
    "sub": "oidc-ada",
    "email": "ada@example.com",
    "email_verified": True,
    "given_name": "Ada",
    "family_name": "Lovelace",
    "locale": "en-GB",
}


@pytest.fixture
def provider() -> Iterator[OpenIDProvider]:
    with running_provider() as found:
        found.claims = dict(CLAIMS)
        found.passwords = {"ada@example.com": PASSWORD}
        yield found


@pytest.fixture
def client(provider: OpenIDProvider) -> OpenIdClient:
    return make_client(provider)


def make_client(provider: OpenIDProvider, **fields: Any) -> OpenIdClient:
    given = {"url": provider.issuer, "client_id": CLIENT_ID, "secret": CLIENT_SECRET}
    return OpenIdClient(Connection(kind="oidc", **{**given, **fields}))


@pytest.mark.parametrize("has_userinfo", [True, False])
def test_right_password_brings_the_claims(
    provider: OpenIDProvider, client: OpenIdClient, has_userinfo: bool
) -> None:
    provider.has_userinfo = has_userinfo

    answer = client.verify("ada@example.com", PASSWORD)

    assert answer.verdict is Verdict.MIGRATE
    assert {name: answer.profile[name] for name in CLAIMS} == CLAIMS


def test_wrong_password_is_refused(client: OpenIdClient) -> None:
    assert client.verify("ada@example.com", "Wrong-1").verdict is Verdict.REFUSED


def test_wrong_client_is_an_error_and_no_refusal(provider: OpenIDProvider) -> None:
    with pytest.raises(DirectoryError):
        make_client(provider, secret="wrong").verify("ada@example.com", PASSWORD)


def test_other_issuer_in_the_configuration_is_refused(
    provider: OpenIDProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client(provider)
    provider.issuer = "https://evil.example"

    with pytest.raises(DirectoryError, match="another issuer"):
        client.verify("ada@example.com", PASSWORD)


def test_userinfo_of_another_user_is_refused(
    provider: OpenIDProvider, client: OpenIdClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_tokens = provider.make_tokens

    def make_others() -> dict[str, object]:
        tokens = make_tokens()
        provider.tokens[str(tokens["access_token"])] = {**CLAIMS, "sub": "somebody-else"}
        return tokens

    monkeypatch.setattr(provider, "make_tokens", make_others)

    with pytest.raises(DirectoryError, match="another user"):
        client.verify("ada@example.com", PASSWORD)


@pytest.mark.parametrize(
    "forged",
    [
        {"iss": "https://evil.example"},
        {"aud": "another client"},
        {"exp": 1_600_000_000},
        {"sub": None},
    ],
    ids=str,
)
def test_id_token_with_a_wrong_claim_is_refused(
    provider: OpenIDProvider,
    client: OpenIdClient,
    monkeypatch: pytest.MonkeyPatch,
    forged: dict[str, object],
) -> None:
    give_token(provider, monkeypatch, provider.key, forged)

    with pytest.raises(DirectoryError, match="ID token is not valid"):
        client.verify("ada@example.com", PASSWORD)


def test_id_token_signed_by_somebody_else_is_refused(
    provider: OpenIDProvider, client: OpenIdClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    give_token(provider, monkeypatch, key, {})

    with pytest.raises(DirectoryError, match="ID token is not valid"):
        client.verify("ada@example.com", PASSWORD)


def test_id_token_without_signature_is_refused(
    provider: OpenIDProvider, client: OpenIdClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_token(provider, monkeypatch, "", {}, algorithm="none")

    with pytest.raises(DirectoryError, match="ID token is not valid"):
        client.verify("ada@example.com", PASSWORD)


def give_token(
    provider: OpenIDProvider,
    monkeypatch: pytest.MonkeyPatch,
    key: Any,
    forged: dict[str, object],
    algorithm: str = "RS256",
) -> None:
    now = int(time.time())
    claims = {"iss": provider.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 60, **CLAIMS}
    claims = {name: value for name, value in (claims | forged).items() if value is not None}
    token = jwt.encode(claims, key, algorithm=algorithm, headers={"kid": "1"})
    monkeypatch.setattr(provider, "make_tokens", lambda: {"access_token": "t", "id_token": token})


def test_exchanges_hold_no_secret(provider: OpenIDProvider, client: OpenIdClient) -> None:
    client.verify("ada@example.com", PASSWORD)

    shown = "".join(each.request + each.response for each in client.exchanges)
    assert "oidc-ada" in shown
    assert PASSWORD not in shown
    assert CLIENT_SECRET not in shown
    assert not any(token in shown for token in provider.tokens)


def test_user_of_an_openid_provider_is_migrated_at_sign_in(
    make_directory: MakeDirectory, provider: OpenIDProvider
) -> None:
    make_directory("oidc", url=provider.issuer, client_id=CLIENT_ID, secret=CLIENT_SECRET)

    assert not is_signed_in(sign_in("ada@example.com", "Wrong-1"))
    assert is_signed_in(sign_in("ada@example.com", PASSWORD))
    user = User.objects.get(subject_id="oidc-ada")
    assert (user.email, user.given_name, user.locale) == ("ada@example.com", "Ada", "en-GB")
