"""Do once what a request asks for, however often it is repeated with the same key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from accounts import encryption
from imports.core.errors import ImporterError
from imports.models import Connection, ImportChunk, ImportJob, RequestKey, StoredAnswer

# As long as somebody may take to repeat a request.
KEPT = timedelta(days=7)
# Answers may hold values of people, and secrets that are shown once.
PURPOSE = b"stored answer"


class KeyReused(ImporterError):
    """A key came again with another request."""


class KeyInUse(ImporterError):
    """The first request with a key is still in progress."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered: a status, the entity tag or nothing, and the body."""

    status: int
    etag: str
    body: bytes


def digest_request(*parts: str) -> str:
    """Return a digest that only the same parts have."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode()
        digest.update(len(content).to_bytes(8))
        digest.update(content)
    return digest.hexdigest()


@transaction.atomic
def answer_once(client_id: str, key: str, digest: str, make: Callable[[], Answer]) -> Answer:
    """Return what the client's first request with this key was answered, or make the answer.

    The answer is kept together with what was done, or neither is: a request that was refused, or
    whose process died, may come again with its key. Raises KeyReused when the first was another
    one by its digest, and KeyInUse while it is in progress.
    """
    if not _try_lock(f"request of client {client_id} {key}"):
        raise KeyInUse("The first request with this Idempotency-Key is in progress. Wait for it.")
    found = StoredAnswer.objects.filter(client_id=client_id, key=key).first()
    if found is not None:
        _require_same(found, digest)
        return _read_answer(found)
    answer = make()
    body = encryption.encrypt(answer.body, purpose=PURPOSE)
    StoredAnswer.objects.create(
        client_id=client_id,
        key=key,
        digest=digest,
        status=answer.status,
        etag=answer.etag,
        body=body,
    )
    return answer


def _read_answer(stored: StoredAnswer) -> Answer:
    try:
        body = encryption.decrypt(bytes(stored.body), purpose=PURPOSE)
    except encryption.DecryptionError:
        raise ImporterError(
            "The response to this Idempotency-Key can no longer be decrypted by"
            " USERFERRY_ENCRYPTION_KEYS."
        ) from None
    return Answer(stored.status, stored.etag, body)


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
    RequestKey.objects.create(connection=connection, key=key, digest=digest, job=job, batch=batch)


def _require_same(found: RequestKey | StoredAnswer, digest: str) -> None:
    if found.digest != digest:
        raise KeyReused(
            "This Idempotency-Key was already used for a different request. Use a new key."
        )


def _lock(name: str) -> None:
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))", [name])


def _try_lock(name: str) -> bool:
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s::text, 0))", [name])
        return bool(cursor.fetchone()[0])


def forget_keys() -> None:
    """Delete the keys that nobody will send again."""
    cutoff = timezone.now() - KEPT
    RequestKey.objects.filter(created_at__lt=cutoff).delete()
    StoredAnswer.objects.filter(created_at__lt=cutoff).delete()
