"""Access tokens for directories that want OAuth2 client credentials; kept in memory only."""

from __future__ import annotations

import hashlib
import threading
import time

from imports.directory_client.contract import Connection, DirectoryError
from imports.directory_client.transport import Transport

# Renewed this long before it ends, so that none ends on its way.
MARGIN_SECONDS = 30
DEFAULT_SECONDS = 300

_lock = threading.Lock()
_tokens: dict[bytes, tuple[str, float]] = {}


def get_token(connection: Connection, transport: Transport) -> str:
    """Return a token of the client (RFC 6749 §4.4), from memory while it is valid."""
    key = _name(connection)
    with _lock:
        token, ends_at = _tokens.get(key, ("", 0.0))
    if not token or time.monotonic() >= ends_at:
        token, seconds = _fetch(connection, transport)
        with _lock:
            _tokens[key] = (token, time.monotonic() + max(seconds - MARGIN_SECONDS, 0))
    transport.secrets.append(token)
    return token


def forget_token(connection: Connection) -> None:
    """Have the next request fetch a new one: the directory has refused it."""
    with _lock:
        _tokens.pop(_name(connection), None)


def _name(connection: Connection) -> bytes:
    """Return what the token is kept under; another secret is another client."""
    parts = (connection.token_url, connection.client_id, connection.scope, connection.secret)
    return hashlib.sha256("\0".join(parts).encode()).digest()


def _fetch(connection: Connection, transport: Transport) -> tuple[str, float]:
    form = {"grant_type": "client_credentials"}
    if connection.scope:
        form["scope"] = connection.scope
    reply = transport.send(
        "POST",
        connection.token_url,
        form=form,
        auth=(connection.client_id, connection.secret),
    )
    found = reply.json()
    token = found.get("access_token")
    if not reply.is_success or not isinstance(token, str) or not token:
        reason = found.get("error", f"status {reply.status}")
        raise DirectoryError(f"The token URL returned no access token: {reason}.")
    seconds = found.get("expires_in")
    return token, float(seconds) if isinstance(seconds, int | float) else DEFAULT_SECONDS
