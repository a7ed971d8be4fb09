"""The presets: what goes to Auth0-style APIs, Okta and Cognito, and what their answers mean."""

import base64
import hashlib
import hmac
from typing import Any

import pytest

from accounts.models import User
from imports.directory_client.contract import Connection, DirectoryError, Verdict
from imports.directory_client.registry import make_client
from tests.imports.directory_client.answering import Asked, Given, answering
from tests.imports.directory_client.conftest import MakeDirectory, is_signed_in, sign_in

NAME, PASSWORD = "ada@example.com", "Preset-Pass-31"
OKTA_USER = {
    "id": "00u1",
    "status": "ACTIVE",
    "profile": {
        "login": "ada@example.com",
        "email": "ada@example.com",
        "firstName": "Ada",
        "lastName": "Lovelace",
    },
}
AUTH0_USER = {"user_id": "17", "email": "ada@example.com", "nickname": "ada", "name": "Ada L."}


def verify(kind: str, url: str, **fields: Any) -> Any:
    return make_client(Connection(kind=kind, url=url, **fields)).verify(NAME, PASSWORD)


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, AUTH0_USER, Verdict.MIGRATE),
        (401, {"error": "wrong"}, Verdict.REFUSED),
        (403, {"code": "user_is_blocked", "message": "Closed."}, Verdict.BLOCKED),
        (404, {}, Verdict.UNKNOWN_USER),
    ],
)
def test_auth0_style_answers(status: int, body: dict[str, Any], verdict: Verdict) -> None:
    with answering(lambda asked: Given(status, body)) as server:
        answer = verify("auth0", server.url, secret="key")

    assert answer.verdict is verdict
    asked = server.asked[0]
    assert (asked.method, asked.path, asked.headers["authorization"]) == (
        "POST",
        "/login",
        "Bearer key",
    )
    assert asked.json == {"email": NAME, "username": NAME, "password": PASSWORD}


def test_auth0_style_profile_without_a_stable_id_is_refused() -> None:
    with (
        answering(lambda asked: Given(200, {"email": NAME})) as server,
        pytest.raises(DirectoryError, match="user_id"),
    ):
        verify("auth0", server.url)


def test_auth0_style_look_up() -> None:
    with answering(lambda asked: Given(200, AUTH0_USER)) as server:
        client = make_client(Connection(kind="auth0", url=server.url))
        assert client.look_up(NAME).verdict is Verdict.FOUND

    assert server.asked[0].path == "/user?email=ada%40example.com"


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("SUCCESS", Verdict.MIGRATE),
        ("PASSWORD_WARN", Verdict.MIGRATE),
        ("MFA_REQUIRED", Verdict.MIGRATE),
        ("PASSWORD_EXPIRED", Verdict.REQUIRE_NEW_PASSWORD),
        ("LOCKED_OUT", Verdict.REFUSED),
    ],
)
def test_okta_statuses(status: str, verdict: Verdict) -> None:
    body = {"status": status, "stateToken": "secret", "_embedded": {"user": OKTA_USER}}
    with answering(lambda asked: Given(200, body)) as server:
        answer = verify("okta", server.url)

    assert answer.verdict is verdict
    assert server.asked[0].path == "/api/v1/authn"
    assert server.asked[0].json == {"username": NAME, "password": PASSWORD}
    assert "authorization" not in server.asked[0].headers


def test_okta_refusal_and_trouble_are_told_apart() -> None:
    with answering(lambda asked: Given(401, {"errorCode": "E0000004"})) as server:
        assert verify("okta", server.url).verdict is Verdict.REFUSED
    with (
        answering(lambda asked: Given(429, {"errorCode": "E0000047"})) as server,
        pytest.raises(DirectoryError, match="E0000047"),
    ):
        verify("okta", server.url)


