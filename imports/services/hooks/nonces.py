"""Remember which questions were asked: one that somebody recorded is not answered again."""

from __future__ import annotations

import hashlib
import time

from django.core.cache import cache

from imports.models import Connection

KEPT_SECONDS = 24 * 3600
# A system that got no answer in time repeats its question as it was.
REPEATED_SECONDS = 30


def is_replayed(connection: Connection, nonce: str) -> bool:
    """Return whether a question with this nonce came longer ago than a repetition does."""
    digest = hashlib.sha256(nonce.encode()).hexdigest()
    name = f"hook-nonce:{connection.pk}:{digest}"
    now = time.time()
    if cache.add(name, now, KEPT_SECONDS):
        return False
    return bool(now - cache.get(name, now) > REPEATED_SECONDS)
