"""A database, queue and workers of the benchmark's own, on the servers of this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import django
import psycopg
from psycopg import sql

from importer_site import embedded
from importer_site.embedded.server import find_free_port

DATABASE = "userferry_bench"
# The last of Redis' sixteen: neither a local run's nor a test's.
QUEUE_NUMBER = 15
POLL_SECONDS = 0.1


def prepare() -> None:
    """Set Django up on an empty, migrated database; what an earlier run left is dropped."""
    embedded.acquire(make_keys=True)
    database, queue = urlsplit(os.environ["DATABASE_URL"]), urlsplit(os.environ["REDIS_URL"])
    with psycopg.connect(database.geturl(), autocommit=True) as connection:
        name = sql.Identifier(DATABASE)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    os.environ["DATABASE_URL"] = database._replace(path=f"/{DATABASE}").geturl()
    os.environ["REDIS_URL"] = queue._replace(path=f"/{QUEUE_NUMBER}").geturl()
    os.environ["LOG_LEVEL"] = "WARNING"
    os.environ["DJANGO_SETTINGS_MODULE"] = "importer_site.settings"
    django.setup()
    from django.core.cache import cache
    from django.core.management import call_command

    cache.clear()
    call_command("migrate", verbosity=0)


def override_for_requests() -> Any:
    """Return what lets Django's test client ask for pages without collected static files."""
    from django.test.utils import override_settings

    storages = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    return override_settings(STORAGES=storages, ALLOWED_HOSTS=["testserver"])


class Web(NamedTuple):
    """A web server that answers; `pid` is the process above those that serve."""

    host: str
    port: int
    pid: int


@contextmanager
def running_web() -> Iterator[Web]:
    """Serve the site for the block as `manage.py run` does."""
    host, port = "127.0.0.1", find_free_port()
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "gunicorn",
        "--config",
        "python:importer_site.gunicorn",
    ]
    server = subprocess.Popen([*command, "--bind", f"{host}:{port}"])  # noqa: S603
    try:
        wait_for_web(server, host, port)
        yield Web(host, port, server.pid)
    finally:
        server.terminate()
        server.wait()


def wait_for_web(server: subprocess.Popen[bytes], host: str, port: int) -> None:
    """Return once the server accepts connections; raises RuntimeError if it ends instead."""
    while server.poll() is None:
        with suppress(OSError), socket.create_connection((host, port)):
            return
        time.sleep(POLL_SECONDS)
    raise RuntimeError("The web server did not start.")


@contextmanager
def running_workers(processes: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Celery pool of so many processes for the block; yields the process above them."""
    command = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A", "importer_site"]
    options = [f"--concurrency={processes}", "--loglevel=ERROR", "--without-mingle"]
    pool = subprocess.Popen([*command, "worker", *options])  # noqa: S603
    try:
        wait_for_workers()
        yield pool
    finally:
        pool.terminate()
        pool.wait()


def wait_for_workers() -> None:
    from importer_site.celery import app

    while not app.control.ping(timeout=0.5):
        pass
