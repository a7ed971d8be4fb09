"""Refuse an action on a connection whose page showed something else than there is now."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from imports.core.shown import digest_part, write_shown
from imports.models import Connection, ConnectionEvent
from imports.services.jobs.shown import refuse_changed


def describe_connection(connection: Connection) -> dict[str, str]:
    """Return a digest of each part of a connection that an action may depend on."""
    apart = {"id", "is_on", "created_at", "updated_at"}
    names = [field.attname for field in connection._meta.concrete_fields if field.name not in apart]
    jobs = connection.jobs.order_by("pk").values_list("pk", "state") if connection.pk else ()
    return {
        "connection": digest_part([[name, getattr(connection, name)] for name in names]),
        "switch": digest_part(connection.is_on),
        "jobs": digest_part(list(jobs)),
    }


def write_connection(connection: Connection) -> str:
    """Return what a page about a connection shows, for its forms to carry."""
    return write_shown(describe_connection(connection))


def lock_connection_as_shown(
    connection: Connection, shown: str | None, action: str, *, actor: User | None
) -> None:
    """Lock the connection; raise ChangedMeanwhile if its page showed something else.

    None says that the caller has seen nothing of it. To be called in a transaction.
    """
    stored = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    if shown is not None:
        events = ConnectionEvent.objects.filter(connection=stored)
        refuse_changed(shown, describe_connection(stored), action, events, actor)


@transaction.atomic
def refuse_changed_connection(connection: Connection, shown: str, action: str) -> None:
    """Raise ChangedMeanwhile for an action that is only checked yet; doing it asks again."""
    lock_connection_as_shown(connection, shown, action, actor=None)
