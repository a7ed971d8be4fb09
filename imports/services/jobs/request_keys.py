"""Make a job once, however often the request for it is repeated with the same key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from imports.core.errors import ImporterError
from imports.models import ImportJob, RequestKey

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
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))",
            [f"request {actor.pk} {key}"],
        )
    found = RequestKey.objects.select_related("job").filter(user=actor, key=key).first()
    if found is None:
        job = make()
        RequestKey.objects.create(user=actor, key=key, digest=digest, job=job)
        return job
    if found.digest != digest:
        raise KeyReused(
            "This Idempotency-Key was already used for a different request. Use a new key."
        )
    return found.job


def forget_keys() -> None:
    """Delete the keys that nobody will send again."""
    RequestKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
