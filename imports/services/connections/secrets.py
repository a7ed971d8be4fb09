"""Issue, find and revoke the secrets of connections: two at a time, so that they can be rotated."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.permission_areas import describe_permission
from imports.core.errors import ImporterError
from imports.models import Connection, ConnectionSecret, SecretUse
from imports.services.connections.events import note
from imports.services.connections.kinds import KINDS
from imports.services.connections.people import add_preparer

# What tells a leaked secret, to people and to scanners of repositories.
PREFIX = "ufc_"
HINT_LENGTH = len(PREFIX) + 6
MOST_AT_ONCE = 2
ACCESS_SECONDS = 3600
# Writing the last use at every request would have the requests wait for each other.
USE_NOTED_EVERY = timedelta(minutes=1)


@transaction.atomic
def issue_secret(
    connection: Connection,
    *,
    actor: User,
    scopes: Sequence[str] = (),
    expires_at: datetime | None = None,
) -> str:
    """Return a new token or client secret of a connection; it cannot be read again.

    Without `scopes` it has those of its kind. Whoever makes one could use it, so that their
    permissions, too, bound the connection from now on. Raises ImporterError for an unknown
    scope, for one that the actor may not give, and while two are in use: one of them is to be
    revoked first.
    """
    kind = KINDS[connection.kind]
    if unknown := set(scopes) - set(kind.scopes):
        raise ImporterError(f"This kind of connection has no scope “{min(unknown)}”.")
    for scope in scopes:
        permission = kind.guarded_scopes.get(scope, "")
        if permission and not actor.has_perm(permission):
            described = f"“{describe_permission(permission)}” ({permission})"
            raise ImporterError(
                f"To give the scope “{scope}”, you need the permission {described}."
            )
    connection.refresh_from_db(from_queryset=Connection.objects.select_for_update(no_key=True))
    if list_secrets(connection).count() >= MOST_AT_ONCE:
        raise ImporterError(
            f"This connection has two {kind.secret_use.label.lower()}s already. Revoke one that is"
            " not used any more, then create another."
        )
    chosen = list(scopes) or list(kind.default_scopes)
    value, secret = _make(connection, kind.secret_use, chosen, expires_at)
    secret.created_by = actor
    secret.save()
    add_preparer(connection, actor)
    note(connection, "create secret", actor=actor, detail={"hint": secret.hint, "scopes": chosen})
    return value


@transaction.atomic
def revoke_secret(secret: ConnectionSecret, *, actor: User) -> None:
    """Have nobody sign in with a secret any more, nor with what it was exchanged for.

    Which access token came from which client secret is not kept: all of the connection end.
    """
    connection = secret.connection
    if secret.use == SecretUse.CLIENT:
        connection.secrets.filter(use=SecretUse.ACCESS).delete()
    note(connection, "revoke secret", actor=actor, detail={"hint": secret.hint})
    secret.delete()


def list_secrets(connection: Connection) -> QuerySet[ConnectionSecret]:
    """Return the secrets that people made and that are valid, the oldest first."""
    return _list_valid().filter(connection=connection).exclude(use=SecretUse.ACCESS)


def find_secret(value: str, uses: Collection[SecretUse]) -> ConnectionSecret | None:
    """Return the secret of this value with its connection; None if it is unknown or has expired.

    Whether the connection may be used is another question: `require_usable`.
    """
    found = _list_valid().filter(digest=_digest(value), use__in=uses)
    return found.select_related("connection__owner").first()


def exchange_secret(secret: ConnectionSecret, scopes: Sequence[str]) -> str:
    """Return an access token for an hour, with scopes of the client secret's."""
    expires_at = timezone.now() + timedelta(seconds=ACCESS_SECONDS)
    value, access = _make(secret.connection, SecretUse.ACCESS, list(scopes), expires_at)
    access.save()
    return value


def note_use(secret: ConnectionSecret) -> None:
    """Keep when a secret was last used, to the minute."""
    now = timezone.now()
    if secret.last_used_at is None or secret.last_used_at < now - USE_NOTED_EVERY:
        ConnectionSecret.objects.filter(pk=secret.pk).update(last_used_at=now)


def delete_expired() -> None:
    """Delete the access tokens that nobody can use any more; what people made stays to be seen."""
    past = ConnectionSecret.objects.filter(use=SecretUse.ACCESS, expires_at__lt=timezone.now())
    past.delete()


def _list_valid() -> QuerySet[ConnectionSecret]:
    return ConnectionSecret.objects.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))


def _make(
    connection: Connection, use: SecretUse, scopes: list[str], expires_at: datetime | None
) -> tuple[str, ConnectionSecret]:
    value = PREFIX + secrets.token_urlsafe(32)
    secret = ConnectionSecret(
        connection=connection,
        use=use,
        digest=_digest(value),
        hint=value[:HINT_LENGTH],
        scopes=scopes,
        expires_at=expires_at,
    )
    return value, secret


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
