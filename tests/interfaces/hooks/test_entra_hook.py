"""Entra External ID: a token of its own issuer, and a password encrypted for the connection.

Tokens are signed and passwords encrypted with jwcrypto, which shares nothing with what verifies and
decrypts them but the primitives.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from jwcrypto import jwe, jwk, jwt
from jwcrypto.common import base64url_encode
from pytest_django.fixtures import Settings

from accounts.models import User
from imports.core.errors import ImporterError
from imports.models import Connection, ConnectionEvent, DecryptionKey, HookAnswer, TokenIssuer
from imports.services.hooks.issuers import save_issuer
from imports.services.hooks.keys import make_key, revoke_key
from interfaces.hooks.callers.entra import PARTY
from interfaces.hooks.registry import CALLERS
from tests.against_document import Compare
from tests.imports.connecting import create_connection
from tests.interfaces.hooks.conftest import PASSWORD, TENANT, Answer, post

ENTRA = CALLERS["entra"]
ISSUER = "https://tenant.ciamlogin.com/tenant/v2.0"
AUDIENCE = "11111111-2222-3333-4444-555555555555"
SIGNING = {name: jwk.JWK.generate(kty="RSA", size=2048, kid=name) for name in ("first", "second")}
FOREIGN = jwk.JWK.generate(kty="RSA", size=2048)


class Keys(ThreadingHTTPServer):
    """Publishes the keys of an issuer, as long as `status` is 200."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.names, self.status, self.requests = ["first"], 200, 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/keys"


