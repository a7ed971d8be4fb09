"""Issue tokens for client secrets, and admit requests with them."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.access_tokens import is_shut_out
from accounts.counters import Allowance
from imports.models import Connection
from imports.services.connections.connections import require_usable
from imports.services.connections.kinds import AUTH0
from imports.services.connections.people import ConnectionRefused, list_people
from imports.services.connections.request_limits import TooManyRequests, count_request
from imports.services.connections.secrets import note_use
from interfaces.auth0.errors import Refusal, answer_token_error
from interfaces.clients import TokenRefused, find_access, grant_token

AUDIENCE_END = "/api/v2/"
MOST_FORM_BYTES = 1 << 16
WAIT_SECONDS = 60


@csrf_exempt
@never_cache
@sensitive_post_parameters()
@require_POST
def issue_token(request: HttpRequest) -> HttpResponse:
    """Exchange a client's id and secret, in a form or as JSON, for an access token of an hour."""
    try:
        form = _read_form(request)
        audience = form.get("audience", "")
        # Behind which names the site is known is not ours to say, so that only the end counts.
        if audience and not f"{audience.rstrip('/')}/".endswith(AUDIENCE_END):
            raise TokenRefused(403, "access_denied", f"Service not found: {audience}")
        granted = grant_token(request, form, AUTH0)
    except TokenRefused as refused:
        error = "access_denied" if refused.status == 401 else refused.error
        return answer_token_error(refused.status, error, refused.description, refused.headers)
    return JsonResponse({**granted, "token_type": "Bearer"})


def _read_form(request: HttpRequest) -> Mapping[str, str]:
    """Return the members of a form or of a JSON object; raises TokenRefused."""
    if request.content_type != "application/json":
        return request.POST.dict()
    try:
        body = orjson.loads(request.read(MOST_FORM_BYTES))
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise TokenRefused(400, "invalid_request", "The body has to be a form or a JSON object.")
    return {name: value for name, value in body.items() if isinstance(value, str)}


def admit(request: HttpRequest, scopes: Collection[str]) -> tuple[Connection, Allowance]:
    """Return the connection of a request's token, which has any of the scopes, and what is left.

    Raises Refusal.
    """
    secret = find_access(request, AUTH0)
    if secret is None:
        raise _refuse(request)
    connection = secret.connection
    try:
        allowance = count_request(connection)
    except TooManyRequests as error:
        headers = {**write_limits(error.allowance), "Retry-After": str(error.seconds)}
        raise Refusal(429, str(error), "too_many_requests", headers) from None
    if set(scopes).isdisjoint(secret.scopes):
        expected = ",".join(scopes)
        raise Refusal(
            403,
            f"Insufficient scope, expected any of: {expected}",
            "insufficient_scope",
            write_limits(allowance),
        )
    require_usable(connection)
    note_use(secret)
    return connection, allowance


def _refuse(request: HttpRequest) -> Refusal:
    if is_shut_out(request):
        return Refusal(
            429,
            "Too many tokens from this IP address were refused.",
            "too_many_requests",
            {"Retry-After": str(WAIT_SECONDS)},
        )
    return Refusal(401, "Invalid token", headers={"WWW-Authenticate": "Bearer"})


def write_limits(allowance: Allowance) -> dict[str, str]:
    """Return the headers by which clients of Auth0 know when to go on."""
    return {
        "x-ratelimit-limit": str(allowance.allowed),
        "x-ratelimit-remaining": str(max(allowance.left, 0)),
        # In seconds since 1970. While there are requests left, that is now: auth0-python waits for
        # it after a conflict as well.
        "x-ratelimit-reset": str(
            int(time.time()) + (0 if allowance.left > 0 else allowance.seconds)
        ),
    }


def require_permissions(connection: Connection, permissions: Iterable[str]) -> None:
    """Raise ConnectionRefused, with a name, for who of those it acts for lacks a permission."""
    for person in list_people(connection):
        for permission in permissions:
            if not person.has_perm(permission):
                raise ConnectionRefused(f"{person} needs the permission {permission}.")
