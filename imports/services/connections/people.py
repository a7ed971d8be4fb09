"""Say for whom a connection acts: everybody who had a part in it bounds what it writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accounts.models import User
from accounts.permission_areas import describe_permission
from imports.core.errors import ImporterError
from imports.models import Connection
from imports.services.connections.day_jobs import close_open_jobs


class ConnectionRefused(ImporterError):
    """A connection cannot be used now: it is off, or whom it acts for may not do so."""


def list_people(connection: Connection) -> list[User]:
    """Return everybody who shaped a connection; raises ConnectionRefused for who was deleted."""
    people = User.objects.in_bulk(connection.preparers)
    if len(people) < len(set(connection.preparers)):
        raise ConnectionRefused(
            f"Somebody who helped set up the connection “{connection}” was deleted. Open its"
            " settings, review them and take it over."
        )
    return list(people.values())


def add_preparer(connection: Connection, person: User) -> None:
    """Have the permissions of one more person bound what a connection writes. Repeating is safe.

    What it has sent until then stays bounded as it was, in a job of its own. In a transaction.
    """
    if person.pk in connection.preparers:
        return
    connection.preparers = [*connection.preparers, person.pk]
    connection.save(update_fields=["preparers"])
    close_open_jobs(connection, actor=person)


def require_rights(people: Sequence[User], permissions: Sequence[str]) -> None:
    """Raise ConnectionRefused, with their name, for who lacks what a connection takes."""
    for person in people:
        if not (person.is_active and person.is_staff):
            raise ConnectionRefused(
                f"The connection acts for {person}, who is not active staff. Open its settings,"
                " review them and take it over."
            )
        if lacking := ", ".join(_name_lacking(person, permissions)):
            raise ConnectionRefused(
                f"The connection acts for {person}, who needs the permission {lacking}. Give them a"
                " role that has it, or have somebody else take it over."
            )


def _name_lacking(person: User, permissions: Sequence[str]) -> Iterator[str]:
    for permission in permissions:
        if not person.has_perm(permission):
            yield f"“{describe_permission(permission)}” ({permission})"
