"""A process that has everything loaded, and forks Celery workers out of it when it is told to.

Reads one line for each worker: after how many statements to the database it kills itself, 0 for
never. Writes the worker's process id as soon as it takes messages. Ends with its input.
"""

from __future__ import annotations

import gc
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from contextlib import closing
from importlib import import_module
from typing import Any, TextIO

import django
from celery.signals import worker_ready
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from importer_site.celery import app

LOADED_LATE = (
    "celery.app.amqp",
    "celery.bin.worker",
    "celery.worker.strategy",
    "kombu.transport.redis",
)
OPTIONS = ("--pool=solo", "--loglevel=CRITICAL", "--without-mingle", "--without-gossip")
# How many of its statements a worker waits before, and for how long at most.
STALLED = 0.05
STALL_SECONDS = 0.05


def fork_workers() -> None:
    django.setup()
    app.loader.import_default_modules()
    app.finalize()
    for name in LOADED_LATE:
        import_module(name)
    gc.freeze()
    # What is killed leaves nothing behind: whether a process id is there says whether it lives.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    # Celery greets those who start it.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    while line := sys.stdin.readline():
        if os.fork() == 0:
            work(int(line), answers)
    os.killpg(0, signal.SIGKILL)


def work(statements: int, answers: TextIO) -> None:
    """Be a worker, which ends before the statement with this number."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    connection.execute_wrappers.append(Disturbance(statements))
    worker_ready.connect(lambda **_: print(os.getpid(), file=answers, flush=True), weak=False)
    app.worker_main(["worker", *OPTIONS, f"--hostname=forked{os.getpid()}@%h"])
    os._exit(0)


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
    fork_workers()
