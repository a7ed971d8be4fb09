"""Locks on the work on a job, which go with the process that dies."""

from __future__ import annotations

from enum import IntEnum

from django.db import connection


class Work(IntEnum):
    """What is locked: the first half of an advisory lock, a number that nothing else uses."""

    STAGING = 0x55465259
    SEARCH = 0x55465260
    RECEIVING = 0x55465261


def try_lock(work: Work, job_id: int) -> bool:
    """Take a lock until the transaction ends; return False if somebody has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s, (%s %% 2147483647)::int)", [work.value, job_id]
        )
        return bool(cursor.fetchone()[0])


def share_lock(work: Work, job_id: int) -> None:
    """Take a lock together with others until the transaction ends; wait for who has it alone."""
    _wait("pg_advisory_xact_lock_shared", work, job_id)


def take_lock(work: Work, job_id: int) -> None:
    """Take a lock alone until the transaction ends; wait for everybody who has it."""
    _wait("pg_advisory_xact_lock", work, job_id)


def _wait(function: str, work: Work, job_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {function}(%s, (%s %% 2147483647)::int)",
            [work.value, job_id],
        )
