"""Locks that one worker at a time holds for a job, and that go with the worker that dies."""

from __future__ import annotations

from enum import IntEnum

from django.db import connection


class Work(IntEnum):
    """What is locked: the first half of an advisory lock, a number that nothing else uses."""

    STAGING = 0x55465259
    SEARCH = 0x55465260


def try_lock(work: Work, job_id: int) -> bool:
    """Take a lock until the transaction ends; return False if somebody has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s, (%s %% 2147483647)::int)", [work.value, job_id]
        )
        return bool(cursor.fetchone()[0])
