"""A database, queue and workers of the benchmark's own, on the servers of this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import django
import psycopg
from psycopg import sql

from importer_site import embedded

DATABASE = "userferry_bench"
# The last of Redis' sixteen: neither a local run's nor a test's.
QUEUE_NUMBER = 15


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
