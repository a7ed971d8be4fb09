"""Celery's entry points. Messages carry ids only; everything else is in the database."""

from __future__ import annotations

from smtplib import SMTPException
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import InterfaceError, OperationalError

from accounts import access_tokens
from accounts.passwords import background
from imports.notifications import completions
from imports.notifications.delivery import NOTIFICATION_SECONDS, deliver, sweep_notifications
from imports.services.connections import day_jobs, requested_jobs, secrets
from imports.services.directories import marking
from imports.services.files import partial_uploads
from imports.services.invitations import sending
from imports.services.jobs import queue, rate_limits, request_keys, retention
from imports.services.leavers import disabling, surveys
from imports.services.runs import recovery, worker
from imports.services.sources import progress
from imports.services.undo import previews, undoing

# What still goes on so long after it was told to stop is killed, and its worker replaced.
GRACE_SECONDS = 60


def limit(seconds: int) -> dict[str, int]:
    """Return the options of a task that is stopped after so many seconds."""
    return {"soft_time_limit": seconds, "time_limit": seconds + GRACE_SECONDS}


SHORT = limit(settings.IMPORT_TASK_SECONDS)
LONG = limit(settings.IMPORT_STAGING_SECONDS)
# A chunk that hangs cannot be told: its worker is killed, and its lock goes with it. Its rows are
# then narrowed down to the guilty one.
CHUNK = {"time_limit": settings.IMPORT_CHUNK_SECONDS}
# The database is gone or a deadlock was broken: come back, a little later each time.
RETRIES: dict[str, Any] = {
    "autoretry_for": (OperationalError, InterfaceError),
    "retry_backoff": True,
    "retry_backoff_max": 30,
    "max_retries": 10,
}


@shared_task(name="imports.tasks.stage", **LONG, **RETRIES)
def stage(job_id: int) -> None:
    worker.work_on_staging(job_id)


@shared_task(name="imports.tasks.find_duplicates", **LONG, **RETRIES)
def find_duplicates(job_id: int) -> None:
    worker.work_on_duplicates(job_id)


@shared_task(name="imports.tasks.work", **CHUNK, **RETRIES)
def work_on_chunk(chunk_id: int) -> None:
    worker.work_on_chunk(chunk_id)


@shared_task(name="imports.tasks.undo", **SHORT, **RETRIES)
def undo(undo_id: int) -> None:
    undoing.work_on_undo(undo_id)


@shared_task(name="imports.tasks.survey_undo", **SHORT, **RETRIES)
def survey_undo(survey_id: int) -> None:
    previews.work_on_survey(survey_id)


@shared_task(name="imports.tasks.list_leavers", **LONG, **RETRIES)
def list_leavers(survey_id: int) -> None:
    surveys.work_on_list(survey_id)


@shared_task(name="imports.tasks.disable", **SHORT, **RETRIES)
def disable(disabling_id: int) -> None:
    disabling.work_on_disabling(disabling_id)


@shared_task(name="imports.tasks.deliver_notification", **limit(NOTIFICATION_SECONDS), **RETRIES)
def deliver_notification(notification_id: int) -> None:
    deliver(notification_id)


@shared_task(
    name="imports.tasks.send_completion_mail",
    **SHORT,
    **{**RETRIES, "autoretry_for": (*RETRIES["autoretry_for"], SMTPException, OSError)},
)
def send_completion_mail(requested_job_id: int) -> None:
    completions.send_completion_mail(requested_job_id)


@shared_task(name="imports.tasks.hold_rate_limit", **SHORT)
def hold_rate_limit(job_id: int, token: str) -> None:
    rate_limits.hold_rate_limit(job_id, token)


@shared_task(name="imports.tasks.sweep", **SHORT)
def sweep() -> None:
    recovery.sweep()
    sweep_notifications()
    undoing.sweep_undos()
    disabling.sweep_disablings()


@shared_task(name="imports.tasks.mark_moved", **SHORT)
def mark_moved() -> None:
    marking.mark_moved()


@shared_task(name="imports.tasks.send_invitations", **SHORT)
def send_invitations() -> None:
    sending.send_invitations()


@shared_task(name="imports.tasks.hash_passwords", **SHORT)
def hash_passwords() -> None:
    if background.hash_for_a_while():
        queue.enqueue_hashing()


@shared_task(name="imports.tasks.purge_expired", **SHORT)
def purge_expired() -> None:
    retention.purge_expired()
    partial_uploads.drop_abandoned()
    retention.sweep_files()
    access_tokens.delete_expired()
    request_keys.forget_keys()
    secrets.delete_expired()
    requested_jobs.forget_requested_jobs()
    day_jobs.close_past_days()


@shared_task(name="imports.tasks.count_sources", **SHORT)
def count_sources() -> None:
    progress.count_sources()
