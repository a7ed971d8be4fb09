"""Write the activity log of connections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from imports.models import Connection, ConnectionEvent


def note(
    connection: Connection,
    action: str,
    *,
    actor: User | None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add a line to a connection's activity log. In the transaction of the action."""
    ConnectionEvent.objects.create(
        connection=connection, action=action, actor=actor, detail=dict(detail or {})
    )
