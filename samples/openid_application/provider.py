"""What an application asks an OpenID provider, by Authlib: nothing here is about Userferry."""

from __future__ import annotations

import secrets
import time
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import requests
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

# Seconds by which the clocks of two machines may differ.
LEEWAY = 30
TIMEOUT = 10


class Provider:
    """One provider, and the application's registration there."""

    def __init__(
        self, issuer: str, client_id: str, client_secret: str, redirect_uri: str, scope: str
    ) -> None:
        self.issuer = issuer.rstrip("/")
        self.client_id = client_id
        self.client_secret = client_secret
        self.redirect_uri = redirect_uri
        self.scope = scope

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """What the provider says of itself, under the issuer that it was asked by."""
        url = f"{self.issuer}/.well-known/openid-configuration"
        found: dict[str, Any] = requests.get(url, timeout=TIMEOUT).json()
        if found["issuer"] != self.issuer:
            raise ValueError(f"The provider calls itself {found['issuer']}, not {self.issuer}.")
        return found

    def begin(self, **parameters: str) -> tuple[str, dict[str, str]]:
        """Return where to send the browser, and what to keep until it comes again."""
        kept = {"code_verifier": secrets.token_urlsafe(48), "nonce": secrets.token_urlsafe()}
        with self._make_session() as session:
            url, kept["state"] = session.create_authorization_url(
                self.metadata["authorization_endpoint"], **kept, **parameters
            )
        return url, kept

    def finish(self, callback: str, kept: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the tokens for the code in the URL that the browser came with, and the claims."""
        with self._make_session(state=kept["state"]) as session:
            tokens = session.fetch_token(
                self.metadata["token_endpoint"],
                authorization_response=callback,
                code_verifier=kept["code_verifier"],
            )
        return tokens, self.read_id_token(tokens["id_token"], kept["nonce"])

    def read_id_token(self, value: str, nonce: str) -> dict[str, Any]:
        """Return the claims of an ID token that is this provider's, for this application, now."""
        published = requests.get(self.metadata["jwks_uri"], timeout=TIMEOUT).json()
        keys = KeySet.import_key_set(published)
        claims = jwt.decode(value, keys, algorithms=["RS256"]).claims
        expected = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            now=int(time.time()),
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        expected.validate(claims)
        return claims

    def fetch_user_info(self, tokens: dict[str, Any]) -> dict[str, Any]:
        with self._make_session(token=tokens) as session:
            found: dict[str, Any] = session.get(self.metadata["userinfo_endpoint"]).json()
        return found

    def refresh(self, tokens: dict[str, Any]) -> dict[str, Any]:
        with self._make_session() as session:
            found: dict[str, Any] = session.refresh_token(
                self.metadata["token_endpoint"], refresh_token=tokens["refresh_token"]
            )
        return found

    def find_logout_url(self, tokens: dict[str, Any], then: str) -> str:
        query = urlencode({"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": then})
        return f"{self.metadata['end_session_endpoint']}?{query}"

    def _make_session(self, **more: Any) -> OAuth2Session:
        return OAuth2Session(
            self.client_id,
            self.client_secret or None,
            token_endpoint_auth_method="client_secret_basic" if self.client_secret else "none",
            scope=self.scope,
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
            **more,
        )
