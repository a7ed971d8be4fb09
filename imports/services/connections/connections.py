"""Make connections, change them, switch them on and off, and say whether one may be used now."""

from __future__ import annotations

import secrets

from django.db import transaction

from accounts.models import User
from accounts.selectors.attributes import list_unique_attributes, read_rules
from imports.core.errors import ImporterError
from imports.core.mapping import Mapping, check_mapping
from imports.core.planning.conflicts import Mode, Resolution, build_table
from imports.core.planning.field_policies import build_policies
from imports.core.planning.matching import check_matching_key
from imports.engine.answers import encrypt_answers, part_answers
from imports.models import Connection
from imports.services.approval import approvals
from imports.services.connections.day_jobs import close_open_jobs
from imports.services.connections.events import note
from imports.services.connections.kinds import KINDS
from imports.services.connections.people import (
    ConnectionRefused,
    add_preparer,
    list_people,
    require_rights,
)
from imports.services.connections.shown import lock_connection_as_shown


def check_connection_mapping(mapping: Mapping) -> None:
    """Raise MappingError with everything that is wrong with the mapping of what a program sends."""
    # A record may lack any field, so no column is required but the id of a canonical record.
    check_mapping(mapping, ["subject_id"], read_rules(), columns_are_complete=False)


def check_policies(connection: Connection) -> None:
    """Raise ImporterError for unknown policies, or those that need somebody who waits."""
    table = build_table(Mode(connection.mode), connection.conflicts)
    build_policies(connection.field_policies)
    check_matching_key(connection.matching_key, list_unique_attributes())
    if Resolution.STOP in table.values():
        raise ImporterError(
            "A connection cannot stop at a conflict, because nobody waits for it. Choose “fail”."
        )


@transaction.atomic
def save_connection(
    connection: Connection,
    mapping: Mapping,
    *,
    actor: User,
    takes_over: bool = False,
    shown: str | None = None,
) -> None:
    """Store a connection, new or changed, with its mapping; a new one is off.

    The permissions of the actor, too, bound what it writes from now on; with `takes_over` theirs
    alone, and it acts for them. Raises MappingError and ImporterError, and ChangedMeanwhile when it
    is not as it was `shown`. What it sends after a change belongs to another job than what it has
    sent that day.
    """
    kind = KINDS[connection.kind]
    if connection.pk is not None:
        lock_connection_as_shown(connection, shown, "connection", actor=actor)
    check_policies(connection)
    check_connection_mapping(mapping)
    mapping = mapping.model_copy(update={"source_name": connection.source})
    visible, secret = part_answers(mapping)
    connection.mapping = visible.model_dump(mode="json")
    connection.secret_answers = encrypt_answers(secret)
    is_new = connection.pk is None
    if is_new:
        connection.owner, connection.preparers = actor, [actor.pk]
        connection.client_id = secrets.token_hex(16) if kind.has_client else ""
    elif takes_over:
        connection.owner, connection.preparers = actor, [actor.pk]
    connection.save()
    if not is_new:
        add_preparer(connection, actor)
        close_open_jobs(connection, actor=actor)
    action = "create" if is_new else "take over connection" if takes_over else "change connection"
    note(connection, action, actor=actor)


@transaction.atomic
def switch(connection: Connection, *, is_on: bool, actor: User, shown: str | None = None) -> None:
    """Let programs use a connection, or no more.

    Whoever switches it on, too, bounds what it writes. Raises ImporterError where they, or those
    it acts for, may not do what it does; and, where imports have to be approved, unless they may
    approve and had no part in setting it up; ChangedMeanwhile when it is not as it was `shown`.
    """
    lock_connection_as_shown(connection, shown, "connection", actor=actor)
    connection.refresh_from_db()
    if connection.is_on == is_on:
        return
    if is_on:
        require_rights([actor, *list_people(connection)], KINDS[connection.kind].permissions)
        if approvals.is_approval_required():
            _require_second_person(connection, actor)
        add_preparer(connection, actor)
    connection.is_on = is_on
    connection.save(update_fields=["is_on", "updated_at"])
    if not is_on:
        close_open_jobs(connection, actor=actor)
    note(connection, "switch on" if is_on else "switch off", actor=actor)


def require_usable(connection: Connection) -> None:
    """Raise ConnectionRefused if a connection is off, or somebody it acts for lost what it takes.

    To be called at each use: rights that were taken away are gone at once.
    """
    if not connection.is_on:
        raise ConnectionRefused(f"The connection “{connection}” is switched off.")
    require_rights(list_people(connection), KINDS[connection.kind].permissions)


@transaction.atomic
def delete_connection(connection: Connection) -> None:
    """Delete a connection that is off, with its secrets; its jobs stay."""
    if connection.is_on:
        raise ImporterError("Switch the connection off before you delete it.")
    connection.delete()


def _require_second_person(connection: Connection, actor: User) -> None:
    if not actor.has_perm(approvals.PERMISSION):
        raise ImporterError(
            "Each import must be approved here: a connection is switched on by a second person,"
            f" with the permission {approvals.PERMISSION}."
        )
    if actor.pk in connection.preparers:
        raise ImporterError(
            "You helped set this connection up, so another person must switch it on."
        )
