"""Real Celery workers on the test's own database and queue."""

from __future__ import annotations

import atexit
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlunsplit

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 400.0
# What pytest and Playwright change meanwhile, and no worker looks at.
CHANGING = ("PYTEST_CURRENT_TEST", "DJANGO_ALLOW_ASYNC_UNSAFE")
# The command that starts them has done the checks.
UNCHECKED = {"CELERY_SKIP_CHECKS": "1"}


class Forker:
    """Workers that start in a moment: each is forked from a process that has everything loaded."""

    def __init__(self, module: str, environment: dict[str, str]) -> None:
        self.environment = environment
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", module],
            cwd=ROOT,
            env={**environment, **UNCHECKED, "PYTHONWARNINGS": "ignore"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def fork(self, order: str) -> int:
        """Have a worker started, and return its process id when it takes messages."""
        self.process.stdin.write(f"{order}\n".encode())
        self.process.stdin.flush()
        assert select.select([self.process.stdout], [], [], PATIENCE)[0], "no worker has started"
        return int(self.process.stdout.readline())

    def close(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


@dataclass(frozen=True)
class Pool:
    """A pool of workers: a process group that can be killed."""

    pid: int
    forker: Forker

    def kill(self) -> None:
        """Kill it with all its processes, as the kernel would when memory runs out."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        while is_alive(self.pid):
            time.sleep(0.01)
        if self.forker is not start_forker():
            self.forker.close()


@contextmanager
def running_worker(*, processes: int = 2) -> Iterator[Pool]:
    """Run a pool of workers for the block."""
    pool = start_worker(processes=processes)
    try:
        yield pool
    finally:
        pool.kill()


def start_worker(*, processes: int = 2) -> Pool:
    """Start a pool of workers, and return when it takes messages."""
    forker, environment = start_forker(), choose_environment()
    if forker.environment != environment:
        # What is loaded has other settings.
        forker = Forker("tests.forking", environment)
    return Pool(forker.fork(str(processes)), forker)


@cache
def start_forker() -> Forker:
    """Start that which all tests share whose environment has nothing of their own."""
    forker = Forker("tests.forking", choose_environment())
    atexit.register(forker.close)
    return forker


def choose_environment() -> dict[str, str]:
    return {name: value for name, value in make_environment().items() if name not in CHANGING}


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def make_environment() -> dict[str, str]:
    """Return what makes a process of ours work on the test's database, queue and files."""
    return {
        **os.environ,
        "DATABASE_URL": write_database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "UPLOAD_DIR": str(settings.STORAGES["default"]["OPTIONS"]["location"]),
    }


def write_database_url() -> str:
    """Return the address of the test database."""
    database = connection.settings_dict
    user, password = quote(database["USER"]), quote(database["PASSWORD"])
    place = f"{user}:{password}@{database['HOST']}:{database['PORT']}"
    return urlunsplit(("postgresql", place, f"/{database['NAME']}", "", ""))
