"""The one connection that a client has, as scripts look for its id before they import."""

from __future__ import annotations

from typing import Any

from imports.models import Connection
from interfaces.auth0.endpoints import Asked
from interfaces.auth0.errors import Refusal
from interfaces.auth0.resources import names_of

PREFIX, LETTERS = "con_", 16
STRATEGY = "auth0"


def name_connection(connection: Connection) -> str:
    """Return the id of a connection, which lasts as long as its client."""
    return f"{PREFIX}{connection.client_id[:LETTERS]}"


def require_own(connection: Connection, connection_id: str) -> None:
    """Raise Refusal for the id of another connection than the client's."""
    if connection_id != name_connection(connection):
        raise Refusal(404, "The connection does not exist.", "inexistent_connection")


def list_connections(asked: Asked) -> Any:
    connection, query = asked.connection, asked.query
    is_meant = (
        query.get("name", connection.source) in names_of(connection)
        and query.get("strategy", STRATEGY) == STRATEGY
        and not query.get("page")
        and not query.get("from")
    )
    found = [_describe(connection)] if is_meant else []
    if {"from", "take"} & query.keys():
        return {"connections": found}
    if query.get("include_totals"):
        counts = {"start": 0, "limit": query.get("per_page", 50), "length": len(found)}
        return {"connections": found, **counts, "total": 1}
    return found


def get_connection(asked: Asked, connection_id: str) -> Any:
    require_own(asked.connection, connection_id)
    return _describe(asked.connection)


def _describe(connection: Connection) -> dict[str, Any]:
    return {
        "id": name_connection(connection),
        "name": connection.source,
        "display_name": connection.name,
        "strategy": STRATEGY,
        "options": {},
        "realms": [connection.source],
        "enabled_clients": [connection.client_id],
        "is_domain_connection": False,
    }
