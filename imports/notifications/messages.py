"""What a notification says: the JSON of a webhook, and the texts of an e-mail."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import orjson
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from imports.models import ImportJob, Notification, NotificationEvent
from imports.selectors import get_totals
from imports.services.leavers.disabling import describe_counts

PAGES = {
    NotificationEvent.DRY_RUN_DONE: "imports:dry_run",
    NotificationEvent.APPROVAL_WANTED: "imports:dry_run",
    NotificationEvent.APPROVED: "imports:dry_run",
    NotificationEvent.REJECTED: "imports:dry_run",
    NotificationEvent.REFUSED: "imports:dry_run",
    NotificationEvent.COMPLETED: "imports:results",
    NotificationEvent.DISABLED: "imports:disable",
    NotificationEvent.UNDONE: "imports:undo",
    NotificationEvent.STOPPED: "imports:job",
}
# What is told of a plan: the beginning of the subject, a sentence, and what to do.
PLAN_WORDS = {
    NotificationEvent.APPROVAL_WANTED: (
        "Approval required",
        "is waiting for approval by a second person. The dry run has finished and nothing has "
        "been imported yet.",
        "Review import plan",
    ),
    NotificationEvent.APPROVED: ("Approved", "was approved and can be imported.", "Start import"),
    NotificationEvent.REJECTED: (
        "Rejected",
        "was rejected. Nothing was imported.",
        "See reason",
    ),
    NotificationEvent.REFUSED: (
        "Not imported",
        "was not imported, because the import plan has changed since approval.",
        "See changes",
    ),
}


def build_payload(notification: Notification) -> str:
    """Return the body for a webhook. It tells of the job and names none of its users."""
    data = _describe_job(notification) if notification.job else {}
    content = {"type": notification.event, "timestamp": notification.created_at, "data": data}
    return orjson.dumps(content).decode()


def _describe_job(notification: Notification) -> dict[str, Any]:
    job = _get_job(notification)
    return {
        "job_id": job.pk,
        "name": job.name,
        "state": job.state,
        "attempt": job.attempt,
        "url": find_page(notification),
        "provider": job.provider,
        "mode": job.mode,
        "file": {"name": job.file_name, "size": job.file_size, "sha256": job.file_sha256},
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "counts": count_statuses(notification),
        "error": job.error,
    }


def count_statuses(notification: Notification) -> dict[str, int]:
    """Return how many records there are by status; of a dry run, by the planned one."""
    job = _get_job(notification)
    if notification.event == NotificationEvent.DRY_RUN_DONE or notification.event in PLAN_WORDS:
        return job.dry_run["statuses"] if job.dry_run else {}
    return get_totals(job)


def find_page(notification: Notification) -> str:
    """Return the full URL of the page that shows what the notification is about."""
    page = PAGES[NotificationEvent(notification.event)]
    return urljoin(settings.PUBLIC_URL, reverse(page, args=[_get_job(notification).pk]))


def build_email(notification: Notification) -> tuple[str, str, str]:
    """Return subject, text and HTML of the e-mail to a follower."""
    job = _get_job(notification)
    counts = count_statuses(notification)
    context = {
        "notification": notification,
        "job": job,
        "person": notification.person,
        "url": find_page(notification),
        "counts": counts,
        "is_undone": notification.event == NotificationEvent.UNDONE,
        "disabled": _count_disabled(job)
        if notification.event == NotificationEvent.DISABLED
        else None,
        "is_dry_run": notification.event == NotificationEvent.DRY_RUN_DONE
        or notification.event in PLAN_WORDS,
        "plan_words": PLAN_WORDS.get(NotificationEvent(notification.event)),
        "plan": job.plans.select_related("decided_by").first(),
        "is_stopped": notification.event == NotificationEvent.STOPPED,
    }
    subject = " ".join(render_to_string("imports/email/job_subject.txt", context).split())
    text = render_to_string("imports/email/job.txt", context)
    return subject, text, render_to_string("imports/email/job.html", context)


def _count_disabled(job: ImportJob) -> dict[str, int] | None:
    latest = job.disablings.first()
    return describe_counts(latest) if latest else None


def _get_job(notification: Notification) -> ImportJob:
    if notification.job is None:
        raise ValueError(f"Notification {notification.pk} is about no job.")
    return notification.job
