"""Celery's entry points. Messages carry ids only; everything else is in the database."""

from __future__ import annotations

from typing import Any

from django.db import InterfaceError, OperationalError

from accounts import access_tokens
from importer_site.celery import app
from imports.notices.delivery import deliver, sweep_notices
from imports.services import (
    burn_down,
    inviting,
    marking,
    pacing,
    request_keys,
    retention,
    sweeping,
    undo_previews,
    undoing,
    work,
)

# A chunk that takes longer hangs: its worker is replaced, and its lock goes with it. The slowest
# honest chunk is 5,000 plain passwords on one core.
CHUNK_SECONDS = 1800
# The database is gone or a deadlock was broken: come back, a little later each time.
RETRIES: dict[str, Any] = {
    "autoretry_for": (OperationalError, InterfaceError),
    "retry_backoff": True,
    "retry_backoff_max": 30,
    "max_retries": 10,
}


@app.task(name="imports.tasks.stage", **RETRIES)
def stage(job_id: int) -> None:
    work.work_on_staging(job_id)


@app.task(name="imports.tasks.work", time_limit=CHUNK_SECONDS, **RETRIES)
def work_on_chunk(chunk_id: int) -> None:
    work.work_on_chunk(chunk_id)


@app.task(name="imports.tasks.undo", **RETRIES)
def undo(undo_id: int) -> None:
    undoing.work_on_undo(undo_id)


@app.task(name="imports.tasks.survey_undo", **RETRIES)
def survey_undo(survey_id: int) -> None:
    undo_previews.work_on_survey(survey_id)


@app.task(name="imports.tasks.deliver_notice", **RETRIES)
def deliver_notice(notice_id: int) -> None:
    deliver(notice_id)


@app.task(name="imports.tasks.keep_pace")
def keep_pace(job_id: int, token: str) -> None:
    pacing.keep_pace(job_id, token)


@app.task(name="imports.tasks.sweep")
def sweep() -> None:
    sweeping.sweep()
    sweep_notices()
    undoing.sweep_undos()


@app.task(name="imports.tasks.mark_moved")
def mark_moved() -> None:
    marking.mark_moved()


@app.task(name="imports.tasks.send_invitations")
def send_invitations() -> None:
    inviting.send_invitations()


@app.task(name="imports.tasks.purge_expired")
def purge_expired() -> None:
    retention.purge_expired()
    access_tokens.delete_expired()
    request_keys.forget_keys()


@app.task(name="imports.tasks.count_sources")
def count_sources() -> None:
    burn_down.count_sources()
