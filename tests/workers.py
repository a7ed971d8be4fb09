"""Real Celery workers on the test's own database and queue."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlunsplit

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def running_worker(*, processes: int = 2) -> Iterator[subprocess.Popen[bytes]]:
    """Run a pool of workers for the block; the pool is a process group that can be killed."""
    worker = start_worker(processes=processes)
    try:
        yield worker
    finally:
        kill_pool(worker)


def start_worker(*, processes: int = 2) -> subprocess.Popen[bytes]:
    """Start a pool of workers as a process group of its own."""
    command = [sys.executable, "-m", "celery", "-A", "importer_site", "worker"]
    options = [f"--concurrency={processes}", "--loglevel=WARNING", "--without-mingle"]
    return subprocess.Popen(  # noqa: S603
        [*command, *options], cwd=ROOT, env=make_environment(), start_new_session=True
    )


def make_environment() -> dict[str, str]:
    """Return what makes a process of ours work on the test's database, queue and files."""
    return {
        **os.environ,
        "DATABASE_URL": write_database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "UPLOAD_DIR": str(settings.STORAGES["default"]["OPTIONS"]["location"]),
    }


def kill_pool(worker: subprocess.Popen[bytes]) -> None:
    """Kill a pool with all its processes, as the kernel would when memory runs out."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def write_database_url() -> str:
    """Return the address of the test database."""
    database = connection.settings_dict
    user, password = quote(database["USER"]), quote(database["PASSWORD"])
    place = f"{user}:{password}@{database['HOST']}:{database['PORT']}"
    return urlunsplit(("postgresql", place, f"/{database['NAME']}", "", ""))
