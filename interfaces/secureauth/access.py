"""Issue tokens for client secrets (RFC 6749, section 4.4), and admit requests with them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.access_tokens import is_shut_out, note_refusal, read_basic_credentials
from imports.models import Connection, ConnectionSecret, SecretUse
from imports.services.connections.connections import require_usable
from imports.services.connections.kinds import SECUREAUTH
from imports.services.connections.people import ConnectionRefused
from imports.services.connections.request_limits import TooManyRequests, count_request
from imports.services.connections.secrets import (
    ACCESS_SECONDS,
    exchange_secret,
    find_secret,
    note_use,
)
from interfaces.secureauth.errors import Refusal

# In URLs, where the tenant is told otherwise: by `tid`, or by the client alone.
ROOT = "system"
WAIT = {"Retry-After": "60"}


class TokenRefused(Exception):
    """A token that is not handed out, in the words of OAuth 2."""

    def __init__(self, status: int, error: str, description: str, **headers: str) -> None:
        super().__init__(description)
        self.status, self.error, self.description = status, error, description
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@csrf_exempt
@never_cache
@sensitive_post_parameters()
@require_POST
def issue_token(request: HttpRequest, tenant: str = ROOT) -> HttpResponse:
    """Exchange a client's id and secret for an access token of an hour."""
    try:
        return JsonResponse(_issue(request, tenant))
    except TokenRefused as refused:
        body = {
            "error": refused.error,
            "error_description": refused.description,
            "error_hint": "",
            "cause": "",
            "status_code": refused.status,
            "details": {},
        }
        return JsonResponse(body, status=refused.status, headers=refused.headers)


def _issue(request: HttpRequest, tenant: str) -> dict[str, Any]:
    if is_shut_out(request):
        raise TokenRefused(429, "too_many_requests", "Wait a minute.", Retry_After="60")
    if request.POST.get("grant_type") != "client_credentials":
        raise TokenRefused(
            400, "unsupported_grant_type", "The grant type has to be client_credentials."
        )
    secret = _find_client(request, tenant)
    scopes = request.POST.get("scope", "").split() or list(secret.scopes)
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
        "token_type": "bearer",
    }


def _find_client(request: HttpRequest, tenant: str) -> ConnectionSecret:
    """Return the secret of the client, sent in the form or as Basic credentials."""
    client_id, _, value = read_basic_credentials(request).partition(":")
    if not client_id:
        client_id = request.POST.get("client_id", "")
        value = request.POST.get("client_secret", "")
    secret = find_secret(value, [SecretUse.CLIENT]) if value else None
    if secret is None or not _fits(secret.connection, client_id, tenant):
        note_refusal(request, "unknown client or secret")
        raise TokenRefused(
            401,
            "invalid_client",
            "The client id or the secret is not correct.",
            WWW_Authenticate='Basic realm="Userferry"',
        )
    return secret


def _fits(connection: Connection, client_id: str, tenant: str) -> bool:
    is_tenant = tenant in (ROOT, connection.tenant)
    is_kind = connection.kind == SECUREAUTH.name
    return is_kind and is_tenant and connection.client_id == client_id


def admit(request: HttpRequest, tenant: str, scopes: Collection[str]) -> Connection:
    """Return the connection of a request's token, which has any of the scopes.

    A tenant in the URL has to be the connection's; ROOT leaves it to `tid`, or to the token.
    """
    if is_shut_out(request):
        raise Refusal(429, "Too many tokens from this IP address were refused.", headers=WAIT)
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    is_bearer = scheme.lower() == "bearer" and bool(value.strip())
    secret = find_secret(value.strip(), [SecretUse.ACCESS]) if is_bearer else None
    if secret is None or secret.connection.kind != SECUREAUTH.name:
        if is_bearer:
            note_refusal(request, "unknown, expired or revoked")
        raise Refusal(
            401,
            "The access token is missing, unknown or expired. Get one from the token endpoint.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    connection = secret.connection
    wanted = request.GET.get("tid", "") if tenant == ROOT else tenant
    if wanted and wanted != connection.tenant:
        raise Refusal(404, "The token's client belongs to another tenant.", {"tid": wanted})
    if set(scopes).isdisjoint(secret.scopes):
        raise Refusal(403, f"The access token lacks the scope {' or '.join(sorted(scopes))}.")
    require_usable(connection)
    try:
        count_request(connection)
    except TooManyRequests as error:
        raise Refusal(
            429, str(error), headers={**error.headers, "Retry-After": str(error.seconds)}
        ) from None
    note_use(secret)
    return connection
