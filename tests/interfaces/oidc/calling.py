"""A browser and an application that go through the flow in one process, step by step."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

import jwt
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.conf import settings
from django.test import Client

from accounts.models import User
from interfaces.oidc.keys import list_keys, load_key
from interfaces.oidc.models import Application

CALLBACK = "https://wiki.example.com/callback"
PASSWORD = "correct horse battery"
AUTHORIZE = "/identity/o/authorize"
API = "/identity/o/api"
VERIFIER = "v" * 43
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
)
FORM = "application/x-www-form-urlencoded"


class Rider:
    """Somebody's browser, and what their application does for them."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.browser = Client()

    def enter(self, user: User) -> None:
        """Be signed in by a password, without the time that it takes."""
        self.browser.force_login(user)
        session = self.browser.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
        session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
        session.save()

    def sign_in(self, login: str, password: str = PASSWORD, **more: str) -> Any:
        return self.browser.post("/accounts/login/", {"login": login, "password": password, **more})

    def ask(self, **parameters: str | None) -> Any:
        """Open the authorization endpoint as the application would have it; None drops."""
        asked = {
            "client_id": self.application.pk,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid",
            "state": "s1",
            "nonce": "n1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **parameters,
        }
        asked = {name: value for name, value in asked.items() if value is not None}
        return self.browser.get(f"{AUTHORIZE}?{urlencode(asked)}")

    def decide(self, page: Any, decision: str) -> Any:
        request = page.wsgi_request
        return self.browser.post(request.get_full_path(), {"decision": decision})

    def get_code(self, **parameters: str) -> str:
        return read_answer(self.ask(**parameters))["code"]

    def redeem(self, code: str, **more: str) -> Any:
        return self.post(
            "token",
            grant_type="authorization_code",
            code=code,
            redirect_uri=CALLBACK,
            code_verifier=VERIFIER,
            **more,
        )

    def get_tokens(self, **parameters: str) -> dict[str, Any]:
        response = self.redeem(self.get_code(**parameters))
        assert response.status_code == 200, response.content
        tokens: dict[str, Any] = response.json()
        return tokens

    def get_id_token(self, **parameters: str) -> dict[str, Any]:
        return verify(self.get_tokens(**parameters)["id_token"], self.application)

    def refresh(self, token: str, **more: str) -> Any:
        return self.post("token", grant_type="refresh_token", refresh_token=token, **more)

    def get_user_info(self, token: str) -> Any:
        return Client().get(f"{API}/userinfo", headers={"authorization": f"Bearer {token}"})

    def post(self, endpoint: str, **form: str) -> Any:
        """Call an endpoint as an application that shows its secret, if it has one."""
        headers = {}
        if secret := self.application.plain_secret:
            headers["authorization"] = write_basic(self.application.pk, secret)
        else:
            form["client_id"] = self.application.pk
        return Client().post(
            f"{API}/{endpoint}", urlencode(form), content_type=FORM, headers=headers
        )


def write_basic(client_id: str, secret: str) -> str:
    """Return the header as strict clients write it (RFC 6749, section 2.3.1)."""
    joined = f"{quote(client_id, safe='')}:{quote(secret, safe='').replace('_', '%5F')}"
    return f"Basic {base64.b64encode(joined.encode()).decode()}"


def read_answer(response: Any, uri: str = CALLBACK) -> dict[str, str]:
    """Return what the application is told; the browser was sent to its URL."""
    assert response.status_code == 302, response.content.decode()[:2000]
    location = response["Location"]
    assert location.startswith(f"{uri}?"), location
    return dict(parse_qsl(urlsplit(location).query))


def read_next(response: Any) -> str:
    """Return where a page of sign-in leads on to."""
    assert response.status_code == 302
    return parse_qs(urlsplit(response["Location"]).query)["next"][0]


def verify(id_token: str, application: Application) -> dict[str, Any]:
    key_id = jwt.get_unverified_header(id_token)["kid"]
    for key in list_keys():
        jwk, private = load_key(key.pem)
        if jwk["kid"] == key_id:
            claims: dict[str, Any] = jwt.decode(
                id_token,
                private.public_key(),
                algorithms=["RS256"],
                audience=application.pk,
                issuer=settings.PUBLIC_URL.rstrip("/"),
            )
            return claims
    raise AssertionError(f"no key {key_id}")