class Handler(BaseHTTPRequestHandler):
    server: Keys

    def do_GET(self) -> None:
        self.server.requests += 1
        keys = [SIGNING[name].export_public(as_dict=True) for name in self.server.names]
        content = json.dumps({"keys": keys}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def keys() -> Iterator[Keys]:
    server = Keys()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def issuer(connection: Connection, operator: User, keys: Keys) -> TokenIssuer:
    cache.clear()
    found = TokenIssuer(connection=connection, issuer=ISSUER, audience=AUDIENCE, keys_url=keys.url)
    save_issuer(found, actor=operator)
    return found


@pytest.fixture
def key(connection: Connection, operator: User) -> DecryptionKey:
    return make_key(connection, actor=operator)


@pytest.fixture
def ready(issuer: TokenIssuer, key: DecryptionKey, ada: User) -> User:
    return ada


def sign(name: str = "first", *, kid: str | None = None, **claims: Any) -> str:
    """Return a token as Entra shows it."""
    now = int(time.time())
    said = {"iss": ISSUER, "aud": AUDIENCE, "azp": PARTY, "iat": now, "exp": now + 3600, **claims}
    header = {"alg": "RS256", "kid": kid or name}
    token = jwt.JWT(header=header, claims={name: each for name, each in said.items() if each})
    token.make_signed_token(SIGNING[name])
    return str(token.serialize())


def test_hook_answers_as_its_document_says(
    compare_with_document: Compare, ready: User, key: DecryptionKey
) -> None:
    Connection.objects.update(per_minute=1_000_000)

    compare_with_document(
        "/hooks/openapi.json",
        {"Authorization": f"Bearer {sign()}"},
        values={
            "path.tenant": TENANT,
            "body.data.encryptedPasswordContext": encrypt(read_public(key)),
        },
        paths="/entra$",
        seconds=3,
        long_seconds=30,
    )


def read_public(key: DecryptionKey) -> jwk.JWK:
    return jwk.JWK.from_pem(key.certificate.encode())


def encrypt(
    public: jwk.JWK,
    password: str = PASSWORD,
    *,
    algorithm: str = "RSA-OAEP-256",
    encoding: str = "A256CBC-HS512",
    is_token: bool = True,
    more: Mapping[str, Any] | None = None,
    **claims: Any,
) -> str:
    """Return a password context: a token that is not signed, encrypted, as Entra's sample reads."""
    said = {"user-password": password, "username": "ada", "nonce": str(uuid.uuid4()), **claims}
    text = json.dumps(said)
    if is_token:
        text = f"{encode({'alg': 'none'})}.{encode(said)}."
    header = json.dumps({"alg": algorithm, "enc": encoding, "cty": "JWT", **(more or {})})
    allowed = [*jwe.default_allowed_algs, "RSA1_5"]
    made = jwe.JWE(text.encode(), protected=header, recipient=None, algs=allowed)
    made.add_recipient(public)
    return str(made.serialize(compact=True))


def encode(value: Any) -> str:
    return str(base64url_encode(json.dumps(value)))


def ask(context: str, token: str | None = None, **options: Any) -> Answer:
    body = {
        **ENTRA.operations[0].example,
        "data": {**ENTRA.operations[0].example["data"], "encryptedPasswordContext": context},
    }
    return post(ENTRA, body, f"Bearer {sign() if token is None else token}", **options)


def read_action(answer: Answer) -> str:
    assert answer.status == 200, answer.body
    action: str = answer.body["data"]["actions"][0]["@odata.type"]
    return action.rpartition(".")[2]


def test_a_right_password_is_migrated_however_it_is_encrypted(
    ready: User, key: DecryptionKey
) -> None:
    public = read_public(key)
    ways = product(
        ["RSA-OAEP", "RSA-OAEP-256"],
        ["A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"],
        [True, False],
    )
    for algorithm, encoding, is_token in ways:
        context = encrypt(public, algorithm=algorithm, encoding=encoding, is_token=is_token)
        assert read_action(ask(context)) == "MigratePassword"

    key.refresh_from_db()
    assert key.last_used_at is not None


def test_parameters_that_nobody_knows_and_certificates_in_the_header_are_ignored(
    ready: User, key: DecryptionKey
) -> None:
    public = read_public(key)

    for more in ({"ver": "1.0"}, {"kid": "any", "x5t": "abc"}, {"x5c": ["A" * 2000]}):
        assert read_action(ask(encrypt(public, more=more))) == "MigratePassword"


def test_the_nonce_comes_back(ready: User, key: DecryptionKey) -> None:
    assert ask(encrypt(read_public(key), nonce="n-1")).body["data"]["nonce"] == "n-1"


def test_a_wrong_password_may_be_tried_again(ready: User, key: DecryptionKey) -> None:
    assert read_action(ask(encrypt(read_public(key), "wrong"))) == "Retry"


def test_without_what_was_typed_the_address_that_entra_knows_counts(
    ready: User, key: DecryptionKey
) -> None:
    assert read_action(ask(encrypt(read_public(key), username=""))) == "MigratePassword"


def test_a_token_that_is_not_of_the_issuer_for_this_connection_is_refused(
    ready: User, key: DecryptionKey, caplog: pytest.LogCaptureFixture
) -> None:
    tokens = [
        sign(exp=1),
        sign(exp=None),
        sign(iss="https://tenant.ciamlogin.com/other/v2.0"),
        sign(aud="another"),
        sign(azp="another"),
        sign(azp=None),
        sign(kid="unknown"),
        sign(nbf=int(time.time()) + 3600),
        sign("second", kid="first"),
        f"{encode({'alg': 'none', 'kid': 'first'})}.{encode({'iss': ISSUER})}.",
        "a.b.c",
        "",
    ]
    context = encrypt(read_public(key))

    assert [ask(context, token).status for token in tokens] == [401] * len(tokens)
    assert caplog.text.count("was refused: The token") == len(tokens) - 1
    assert not HookAnswer.objects.exists()


def test_version_1_of_the_tokens_names_the_application_otherwise(
    ready: User, key: DecryptionKey
) -> None:
    assert read_action(ask(encrypt(read_public(key)), sign(azp=None, appid=PARTY)))


def test_the_keys_of_the_issuer_are_fetched_again_when_it_changes_them(
    ready: User, key: DecryptionKey, keys: Keys
) -> None:
    public = read_public(key)
    for _ in range(2):
        assert ask(encrypt(public)).status == 200
    assert keys.requests == 1

    keys.names = ["second"]

    assert ask(encrypt(public), sign("second")).status == 200
    assert keys.requests == 2
    # The next one that nobody knows is not looked for at once.
    assert ask(encrypt(public), sign(kid="unknown")).status == 401
    assert keys.requests == 2


def test_an_issuer_without_an_answer_lets_nobody_in_and_is_asked_again(
    ready: User, key: DecryptionKey, keys: Keys
) -> None:
    keys.status = 500
    assert ask(encrypt(read_public(key))).status == 401

    keys.status = 200
    assert ask(encrypt(read_public(key))).status == 200


def test_keys_come_from_allowed_hosts_alone(
    connection: Connection, operator: User, settings: Settings
) -> None:
    url = "https://keys.example.com/keys"
    other = TokenIssuer(connection=connection, issuer=ISSUER, audience=AUDIENCE, keys_url=url)

    with pytest.raises(ImporterError, match="TOKEN_ISSUER_HOSTS"):
        save_issuer(other, actor=operator)


def test_a_connection_without_an_issuer_lets_nobody_in(
    connection: Connection, key: DecryptionKey, ada: User
) -> None:
    assert ask(encrypt(read_public(key))).status == 401


def test_a_token_for_one_connection_opens_no_other(
    ready: User, key: DecryptionKey, operator: User
) -> None:
    other = create_connection(operator, kind="hook", name="Other", tenant="other")
    make_key(other, actor=operator)

    assert ask(encrypt(read_public(key)), tenant="other").status == 401
    assert ask(encrypt(read_public(key)), tenant="nobody").status == 401


def test_both_keys_decrypt_while_they_are_rotated(
    ready: User, key: DecryptionKey, connection: Connection, operator: User
) -> None:
    second = make_key(connection, actor=operator)
    with pytest.raises(ImporterError, match="two keys already"):
        make_key(connection, actor=operator)
    old, new = read_public(key), read_public(second)
    assert [read_action(ask(encrypt(each))) for each in (old, new)] == ["MigratePassword"] * 2

    revoke_key(key, actor=operator)

    assert [ask(encrypt(each)).status for each in (old, new)] == [400, 200]
    actions = ConnectionEvent.objects.values_list("action", flat=True)
    assert [each for each in actions if "key" in each] == ["revoke key", "create key", "create key"]


def test_what_is_not_encrypted_for_the_connection_is_refused(
    ready: User, key: DecryptionKey
) -> None:
    public = read_public(key)
    contexts = {
        "of another key": encrypt(FOREIGN),
        "with padding that leaks": encrypt(public, algorithm="RSA1_5"),
        "altered": encrypt(public)[:-4] + "AAAA",
        "compressed": encrypt(public, more={"zip": "DEF"}),
        "with a header of another type": encode({"alg": {}, "enc": []}) + ".a.b.c.d",
        "with a header to be understood": encode({"alg": "RSA-OAEP", "crit": True}) + ".a.b.c.d",
        "five empty parts": "a.b.c.d.e",
        "a text": "…",
        "nothing": "",
        "expired": encrypt(public, exp=1),
        "without a nonce": encrypt(public, nonce=""),
        "without a password": encrypt(public, **{"user-password": ""}),
        "a number": encrypt(public, **{"user-password": 1}),
    }

    answers = {name: ask(context) for name, context in contexts.items()}

    assert {name: answer.status for name, answer in answers.items() if answer.status != 400} == {}
    assert PASSWORD not in str(answers)
    assert not HookAnswer.objects.exists()


def test_a_request_is_repeated_at_once_and_not_replayed_later(
    ready: User, key: DecryptionKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = encrypt(read_public(key))
    assert [read_action(ask(context)) for _ in range(2)] == ["MigratePassword"] * 2
    later = time.time() + 31
    monkeypatch.setattr("imports.services.hooks.nonces.time.time", lambda: later)

    answer = ask(context)

    assert answer.status == 400
    assert "answered before" in answer.body["error"]
    assert read_action(ask(encrypt(read_public(key)))) == "MigratePassword"


def test_entra_finds_the_hook_there_before_it_is_set_up(db: None) -> None:
    assert Client().get("/hooks/acme/entra").status_code == 200


def test_private_keys_are_encrypted_at_rest(key: DecryptionKey) -> None:
    stored = DecryptionKey.objects.values_list("private_key", "certificate").get()

    assert all("PRIVATE" not in each for each in stored)
