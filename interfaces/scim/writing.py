"""Write rows as batches of a connection, under the policies that SCIM asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import orjson

from accounts.models import AttributeDefinition
from imports.core.planning.conflicts import Mode
from imports.core.planning.matching import SUBJECT_ID
from imports.core.readers.json_files.record import read_record
from imports.models import Connection
from imports.services.connections.batches import MOST_RECORDS, Outcome, write_batch
from imports.services.connections.day_jobs import Variant
from interfaces.scim.errors import require_written
from interfaces.scim.resources import ATTRIBUTE

DEFINITION = {
    "type": "object",
    "label": "SCIM resource",
    "description": "What a SCIM client sent of the user. Connections read and write it.",
}
KEPT = f"profile.attributes.{ATTRIBUTE}"


def write_new(
    connection: Connection, row: dict[str, Any], refuse: Callable[[Outcome], None]
) -> Outcome:
    """Write a user as the connection's mode and matching key say; raises a SCIMException.

    `refuse` may raise for the planned statuses. Nothing is kept of what is refused there.
    """
    (outcome,) = _write(connection, [row], None, lambda outcomes: refuse(outcomes[0]))
    require_written([outcome])
    return outcome


def write_changes(
    connection: Connection,
    rows: Sequence[dict[str, Any]],
    refuse: Callable[[list[Outcome]], None],
) -> None:
    """Change users who are known by their ids: all of them, or none; raises a SCIMException.

    The mode says what happens to users who exist when they are created; here they do.
    """

    def refuse_any(outcomes: list[Outcome]) -> None:
        refuse(outcomes)
        if len(rows) > 1:
            require_written(outcomes)

    for start in range(0, len(rows), MOST_RECORDS):
        part = rows[start : start + MOST_RECORDS]
        require_written(_write(connection, part, choose_variant(connection), refuse_any))


def choose_variant(connection: Connection) -> Variant | None:
    """Return the policies of changes where those of the connection say something else."""
    is_default = connection.mode == Mode.UPDATE.value and connection.matching_key == SUBJECT_ID
    if is_default and not connection.field_policies:
        return None
    return Variant(
        "changes",
        Mode.UPDATE,
        connection.conflicts if connection.mode == Mode.UPDATE.value else {},
        {**connection.field_policies, KEPT: "overwrite"},
        SUBJECT_ID,
    )


def _write(
    connection: Connection,
    rows: Sequence[dict[str, Any]],
    variant: Variant | None,
    refuse: Callable[[list[Outcome]], None],
) -> list[Outcome]:
    AttributeDefinition.objects.get_or_create(name=ATTRIBUTE, defaults=DEFINITION)
    raws = [read_record(orjson.dumps(row), number, 1, "json") for number, row in enumerate(rows, 1)]
    return write_batch(connection, raws, variant=variant, refuse=refuse).outcomes
