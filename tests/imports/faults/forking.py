"""Workers that disturb themselves: forked with the number of the statement that kills them.

A line is after how many statements to the database a worker kills itself, 0 for never.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any, TextIO

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.forking import fork_workers, take_messages

# How many of its statements a worker waits before, and for how long at most.
STALLED = 0.05
STALL_SECONDS = 0.05


def be_worker(line: str, answers: TextIO) -> None:
    """Be a worker, which ends before the statement with this number."""
    connection.execute_wrappers.append(Disturbance(int(line)))
    take_messages(answers, "--pool=solo", "--loglevel=CRITICAL")


class Disturbance:
    """Holds its worker up before statements to the database, and kills it before a certain one.

    So the worker ends in any state that the database can see, and meets others in any.
    """

    def __init__(self, statements: int) -> None:
        self.left = statements or sys.maxsize
        self.chance = random.Random(os.getpid())  # noqa: S311

    def __call__(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        self.left -= 1
        if self.left <= 0:
            # To ask takes statements, too.
            self.left = sys.maxsize
            with closing(connection.copy()) as other:
                if may_kill(other):
                    os.kill(os.getpid(), signal.SIGKILL)
            self.left = 0
        if self.chance.random() < STALLED:
            time.sleep(self.chance.random() * STALL_SECONDS)
        return execute(sql, params, many, context)


def may_kill(database: BaseDatabaseWrapper) -> bool:
    """Return whether a worker may die without its row being taken for what kills workers."""
    from imports.services.runs.worker import MAX_CLAIMS

    with database.cursor() as cursor:
        cursor.execute("SELECT max(claims) FROM imports_importchunk WHERE state = 'waiting'")
        return (cursor.fetchone()[0] or 0) < MAX_CLAIMS - 1


if __name__ == "__main__":
    fork_workers(be_worker)
