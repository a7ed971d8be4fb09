"""Admit requests with an access token whose owner may do what is asked."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security.base import AuthBase

from accounts.access_tokens import (
    CREDENTIALS_SCOPE,
    SCOPE,
    Grant,
    find_grant,
    is_shut_out,
    note_refusal,
)
from accounts.counters import count_request
from accounts.models import User
from imports.api.requests.problems import ApiError

VIEW, ADD, RUN = "imports.view_importjob", "imports.add_importjob", "imports.run_importjob"
UNDO = "imports.undo_importjob"
VALUES = "imports.view_importrecord_values"
VIEW_USER = "accounts.view_user"
VIEW_TEMPLATE, ADD_TEMPLATE = "imports.view_mappingtemplate", "imports.add_mappingtemplate"

# Requests that the clients of one owner can send in a minute together.
PER_MINUTE = 600


class ApiRequest(HttpRequest):
    """A request that an access token let in; `client_id` is that of the client who has it."""

    user: User
    client_id: str
    scopes: frozenset[str]


class AccessToken(AuthBase):
    """Demands a token with the scope, of active staff who hold the permissions.

    Nothing else is accepted, sessions least of all: no other site can have a browser call the API.
    """

    openapi_type = "oauth2"
    openapi_flows = {
        "clientCredentials": {
            "tokenUrl": "/api/token",
            "scopes": {
                SCOPE: "Import and export users as the owner of the client may",
                CREDENTIALS_SCOPE: "Export password hashes and authenticators, too",
            },
        }
    }

    def __init__(self, *permissions: str) -> None:
        super().__init__()
        self.permissions = permissions

    def __call__(self, request: HttpRequest) -> User:
        grant = self._find_grant(request)
        user = grant.user
        for permission in self.permissions:
            demand(user, permission)
        allowance = count_request(f"api-requests:{user.pk}", PER_MINUTE)
        if allowance.left < 0:
            message = f"The clients of one owner can send at most {PER_MINUTE} requests a minute."
            raise refuse_for_now(message, allowance.headers)
        request.user = user
        request.client_id = grant.client_id  # type: ignore[attr-defined]
        request.scopes = grant.scopes  # type: ignore[attr-defined]
        request.rate_headers = allowance.headers  # type: ignore[attr-defined]
        return user

    def _find_grant(self, request: HttpRequest) -> Grant:
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not value.strip():
            raise refuse_token("token_missing")
        grant = find_grant(value.strip())
        if grant is None:
            raise refuse_unknown(request, "unknown, expired or revoked")
        if not (grant.user.is_active and grant.user.is_staff):
            raise refuse_unknown(request, f"user {grant.user.pk} is not active staff")
        if SCOPE not in grant.scopes:
            raise refuse_token("scope_missing")
        return grant


def refuse_unknown(request: HttpRequest, why: str) -> ApiError:
    """Count and return the refusal of a token."""
    note_refusal(request, why)
    if is_shut_out(request):
        return wait("Too many tokens from this IP address were refused.")
    return refuse_token("token_invalid")


def read_shown(request: HttpRequest) -> str | None:
    """Return what the client says it has seen of a job, its `digest`; None where it says nothing.

    As If-Match (RFC 9110), with or without quotes.
    """
    given = request.headers.get("If-Match", "").strip()
    return None if given in {"", "*"} else given.removeprefix("W/").strip('"')


def demand(user: User, permission: str) -> None:
    """Refuse a request of a user who does not hold a permission that it takes."""
    if not user.has_perm(permission):
        raise ApiError(
            403,
            "permission_missing",
            "The owner of the client lacks a permission",
            f"They need the permission {permission}. Give them a role that has it.",
        )


# By code: status, what all of it have in common, what to do, and the error word of RFC 6750.
TOKEN_REFUSALS = {
    "token_missing": (
        401,
        "Access token required",
        "Send “Authorization: Bearer TOKEN”. Get a token from /api/token, or for /records from the"
        " page of a connection.",
        "",
    ),
    "token_invalid": (
        401,
        "The access token is not valid",
        "The token is unknown, expired or revoked, is for something else, or its owner is no longer"
        " active staff. Get a new one.",
        "invalid_token",
    ),
    "scope_missing": (
        403,
        "The access token lacks the scope",
        "Ask /api/token for one with the scope “{scope}”.",
        "insufficient_scope",
    ),
}


def refuse_token(code: str, scope: str = SCOPE) -> ApiError:
    """Return why a token is not taken, with the header that RFC 6750 demands."""
    status, title, detail, error = TOKEN_REFUSALS[code]
    parts = {"error": error} if error else {}
    if error == "insufficient_scope":
        parts["scope"] = scope
    listed = ", ".join(f'{name}="{value}"' for name, value in parts.items())
    headers = {"WWW-Authenticate": f"Bearer {listed}".strip()}
    return ApiError(status, code, title, detail.replace("{scope}", scope), headers)


def wait(detail: str) -> ApiError:
    """Return that a client has to wait a minute, and why."""
    return refuse_for_now(detail, {"Retry-After": "60"})


def refuse_for_now(detail: str, headers: dict[str, str]) -> ApiError:
    """Return that a client has to wait for the seconds in Retry-After, and why."""
    return ApiError(429, "too_many_requests", "Too many requests", detail, headers)
