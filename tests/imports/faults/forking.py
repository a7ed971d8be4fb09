"""A process that has everything loaded, and forks Celery workers out of it when it is told to.

Reads one line for each worker: after how many statements to the database it kills itself, 0 for
never. Writes the worker's process id as soon as it takes messages. Ends with its input.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, TextIO

import django
from celery.signals import worker_ready

from importer_site.celery import app

LOADED_LATE = (
    "celery.app.amqp",
    "celery.bin.worker",
    "celery.worker.strategy",
    "kombu.transport.redis",
)
OPTIONS = ("--pool=solo", "--loglevel=CRITICAL", "--without-mingle", "--without-gossip")


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
    if statements:
        django.db.connection.execute_wrappers.append(Fuse(statements))
    worker_ready.connect(lambda **_: print(os.getpid(), file=answers, flush=True), weak=False)
    app.worker_main(["worker", *OPTIONS, f"--hostname=forked{os.getpid()}@%h"])
    os._exit(0)


class Fuse:
    """Kills the process it is in, so that it ends in any state that the database can see."""

    def __init__(self, statements: int) -> None:
        self.left = statements

    def __call__(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        self.left -= 1
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)


if __name__ == "__main__":
    fork_workers()
