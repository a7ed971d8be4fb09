"""Run workers for as long as a command needs them, when nobody else does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from importer_site import embedded
from importer_site.celery import app

PING_SECONDS = 1.0
STOP_SECONDS = 30.0
# A container runs everything as root, and the tasks are sent as JSON, not as pickled code.
QUIET_ABOUT_ROOT = "ignore:You're running the worker"
# Workers serve no pages, whose checks take as long as all else before a task.
UNCHECKED = {"CELERY_SKIP_CHECKS": "1"}


def is_worker_running() -> bool:
    """Return whether any worker answers, on this machine or another."""
    # The first answer is enough: all others would be waited for until the time is up.
    return bool(app.control.ping(timeout=PING_SECONDS, limit=1))


@contextmanager
def ensure_workers() -> Iterator[subprocess.Popen[bytes] | None]:
    """Have workers running in the block; those that had to be started end with it.

    Yields the pool that was started. It is under a tether: it ends with this process, too, should
    that be killed.
    """
    if is_worker_running():
        yield None
        return
    pool = _start_pool()
    try:
        yield pool
    finally:
        pool.terminate()
        try:
            pool.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pool.terminate()  # the second time, the tether kills
            pool.wait()
        if pool.stdin:
            pool.stdin.close()


def _start_pool() -> subprocess.Popen[bytes]:
    """Start workers that print warnings and errors alone, and no e-mail among the progress."""
    celery = [sys.executable, "-m", "celery", "--quiet", "--app", "importer_site"]
    options = ["--loglevel=WARNING", "--without-gossip", "--without-mingle"]
    return subprocess.Popen(  # noqa: S603
        [
            *(sys.executable, "-m", "importer_site.local_run.tether"),
            *(*celery, "worker", *options, f"--concurrency={os.cpu_count() or 1}"),
        ],
        # Standard output is the command's own; Celery says goodbye there.
        stdout=subprocess.DEVNULL,
        stdin=subprocess.PIPE,
        env=os.environ | _choose_environment(),
        pass_fds=[lease.lock.descriptor for lease in embedded.held_leases],
        # Ctrl-C is for the command, which then ends the pool.
        start_new_session=True,
    )


def _choose_environment() -> dict[str, str]:
    chosen = {"LOG_LEVEL": "WARNING", "PYTHONWARNINGS": QUIET_ABOUT_ROOT, **UNCHECKED}
    if settings.EMAIL_BACKEND == settings.PRINTING:
        chosen["EMAIL_BACKEND"] = "django.core.mail.backends.dummy.EmailBackend"
    return chosen
