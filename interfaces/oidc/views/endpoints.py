"""What applications call: tokens, userinfo, revocation and introspection."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.exceptions import RateLimited
from allauth.core.internal import ratelimit
from allauth.idp.oidc import app_settings
from allauth.idp.oidc.internal.oauthlib.utils import (
    convert_response,
    extract_params,
    get_validator_context,
)
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from oauthlib.oauth2.rfc6749.errors import OAuth2Error

from accounts.access_tokens import read_basic_credentials
from interfaces.oidc.server import get_server

logger = logging.getLogger(__name__)

View = Callable[[HttpRequest], HttpResponse]
FORM = "application/x-www-form-urlencoded"
GRANTS = ("authorization_code", "refresh_token")
# What oauthlib says nothing about, by the code of the error.
DESCRIPTIONS = {
    "invalid_client": "The client id or secret is wrong, or the application is switched off.",
    "invalid_grant": "The code or refresh token is wrong, has expired or was used before, or the"
    " user may no longer use the application. Have the user sign in again.",
    "unsupported_grant_type": f"Use {' or '.join(GRANTS)}.",
    "unauthorized_client": "The application may not do this.",
    "invalid_scope": "The scope is wider than what the user allowed.",
}


def allow_any_origin(view: View) -> View:
    """Let scripts of every site read the answer, which no cookie has a part in (Fetch, CORS)."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        is_preflight = request.method == "OPTIONS"
        response = HttpResponse(status=204) if is_preflight else view(request)
        response["Access-Control-Allow-Origin"] = "*"
        if is_preflight:
            response["Access-Control-Allow-Methods"] = "GET, POST"
            response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        return response

    return answer


def endpoint(*methods: str) -> Callable[[View], View]:
    """Make a view one that programs call: its errors are JSON, and nothing of it is cached."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @never_cache
        @sensitive_post_parameters()
        @allow_any_origin
        @wraps(view)
        def answer(request: HttpRequest) -> HttpResponse:
            if request.method not in methods:
                return answer_error(405, "invalid_request", f"Use {' or '.join(methods)}.")
            if fault := find_fault(request):
                return answer_error(400, "invalid_request", fault)
            try:
                return view(request)
            except OAuth2Error as error:
                response = answer_error(error.status_code, error.error, error.description or "")
                for name, value in error.headers.items():
                    response[name] = value
                return response

        return answer

    return decorate


@endpoint("POST")
@transaction.atomic
def issue_tokens(request: HttpRequest) -> HttpResponse:
    """Exchange a code or refresh token for tokens (RFC 6749, sections 4.1.3 and 6)."""
    if request.POST.get("grant_type", GRANTS[0]) not in GRANTS:
        return answer_error(400, "unsupported_grant_type", "")
    return _call("create_token_response", request)


@endpoint("GET", "POST")
def show_user_info(request: HttpRequest) -> HttpResponse:
    """Answer with the claims that an access token was given for."""
    headers, body, status = get_server().create_userinfo_response(*extract_params(request))
    return convert_response(headers, body, status)


@endpoint("POST")
@transaction.atomic
def revoke_token(request: HttpRequest) -> HttpResponse:
    """Revoke a token of the application before it expires (RFC 7009)."""
    return _call("create_revocation_response", request)


@endpoint("POST")
def introspect_token(request: HttpRequest) -> HttpResponse:
    """Tell an application whether a token of its own is accepted (RFC 7662)."""
    get_validator_context().supported_auth_methods = app_settings.INTROSPECTION_AUTH_METHODS
    try:
        return _call("create_introspect_response", request)
    except RateLimited:
        return answer_error(429, "temporarily_unavailable", "Too many requests. Wait a minute.")


def find_fault(request: HttpRequest) -> str:
    """Return why a request cannot be read; empty if it can."""
    credentials = read_basic_credentials(request)
    if "\0" in credentials or any("\0" in value for value in request.POST.values()):
        return "A parameter contains a NUL character."
    if request.method == "POST" and request.content_type not in {FORM, ""}:
        return f"Send the parameters as a form ({FORM})."
    if repeated := [name for name, values in request.POST.lists() if len(values) > 1]:
        return f"The parameter {repeated[0]} is there more than once."
    return ""


def answer_error(status: int, error: str, description: str) -> HttpResponse:
    body = {"error": error, "error_description": description or DESCRIPTIONS.get(error, "")}
    return JsonResponse({name: value for name, value in body.items() if value}, status=status)


def _call(name: str, request: HttpRequest) -> HttpResponse:
    """Return what oauthlib answers to a client that shows its id and secret."""
    if credentials := read_basic_credentials(request):
        encoded = base64.b64encode(credentials.encode()).decode()
        request.META["HTTP_AUTHORIZATION"] = f"Basic {encoded}"
    headers, body, status = getattr(get_server(), name)(*extract_params(request))
    if status >= 400:
        body = _describe(body)
    response = convert_response(headers, body, status)
    if status == 401:
        logger.warning("An application from %s was refused.", ratelimit.get_ip(request))
        response["WWW-Authenticate"] = 'Basic realm="Userferry"'
    return response


def _describe(body: Any) -> dict[str, Any]:
    error: dict[str, Any] = json.loads(body)
    if not error.get("error_description") and error["error"] in DESCRIPTIONS:
        error["error_description"] = DESCRIPTIONS[error["error"]]
    return error
