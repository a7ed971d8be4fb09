"""Write users as records of a connection, under the policies that Auth0's operations ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from accounts.models import AttributeDefinition
from imports.core.planning.conflicts import Mode
from imports.core.planning.matching import SUBJECT_ID
from imports.core.problems import Problem
from imports.core.providers.systems.auth0 import BEFORE, KEPT
from imports.core.readers import RawRow
from imports.core.readers.json_files.record import read_record
from imports.models import Connection
from imports.services.connections import batches
from imports.services.connections.batches import Batch, Outcome
from imports.services.connections.day_jobs import Variant
from interfaces.auth0.errors import Refusal, require_written
from interfaces.auth0.resources import ATTRIBUTE, Kept

DEFINITION = {
    "type": "object",
    "label": "Auth0 metadata",
    "description": "What an Auth0 client sent of the user. Connections read and write it.",
}
KEPT_FIELD = f"profile.attributes.{ATTRIBUTE}"
# What says that something of a change was left as it was for want of a right.
WITHHELD = frozenset({"credentials_kept", "password_kept"})
# One for all requests, so that they are records of one job, and are undone in their order.
VARIANT, MATCHED_VARIANT = "by request", "by request, matched"


def choose_variant(connection: Connection) -> Variant:
    """Return the policies of requests, each of which says in its rows what is to be.

    Users are known by their ids, which the rows have; what they say is written over what there is.
    """
    policies = {
        **connection.field_policies,
        KEPT_FIELD: "overwrite",
        "authenticators.password": "overwrite",
    }
    return Variant(VARIANT, Mode.UPDATE, {}, policies, SUBJECT_ID)


def choose_matching(connection: Connection) -> Variant:
    """Return the policies by which an upsert finds users of other sources, if the key is one."""
    variant = choose_variant(connection)
    if connection.matching_key == SUBJECT_ID:
        return variant
    return replace(variant, name=MATCHED_VARIANT, matching_key=connection.matching_key)


def write_row(
    user: Mapping[str, Any], before: Mapping[str, Any] | None = None, kept: Kept | None = None
) -> dict[str, Any]:
    """Return the row of a user: what they are, what they were, and what to keep of it."""
    content = {} if kept is None else {KEPT: kept.to_json()}
    return {**user, BEFORE: None if before is None else dict(before), **content}


def fail_row(row: RawRow, problem: Problem) -> RawRow:
    """Return a row that is not written, and says why."""
    return RawRow(row.row_number, None, row.values, (*row.problems, problem))


def write_one(
    connection: Connection,
    row: Mapping[str, Any],
    refuse: Callable[[list[Outcome]], None] = lambda _: None,
) -> Outcome:
    """Write one user; raises Refusal, and keeps nothing of what `refuse` raises for."""
    outcomes = write_all(connection, [row], refuse)
    require_written(outcomes)
    return outcomes[0]


def write_all(
    connection: Connection,
    rows: Sequence[Mapping[str, Any]],
    refuse: Callable[[list[Outcome]], None],
) -> list[Outcome]:
    """Write users, read as the reader of files would read them, with its checks."""
    raws = [read_record(orjson.dumps(row), number, 1, "json") for number, row in enumerate(rows, 1)]
    variant = choose_variant(connection)
    return write_batch(connection, raws, variant=variant, refuse=refuse).outcomes


def write_batch(
    connection: Connection,
    rows: Sequence[RawRow],
    *,
    variant: Variant,
    refuse: Callable[[list[Outcome]], None] | None = None,
) -> Batch:
    """Write rows as a batch of the connection; the attribute for what is kept is there then."""
    AttributeDefinition.objects.get_or_create(name=ATTRIBUTE, defaults=DEFINITION)
    return batches.write_batch(connection, rows, variant=variant, refuse=refuse)


def refuse_withheld(outcomes: Sequence[Outcome]) -> None:
    """Raise Refusal where a change would be written without what the program may not overwrite."""
    for outcome in outcomes:
        for problem in map(Problem.from_json, outcome.problems):
            if problem.code in WITHHELD:
                raise Refusal(403, problem.message)
