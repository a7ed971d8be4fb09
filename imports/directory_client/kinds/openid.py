"""OpenID Connect with the resource owner password grant (RFC 6749 §4.3).

The profile is that of the userinfo endpoint where there is one, else of the ID token, whose
signature, issuer, audience and times are verified in either case.
"""

from __future__ import annotations

from typing import Any

import jwt

from imports.directory_client.contract import Answer, DirectoryError, Verdict
from imports.directory_client.http_client import HttpClient
from imports.directory_client.kind import CLAIMS, Kind, map_fields
from imports.directory_client.transport import Reply

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
LEEWAY_SECONDS = 60


class OpenIdClient(HttpClient):
    """An OpenID provider whose client may use grant_type=password."""

    kind = Kind(
        name="oidc",
        label="OpenID Connect (password grant)",
        help_text="The URL is that of the issuer, to which /.well-known/openid-configuration is"
        " added. The client must be allowed to use the grant type “password”.",
        mapping=map_fields(CLAIMS),
        required=("client_id",),
    )

    def verify(self, identifier: str, password: str) -> Answer:
        self._transport.secrets.append(password)
        configuration = self._read_configuration()
        form = {
            "grant_type": "password",
            "username": identifier,
            "password": password,
            "scope": self._connection.scope or "openid profile email",
            "client_id": self._connection.client_id,
        }
        if self._connection.secret:
            form["client_secret"] = self._connection.secret
        reply = self._transport.send("POST", _find_endpoint(configuration, "token"), form=form)
        if not reply.is_success:
            return _read_refusal(reply)
        tokens = reply.json()
        for name in ("access_token", "id_token", "refresh_token"):
            if isinstance(tokens.get(name), str):
                self._transport.secrets.append(tokens[name])
        return Answer(Verdict.MIGRATE, self._read_claims(configuration, tokens))

    def look_up(self, identifier: str) -> Answer:
        raise DirectoryError("OpenID Connect has no request that finds a user without a password.")

    def _read_configuration(self) -> dict[str, Any]:
        issuer = self._connection.url.rstrip("/")
        found = self._get(f"{issuer}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != issuer:
            raise DirectoryError("The provider's configuration names another issuer.")
        return found

    def _get(self, url: str, token: str = "") -> dict[str, Any]:
        headers = {"authorization": f"Bearer {token}"} if token else None
        reply = self._transport.send("GET", url, headers=headers)
        if not reply.is_success:
            raise DirectoryError(f"The provider answered with status {reply.status} to {url}.")
        return reply.json()

    def _read_claims(self, configuration: dict[str, Any], tokens: dict[str, Any]) -> dict[str, Any]:
        id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str):
            raise DirectoryError("The provider gave no ID token: the scope has to hold “openid”.")
        claims = self._verify_token(configuration, id_token)
        if not isinstance(configuration.get("userinfo_endpoint"), str):
            return claims
        profile = self._get(_find_endpoint(configuration, "userinfo"), str(access_token))
        # OpenID Connect Core §5.3.2: anything else may be about somebody else.
        if profile.get("sub") != claims.get("sub"):
            raise DirectoryError("The userinfo endpoint speaks of another user than the ID token.")
        return {**claims, **profile}

    def _verify_token(self, configuration: dict[str, Any], id_token: str) -> dict[str, Any]:
        keys = self._get(str(configuration.get("jwks_uri", "")))
        try:
            found = jwt.PyJWKSet.from_dict(keys)
            key_id = jwt.get_unverified_header(id_token).get("kid")
            usable = [key for key in found.keys if key_id in (None, key.key_id)]
            if not usable:
                raise DirectoryError(
                    "The ID token is signed with a key the provider does not name."
                )
            claims: dict[str, Any] = jwt.decode(
                id_token,
                usable[0],
                algorithms=ALGORITHMS,
                audience=self._connection.client_id,
                issuer=str(configuration["issuer"]),
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )
        except (jwt.PyJWTError, jwt.PyJWKSetError) as error:
            raise DirectoryError(f"The ID token is not valid ({type(error).__name__}).") from None
        return claims


def _find_endpoint(configuration: dict[str, Any], name: str) -> str:
    url = configuration.get(f"{name}_endpoint")
    if not isinstance(url, str):
        raise DirectoryError(f"The provider's configuration has no {name}_endpoint.")
    return url


def _read_refusal(reply: Reply) -> Answer:
    error = str(reply.json().get("error", ""))
    if error != "invalid_grant":
        raise DirectoryError(f"The provider refuses the request itself: {error or reply.status}.")
    return Answer(Verdict.REFUSED, detail=error)


CLIENT = OpenIdClient
