"""Issue tokens for client secrets (RFC 6749, section 4.4), and admit requests with them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.access_tokens import is_shut_out
from imports.models import Connection, ConnectionSecret
from imports.services.connections.connections import require_usable
from imports.services.connections.kinds import SECUREAUTH
from imports.services.connections.request_limits import TooManyRequests, count_request
from imports.services.connections.secrets import note_use
from interfaces.clients import TokenRefused, find_access, grant_token
from interfaces.secureauth.errors import Refusal

# In URLs, where the tenant is told otherwise: by `tid`, or by the client alone.
ROOT = "system"
WAIT = {"Retry-After": "60"}


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
    def fits(connection: Connection) -> bool:
        return tenant in (ROOT, connection.tenant)

    granted = grant_token(request, request.POST.dict(), SECUREAUTH, fits)
    return {**granted, "token_type": "bearer"}


def admit(request: HttpRequest, tenant: str, scopes: Collection[str]) -> ConnectionSecret:
    """Return the token of a request, with its connection, which has any of the scopes.

    A tenant in the URL has to be the connection's; ROOT leaves it to `tid`, or to the token.
    """
    secret = find_access(request, SECUREAUTH)
    if secret is None and is_shut_out(request):
        raise Refusal(429, "Too many tokens from this IP address were refused.", headers=WAIT)
    if secret is None:
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
    return secret