def test_okta_profile_is_completed_with_an_api_token() -> None:
    def respond(asked: Asked) -> Given:
        if asked.path == "/api/v1/authn":
            user = {"id": "00u1", "profile": {"login": NAME}}
            return Given(200, {"status": "SUCCESS", "_embedded": {"user": user}})
        assert asked.headers["authorization"] == "SSWS token"
        return Given(200, OKTA_USER)

    with answering(respond) as server:
        answer = verify("okta", server.url, secret="token")

    assert answer.profile == OKTA_USER
    assert server.asked[1].path == "/api/v1/users/00u1"


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, OKTA_USER, Verdict.FOUND),
        (200, {**OKTA_USER, "status": "SUSPENDED"}, Verdict.BLOCKED),
        (404, {"errorCode": "E0000007"}, Verdict.UNKNOWN_USER),
    ],
)
def test_okta_look_up(status: int, body: dict[str, Any], verdict: Verdict) -> None:
    with answering(lambda asked: Given(status, body)) as server:
        client = make_client(Connection(kind="okta", url=server.url, secret="token"))
        assert client.look_up("a/b@example.com").verdict is verdict

    assert server.asked[0].path == "/api/v1/users/a%2Fb%40example.com"


def respond_as_cognito(asked: Asked) -> Given:
    target = asked.headers["x-amz-target"].rpartition(".")[2]
    assert asked.headers["content-type"] == "application/x-amz-json-1.1"
    if target == "InitiateAuth":
        return Given(200, {"AuthenticationResult": {"AccessToken": "the-access-token"}})
    assert target == "GetUser"
    assert asked.json == {"AccessToken": "the-access-token"}
    attributes = {"sub": "c-1", "email": NAME, "email_verified": "true", "given_name": "Ada"}
    return Given(
        200,
        {
            "Username": "c-1",
            "UserAttributes": [{"Name": key, "Value": text} for key, text in attributes.items()],
        },
    )


def test_cognito_is_asked_with_the_secret_hash() -> None:
    with answering(respond_as_cognito) as server:
        answer = verify("cognito", server.url, client_id="app", secret="s3cret")

    assert answer.verdict is Verdict.MIGRATE
    assert answer.profile["sub"] == "c-1"
    sent = server.asked[0].json
    digest = hmac.new(b"s3cret", f"{NAME}app".encode(), hashlib.sha256).digest()
    assert sent["AuthFlow"] == "USER_PASSWORD_AUTH"
    assert sent["AuthParameters"] == {
        "USERNAME": NAME,
        "PASSWORD": PASSWORD,
        "SECRET_HASH": base64.b64encode(digest).decode(),
    }


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (400, {"__type": "NotAuthorizedException"}, Verdict.REFUSED),
        (400, {"__type": "com.amazonaws#UserNotFoundException"}, Verdict.UNKNOWN_USER),
        (400, {"__type": "PasswordResetRequiredException"}, Verdict.REFUSED),
        (200, {"ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": "x"}, Verdict.REFUSED),
    ],
)
def test_cognito_refusals(status: int, body: dict[str, Any], verdict: Verdict) -> None:
    with answering(lambda asked: Given(status, body)) as server:
        assert verify("cognito", server.url, client_id="app").verdict is verdict


def test_cognito_being_too_busy_is_an_error() -> None:
    with (
        answering(lambda asked: Given(400, {"__type": "TooManyRequestsException"})) as server,
        pytest.raises(DirectoryError, match="TooManyRequests"),
    ):
        verify("cognito", server.url, client_id="app")


@pytest.mark.parametrize("kind", ["oidc", "cognito"])
def test_kinds_without_look_up_say_so(kind: str) -> None:
    client = make_client(Connection(kind=kind, url="https://127.0.0.1"))

    with pytest.raises(DirectoryError):
        client.look_up(NAME)
    assert not client.kind.can_look_up


@pytest.mark.parametrize(
    ("kind", "respond", "fields", "subject_id"),
    [
        ("auth0", lambda asked: Given(200, AUTH0_USER), {}, "17"),
        (
            "okta",
            lambda asked: Given(200, {"status": "SUCCESS", "_embedded": {"user": OKTA_USER}}),
            {},
            "00u1",
        ),
        ("cognito", respond_as_cognito, {"client_id": "app"}, "c-1"),
    ],
    ids=["auth0", "okta", "cognito"],
)
def test_user_of_a_preset_is_migrated_by_its_mapping(
    make_directory: MakeDirectory,
    kind: str,
    respond: Any,
    fields: dict[str, str],
    subject_id: str,
) -> None:
    with answering(respond) as server:
        make_directory(kind, url=server.url, secret="", **fields)

        assert is_signed_in(sign_in(NAME, PASSWORD))

    user = User.objects.get(email=NAME)
    assert user.subject_id == subject_id
