"""A process that has everything loaded, and forks Celery workers out of it when it is told to.

Reads one line for each, says what it is to be told by whoever starts it, and writes the process id
as soon as it takes messages. Ends with its input. By itself it makes pools: a line is how many
processes one has.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import TextIO

import django
from celery.signals import worker_ready
from django.conf import settings

from importer_site.celery import app

LOADED_LATE = (
    "celery.app.amqp",
    "celery.bin.worker",
    "celery.concurrency.prefork",
    "celery.worker.strategy",
    "kombu.transport.redis",
)

BeWorker = Callable[[str, TextIO], None]


def fork_workers(be_worker: BeWorker) -> None:
    """Fork for each line, and be a worker in the new process, until there are no more lines."""
    load_everything()
    # What is killed leaves nothing behind: whether a process id is there says whether it lives.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    # Celery greets those who start it.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    while line := sys.stdin.readline():
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
            be_worker(line, answers)
            os._exit(0)
    os.killpg(0, signal.SIGKILL)


def load_everything() -> None:
    django.setup()
    app.loader.import_default_modules()
    app.finalize()
    for name in (*LOADED_LATE, settings.ROOT_URLCONF):
        import_module(name)
    gc.freeze()


def take_messages(answers: TextIO, *options: str) -> None:
    """Work until it ends or is killed."""
    worker_ready.connect(lambda **_: print(os.getpid(), file=answers, flush=True), weak=False)
    named = f"--hostname=forked{os.getpid()}@%h"
    app.worker_main(["worker", "--without-mingle", "--without-gossip", named, *options])


def be_pool(line: str, answers: TextIO) -> None:
    """Be a pool as the leader of a process group, which can be killed as a whole."""
    os.setsid()
    take_messages(answers, f"--concurrency={int(line)}", "--loglevel=WARNING")


if __name__ == "__main__":
    fork_workers(be_pool)
