"""Make a job or a batch once, however often the request for it is repeated with the same key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from imports.core.errors import ImporterError
from imports.models import Connection, ImportChunk, ImportJob, RequestKey

# As long as somebody may take to repeat a request.
KEPT = timedelta(days=7)


class KeyReused(ImporterError):
    """A key came again with another request."""


def digest_request(*parts: str) -> str:
    """Return a digest that only the same parts have."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode()
        digest.update(len(content).to_bytes(8))
        digest.update(content)
    return digest.hexdigest()


@transaction.atomic
def make_once(key: str, digest: str, make: Callable[[], ImportJob], *, actor: User) -> ImportJob:
    """Return the job that the actor's first request with this key made, or make it.

    Of two at once, the second waits for the first. A request that failed kept nothing, and may
    come again with its key. Raises KeyReused when the first was another one by its digest.
    """
    _lock(f"request {actor.pk} {key}")
    keys = RequestKey.objects.filter(user=actor, connection=None, key=key)
    found = keys.select_related("job").first()
    if found is None:
        job = make()
        RequestKey.objects.create(user=actor, key=key, digest=digest, job=job)
        return job
    _require_same(found, digest)
    return found.job


def lock_key(connection: Connection, key: str) -> None:
    """Have the requests of a connection with one key wait for each other. In the transaction."""
    _lock(f"request of connection {connection.pk} {key}")


def find_kept(connection: Connection, key: str, digest: str) -> RequestKey | None:
    """Return what the first request of a connection with this key made; None without one.

    Raises KeyReused when it was another one by its digest.
    """
    keys = RequestKey.objects.filter(connection=connection, key=key)
    found = keys.select_related("job", "batch").first()
    if found is not None:
        _require_same(found, digest)
    return found


def keep_key(
    connection: Connection, key: str, digest: str, job: ImportJob, batch: ImportChunk | None = None
) -> None:
    """Keep what a request with a key made: a batch of a job, or the whole job."""
    RequestKey.objects.create(
        user=connection.owner,
        connection=connection,
        key=key,
        digest=digest,
        job=job,
        batch=batch,
    )


def _require_same(found: RequestKey, digest: str) -> None:
    if found.digest != digest:
        raise KeyReused(
            "This Idempotency-Key was already used for a different request. Use a new key."
        )


def _lock(name: str) -> None:
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))", [name])


def forget_keys() -> None:
    """Delete the keys that nobody will send again."""
    RequestKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
