"""Exchange client secrets for access tokens (RFC 6749, section 4.4), and know these again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpRequest

from accounts.access_tokens import is_shut_out, note_refusal, read_basic_credentials
from imports.models import Connection, ConnectionSecret, SecretUse
from imports.services.connections.connections import require_usable
from imports.services.connections.kinds import ConnectionKind
from imports.services.connections.people import ConnectionRefused
from imports.services.connections.secrets import (
    ACCESS_SECONDS,
    exchange_secret,
    find_secret,
    note_use,
)


class TokenRefused(Exception):
    """A token that is not handed out, in the words of OAuth 2."""

    def __init__(self, status: int, error: str, description: str, **headers: str) -> None:
        super().__init__(description)
        self.status, self.error, self.description = status, error, description
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def grant_token(
    request: HttpRequest,
    form: Mapping[str, str],
    kind: ConnectionKind,
    fits: Callable[[Connection], bool] = lambda _: True,
) -> dict[str, str | int]:
    """Return the answer with an access token of an hour; raises TokenRefused.

    `fits` says of a connection whether the request may be meant for it.
    """
    if form.get("grant_type") != "client_credentials":
        raise TokenRefused(
            400, "unsupported_grant_type", "The grant type has to be client_credentials."
        )
    secret = _find_client(request, form, kind, fits)
    scopes = form.get("scope", "").split() or list(secret.scopes)
    if unknown := set(scopes) - set(secret.scopes):
        raise TokenRefused(400, "invalid_scope", f"The client has no scope “{min(unknown)}”.")
    try:
        require_usable(secret.connection)
    except ConnectionRefused as error:
        raise TokenRefused(403, "access_denied", str(error)) from None
    note_use(secret)
    return {
        "access_token": exchange_secret(secret, scopes),
        "expires_in": ACCESS_SECONDS,
        "scope": " ".join(scopes),
    }


def _find_client(
    request: HttpRequest,
    form: Mapping[str, str],
    kind: ConnectionKind,
    fits: Callable[[Connection], bool],
) -> ConnectionSecret:
    """Return the secret of the client, sent in the form or as Basic credentials."""
    client_id, _, value = read_basic_credentials(request).partition(":")
    if not client_id:
        client_id, value = form.get("client_id", ""), form.get("client_secret", "")
    secret = find_secret(value, [SecretUse.CLIENT]) if value else None
    if (
        secret is None
        or secret.connection.kind != kind.name
        or secret.connection.client_id != client_id
        or not fits(secret.connection)
    ):
        note_refusal(request, "unknown client or secret")
        if is_shut_out(request):
            raise TokenRefused(429, "too_many_requests", "Wait a minute.", Retry_After="60")
        raise TokenRefused(
            401,
            "invalid_client",
            "The client id or the secret is not correct.",
            WWW_Authenticate='Basic realm="Userferry"',
        )
    return secret


def find_access(request: HttpRequest, kind: ConnectionKind) -> ConnectionSecret | None:
    """Return the access token that a request has as a bearer token, if it is one of this kind."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not value.strip():
        return None
    secret = find_secret(value.strip(), [SecretUse.ACCESS])
    if secret is None or secret.connection.kind != kind.name:
        note_refusal(request, "unknown, expired or revoked")
        return None
    return secret
