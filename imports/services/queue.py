"""Puts messages into the work queue, by task name and id, once the transaction is committed."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.db import transaction
from kombu.exceptions import OperationalError

from importer_site.celery import app

logger = logging.getLogger(__name__)


def enqueue_staging(job_id: int) -> None:
    """Have a worker cut the job's rows into chunks."""
    _enqueue("imports.tasks.stage", [job_id])


def enqueue_chunks(chunk_ids: Iterable[int]) -> None:
    """Have workers work on the chunks, in this order. Sending one twice does no harm."""
    _enqueue("imports.tasks.work", list(chunk_ids))


def enqueue_notices(notice_ids: Iterable[int]) -> None:
    """Have workers deliver notices. Sending one twice does no harm."""
    _enqueue("imports.tasks.deliver_notice", list(notice_ids))


def _enqueue(task: str, ids: list[int]) -> None:
    transaction.on_commit(lambda: _send(task, ids))


def _send(task: str, ids: list[int]) -> None:
    try:
        with app.producer_pool.acquire(block=True) as producer:
            for number in ids:
                app.send_task(task, args=[number], producer=producer)
    except (OperationalError, OSError) as error:
        # What was decided stands in the database; the sweeper sends again when it can.
        logger.warning("The work queue cannot be reached (%s): will try again.", type(error))
