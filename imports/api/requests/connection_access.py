"""Admit requests with a token of a connection that may be used now."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.http import HttpRequest
from ninja.security.base import AuthBase

from imports.api.requests.access import refuse_for_now, refuse_token, refuse_unknown
from imports.api.requests.problems import ApiError
from imports.models import Connection, SecretUse
from imports.services.connections.connections import require_usable
from imports.services.connections.request_limits import TooManyRequests, count_request
from imports.services.connections.secrets import find_secret, note_use


class ConnectionRequest(HttpRequest):
    """A request that the token of a connection let in."""

    connection: Connection
    scopes: frozenset[str]
    rate_headers: Mapping[str, str]


class ConnectionToken(AuthBase):
    """Demands a token of a connection of one kind, with any of the scopes."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, kind: str, *scopes: str) -> None:
        super().__init__()
        self.kind, self.scopes = kind, frozenset(scopes)

    def __call__(self, request: HttpRequest) -> Connection:
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not value.strip():
            raise refuse_token("token_missing")
        secret = find_secret(value.strip(), [SecretUse.TOKEN])
        if secret is None or secret.connection.kind != self.kind:
            raise refuse_unknown(
                request, "unknown, expired or revoked, or of another kind of connection"
            )
        if self.scopes.isdisjoint(secret.scopes):
            raise refuse_scope(self.scopes)
        connection = secret.connection
        require_usable(connection)
        request.rate_headers = count(connection)  # type: ignore[attr-defined]
        note_use(secret)
        request.connection = connection  # type: ignore[attr-defined]
        request.scopes = frozenset(secret.scopes)  # type: ignore[attr-defined]
        return connection


def refuse_scope(needed: Collection[str]) -> ApiError:
    """Return that a token has none of the scopes that a request takes."""
    named = " or ".join(f"“{scope}”" for scope in sorted(needed))
    return ApiError(
        403,
        "scope_missing",
        "The access token lacks the scope",
        f"Create a secret of the connection with the scope {named}.",
        {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{min(needed)}"'},
    )


def count(connection: Connection) -> dict[str, str]:
    """Count a request of a connection; return the headers that say so. Raises ApiError."""
    try:
        return count_request(connection).headers
    except TooManyRequests as error:
        raise refuse_for_now(str(error), error.headers) from None
