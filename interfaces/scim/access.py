"""Admit requests with the token of a connection, and say what it may do."""

from __future__ import annotations

from django.http import HttpRequest
from scim2_models import ForbiddenException, NotFoundException, UnauthorizedException

from accounts.access_tokens import is_shut_out, note_refusal, read_basic_credentials
from imports.models import Connection, ConnectionSecret, SecretUse
from imports.services.connections.connections import require_usable
from imports.services.connections.kinds import SCIM
from imports.services.connections.people import ConnectionRefused, list_people
from imports.services.connections.request_limits import TooManyRequests, count_request
from imports.services.connections.secrets import find_secret, note_use
from interfaces.scim.errors import WaitException

READ, WRITE = "read", "write"
SEARCH = "/.search"


def admit(request: HttpRequest, tenant: str) -> Connection:
    """Return the connection of a request, whose token may do what it asks for.

    Raises a SCIMException; the `headers` of a WaitException go with the answer.
    """
    secret = _find_secret(request)
    connection = secret.connection
    if connection.tenant != tenant:
        raise NotFoundException(detail="The token belongs to a connection with another URL.")
    scope = READ if is_reading(request) else WRITE
    if scope not in secret.scopes:
        raise ForbiddenException(detail=f"The token lacks the scope “{scope}”.")
    try:
        require_usable(connection)
    except ConnectionRefused as error:
        raise ForbiddenException(detail=str(error)) from None
    try:
        count_request(connection)
    except TooManyRequests as error:
        headers = {**error.headers, "Retry-After": str(error.seconds)}
        raise WaitException(str(error), headers) from None
    note_use(secret)
    return connection


def is_reading(request: HttpRequest) -> bool:
    return request.method == "GET" or request.path.endswith(SEARCH)


def require_permission(connection: Connection, permission: str) -> None:
    """Raise ForbiddenException, with a name, for who of those it acts for lacks a permission."""
    for person in list_people(connection):
        if not person.has_perm(permission):
            raise ForbiddenException(detail=f"{person} needs the permission {permission}.")


def _find_secret(request: HttpRequest) -> ConnectionSecret:
    """Return the secret that a request has as a bearer token, or as the password of Basic."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    value = value.strip()
    if scheme.lower() == "basic":
        value = read_basic_credentials(request).partition(":")[2]
    elif scheme.lower() != "bearer":
        value = ""
    secret = find_secret(value, [SecretUse.TOKEN]) if value else None
    if secret is None or secret.connection.kind != SCIM.name:
        if value:
            note_refusal(request, "unknown, expired or revoked, or of another kind of connection")
        if is_shut_out(request):
            raise WaitException(
                "Too many tokens from this IP address were refused.", {"Retry-After": "60"}
            )
        raise UnauthorizedException(
            detail="The token is missing, unknown or expired. Send that of the connection as a"
            " bearer token."
        )
    return secret
