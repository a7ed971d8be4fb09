"""Make connections, and send them records, as programs do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from accounts.models import User
from imports.core.mapping import Mapping as ColumnMapping
from imports.core.readers import RawRow
from imports.core.readers.json_files.record import read_record
from imports.models import Connection
from imports.services.connections.batches import Batch, write_batch
from imports.services.connections.connections import save_connection, switch
from imports.services.connections.kinds import KINDS
from imports.services.connections.mappings import propose_mapping


def create_connection(
    actor: User,
    *,
    kind: str = "records",
    name: str = "HR",
    is_on: bool = True,
    mapping: ColumnMapping | None = None,
    **settings: Any,
) -> Connection:
    """Return a new connection in update mode."""
    connection = Connection(kind=kind, name=name, source=name, **settings)
    provider = KINDS[kind].provider
    save_connection(connection, mapping or propose_mapping(provider), actor=actor)
    if is_on:
        switch(connection, is_on=True, actor=actor)
    return connection


def send(connection: Connection, *records: Mapping[str, Any], **options: Any) -> Batch:
    """Write records as a batch of a connection."""
    return write_batch(connection, read(records), **options)


def read(records: Sequence[Mapping[str, Any]]) -> list[RawRow]:
    return [
        read_record(orjson.dumps(record), number, 1, "json")
        for number, record in enumerate(records, start=1)
    ]


def name_person(number: int, **profile: Any) -> dict[str, Any]:
    """Return the record of an invented person."""
    return {
        "subject_id": f"p{number}",
        "profile": {"email": f"p{number}@example.com", "given_name": f"Ann {number}", **profile},
    }


def list_statuses_of(batch: Batch) -> list[tuple[str, str]]:
    return [(outcome.status.value, outcome.reason) for outcome in batch.outcomes]
