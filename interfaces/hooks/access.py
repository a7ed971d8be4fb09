"""Let in the systems of connections, by a token of the connection or by one of its issuer."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.access_tokens import is_shut_out, note_refusal, read_basic_credentials
from imports.models import Connection, SecretUse
from imports.services.connections.connections import require_usable
from imports.services.connections.kinds import HOOK
from imports.services.connections.people import ConnectionRefused
from imports.services.connections.request_limits import TooManyRequests, count_request
from imports.services.connections.secrets import find_secret, note_use
from imports.services.hooks.issuers import TokenRefused, verify_token
from interfaces.hooks.contract import Caller, Operation
from interfaces.hooks.errors import Refusal


def admit(request: HttpRequest, tenant: str, caller: Caller, operation: Operation) -> Connection:
    """Return the connection that a request may ask; raises Refusal."""
    if caller.party:
        connection = _admit_by_issuer(request, tenant, caller)
    else:
        connection = _admit_by_token(request, tenant, caller, operation)
    try:
        require_usable(connection)
    except ConnectionRefused as error:
        raise Refusal(503, str(error)) from None
    try:
        count_request(connection)
    except TooManyRequests as error:
        headers = {**error.headers, "Retry-After": str(error.seconds)}
        raise Refusal(429, str(error), headers) from None
    return connection


def _admit_by_token(
    request: HttpRequest, tenant: str, caller: Caller, operation: Operation
) -> Connection:
    value = _read_token(request, caller.header)
    secret = find_secret(value, [SecretUse.TOKEN]) if value else None
    if secret is None or (secret.connection.kind, secret.connection.tenant) != (HOOK.name, tenant):
        raise _refuse(request, "unknown, expired or revoked, or of another connection", value)
    if operation.scope not in secret.scopes:
        raise Refusal(401, f"The token lacks the scope “{operation.scope}”.")
    note_use(secret)
    return secret.connection


def _admit_by_issuer(request: HttpRequest, tenant: str, caller: Caller) -> Connection:
    value = _read_token(request, caller.header)
    connections = Connection.objects.select_related("owner")
    connection = connections.filter(kind=HOOK.name, tenant=tenant).first()
    if connection is None or not value:
        raise _refuse(request, "missing, or for an unknown connection", value)
    try:
        verify_token(connection, value, party=caller.party)
    except TokenRefused as error:
        # Why is for the log: whoever sends it may be anybody.
        raise _refuse(request, str(error), value) from None
    return connection


def _read_token(request: HttpRequest, header: str) -> str:
    """Return the token of a header: alone, as a bearer token, or as the password of Basic."""
    written = request.headers.get(header, "").strip()
    scheme, _, value = written.partition(" ")
    if scheme.lower() == "basic":
        return read_basic_credentials(request).partition(":")[2]
    if scheme.lower() == "bearer":
        return value.strip()
    return "" if value else written


def _refuse(request: HttpRequest, why: str, value: str) -> Refusal:
    """Return the refusal of a token, and count it.

    Only a token that is refused can be one too many: a system has its IP addresses in common with
    its other customers, who could shut it out otherwise.
    """
    if value and is_shut_out(request):
        message = "Too many tokens from this IP address were refused."
        return Refusal(429, message, {"Retry-After": "60"})
    if value:
        note_refusal(request, why)
    message = "The token is missing, unknown, expired, or not for this hook."
    return Refusal(401, message, {"WWW-Authenticate": "Bearer"})
