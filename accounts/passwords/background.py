"""Hash sealed passwords in the background, batch after batch, at a bounded share of the cores.

One process of the installation hashes at a time, under a lock that goes with it when it dies. What
it had not stored is still sealed then, and hashed by the next one. No row is locked meanwhile:
whoever signs in stores the same hash, and a password that has been changed stays.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from math import ceil

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from accounts import hashing
from accounts.encryption import list_key_ids
from accounts.passwords.sealing import hash_sealed, read_sealed

logger = logging.getLogger(__name__)

LOCK = 0x55465270
# A worker turns to other messages after so long.
TURN_SECONDS = 5.0
# Passwords of one thread that are stored together: from a quarter of a second to a few seconds.
BATCH = 10
# As the condition of the index has it, which a parameter could not match.
SEALED = "u.password LIKE 'sealed$%%'"
# A sealed password begins with its prefix and a salt of 22 characters; then comes the key.
OPENABLE = "EXISTS (SELECT FROM unnest(%s::text[]) k(id) WHERE substr(u.password, 31) ^@ k.id)"
NEXT = (
    f"SELECT u.id, u.password FROM accounts_user u WHERE {SEALED} AND {OPENABLE}"  # noqa: S608
    " AND u.id > %s ORDER BY u.id LIMIT %s"
)
COUNT = (
    f"SELECT count(*), count(*) FILTER (WHERE NOT {OPENABLE}) FROM accounts_user u"  # noqa: S608
    f" WHERE {SEALED}"
)
STORE = (
    "UPDATE accounts_user u SET password = v.hashed"
    " FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS v(id, sealed, hashed)"
    " WHERE u.id = v.id AND u.password = v.sealed"
)


@dataclass(frozen=True, slots=True)
class WaitingPasswords:
    """Passwords that are not hashed yet; `locked` are those whose key is not configured."""

    count: int
    locked: int

    @property
    def left(self) -> int:
        """Return how many are going to be hashed."""
        return self.count - self.locked


def count_waiting() -> WaitingPasswords:
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [_list_leads()])
        return WaitingPasswords(*cursor.fetchone())


def hash_for_a_while(seconds: float = TURN_SECONDS) -> bool:
    """Hash sealed passwords for so long; return whether to go on."""
    ends, last = time.monotonic() + seconds, 0
    with ThreadPoolExecutor(count_threads()) as pool:
        while time.monotonic() < ends:
            with transaction.atomic():
                if not _try_lock():
                    return False
                rows = _read_next(last, BATCH * count_threads())
                if not rows:
                    return False  # what has come since is found by the next call
                _hash_rows(rows, pool)
                last = rows[-1][0]
    return True


def count_threads() -> int:
    return max(1, ceil(count_cores() * settings.PASSWORD_HASHING_SHARE))


@cache
def count_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def estimate_hashing(count: int) -> timedelta:
    """Return about how long so many passwords take here."""
    share = count_cores() * settings.PASSWORD_HASHING_SHARE
    return timedelta(seconds=ceil(measure_hash() * count / share))


@cache
def measure_hash() -> float:
    """Return the seconds that one hash by the preferred algorithm would take on one core."""
    make_password("the first one also loads the algorithm")
    # Of the processor, not of the clock: argon2 uses several cores for one hash.
    started = time.process_time()
    make_password("this one is measured")
    return time.process_time() - started


def _hash_rows(rows: Sequence[tuple[int, str]], pool: ThreadPoolExecutor) -> None:
    """Hash and store some, and rest until that has taken no more than the share of the cores."""
    started, used = time.monotonic(), time.process_time()
    hashes = pool.map(_hash, [stored for _, stored in rows])
    done = [(*row, hashed) for row, hashed in zip(rows, hashes, strict=True) if hashed]
    # While the lock is held, so that nobody else hashes in the meantime; before anything is locked.
    share = count_cores() * settings.PASSWORD_HASHING_SHARE
    rest = (time.process_time() - used) / share - (time.monotonic() - started)
    time.sleep(max(0.0, rest))
    if done:
        with connection.cursor() as cursor:
            cursor.execute(STORE, list(map(list, zip(*done, strict=True))))


def _hash(stored: str) -> str:
    """Return the hash of a sealed password; empty if it was altered."""
    try:
        sealed = read_sealed(stored)
        return hash_sealed(sealed) if sealed else ""
    except hashing.HashError as error:
        logger.error("A sealed password cannot be hashed: %s", error)
        return ""


def _try_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _read_next(after: int, count: int) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [_list_leads(), after, count])
        return list(cursor.fetchall())


def _list_leads() -> list[str]:
    """Return what the secrets begin with that can be decrypted here."""
    return [f"{each}:" for each in list_key_ids()]
