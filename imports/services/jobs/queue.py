"""Put messages into the work queue, by task name and id, once the transaction is committed."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from typing import Any

from celery import current_app
from django.core.cache import cache
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

# Celery 5.7 sends the limits that a task has in the sending process along, and they would win over
# those of the worker, whose settings say how long its work may take.
WORKER_LIMITS = {"time_limit": None, "soft_time_limit": None}


def enqueue_staging(job_id: int) -> None:
    """Have a worker cut the job's rows into chunks."""
    _enqueue("imports.tasks.stage", [job_id])


def enqueue_search(job_id: int) -> None:
    """Have a worker find the duplicates of a job. Sending it twice does no harm."""
    _enqueue("imports.tasks.find_duplicates", [job_id])


def enqueue_chunks(chunk_ids: Iterable[int], *, seconds: float | None = None) -> None:
    """Have workers work on the chunks, in this order, at once or in so many seconds.

    Sending one twice does no harm.
    """
    _enqueue("imports.tasks.work", list(chunk_ids), countdown=seconds)


def enqueue_undo(undo_id: int) -> None:
    """Have a worker undo a job. Sending it twice does no harm."""
    _enqueue("imports.tasks.undo", [undo_id])


def enqueue_survey(survey_id: int) -> None:
    """Have a worker count what an undo would change. Sending it twice does no harm."""
    _enqueue("imports.tasks.survey_undo", [survey_id])


def enqueue_leavers(survey_id: int) -> None:
    """Have a worker list who is missing from a file. Sending it twice does no harm."""
    _enqueue("imports.tasks.list_leavers", [survey_id])


def enqueue_disabling(disabling_id: int) -> None:
    """Have a worker disable users. Sending it twice does no harm."""
    _enqueue("imports.tasks.disable", [disabling_id])


def enqueue_notifications(notification_ids: Iterable[int]) -> None:
    """Have workers deliver notifications. Sending one twice does no harm."""
    _enqueue("imports.tasks.deliver_notification", list(notification_ids))


def enqueue_hashing() -> None:
    """Have a worker hash some of the passwords that wait. Sending it twice does no harm."""
    transaction.on_commit(lambda: _send("imports.tasks.hash_passwords", [[]]))


def enqueue_completion_mail(requested_job_id: int) -> None:
    """Have a worker tell the result of an import that a program asked for by e-mail."""
    _enqueue("imports.tasks.send_completion_mail", [requested_job_id])


def enqueue_timer(job_id: int, seconds: float) -> None:
    """Set the timer of a job with a rate limit to so many seconds; any other one ends."""
    token = uuid.uuid4().hex

    def send() -> None:
        cache.set(_name_timer(job_id), token, timeout=3600)
        _send("imports.tasks.hold_rate_limit", [[job_id, token]], countdown=seconds)

    transaction.on_commit(send)


def is_latest_timer(job_id: int, token: str) -> bool:
    """Return whether no other timer was set after this one."""
    return bool(cache.get(_name_timer(job_id)) == token)


def _name_timer(job_id: int) -> str:
    return f"timer:{job_id}"


def _enqueue(task: str, ids: list[int], **options: Any) -> None:
    transaction.on_commit(lambda: _send(task, [[number] for number in ids], **options))


def _send(task: str, messages: list[list[Any]], **options: Any) -> None:
    try:
        with current_app.producer_pool.acquire(block=True) as producer:
            for arguments in messages:
                current_app.send_task(
                    task, args=arguments, producer=producer, **WORKER_LIMITS, **options
                )
    except (OperationalError, OSError) as error:
        # What was decided stands in the database; the sweeper sends again when it can.
        logger.warning("The work queue cannot be reached (%s): will try again.", type(error))
