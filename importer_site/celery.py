"""The Celery application; tasks are found in each app's `tasks` module."""

import gc
import os
from typing import Any

from celery import Celery
from celery.signals import task_prerun, worker_process_init
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "importer_site.settings")

# Objects made and not yet freed between two searches for cycles: about a chunk's worth.
COLLECTION_THRESHOLD = 100_000

app = Celery("userferry")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def collect_seldom(**_: Any) -> None:
    """Let the garbage collector look for cycles seldom, and never among what is loaded for good.

    A chunk makes many thousands of objects and no cycles: at Python's own threshold, searching
    them took over a third of a worker's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECTION_THRESHOLD, 50, 100)


@task_prerun.connect
def keep_connection(**_: Any) -> None:
    """Keep the database's connection from task to task for as long as a request would.

    Celery closes it before and after each task (unless DB_REUSE_MAX forbids), and a new one costs
    a chunk some 20 ms: PostgreSQL starts a process that knows no table yet.
    """
    close_old_connections()
