"""What a notice says: the JSON of a webhook, and the texts of an e-mail."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import orjson
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from imports.models import ImportJob, Notice, NoticeEvent
from imports.selectors import get_totals

PAGES = {
    NoticeEvent.CHECKED: "imports:check",
    NoticeEvent.APPROVAL_WANTED: "imports:check",
    NoticeEvent.APPROVED: "imports:check",
    NoticeEvent.REJECTED: "imports:check",
    NoticeEvent.REFUSED: "imports:check",
    NoticeEvent.COMPLETED: "imports:results",
    NoticeEvent.UNDONE: "imports:undo",
    NoticeEvent.STOPPED: "imports:job",
}
# What is told of a plan: the beginning of the subject, a sentence, and what to do.
PLAN_WORDS = {
    NoticeEvent.APPROVAL_WANTED: (
        "Approval wanted",
        "was checked and waits for the approval of a second person: nothing is imported before.",
        "Look at the plan, and approve or reject it",
    ),
    NoticeEvent.APPROVED: ("Approved", "was approved and can be imported.", "Import it"),
    NoticeEvent.REJECTED: (
        "Rejected",
        "was not approved. Nothing was imported.",
        "See why, change it and check it again",
    ),
    NoticeEvent.REFUSED: (
        "Not imported",
        "was not imported: something has changed since it was checked, and the plan that was"
        " approved does not hold any more.",
        "See what has changed, and check it again",
    ),
}


def build_payload(notice: Notice) -> str:
    """Return the body for a webhook. It tells of the job and names none of its users."""
    data = _describe_job(notice) if notice.job else {}
    content = {"type": notice.event, "timestamp": notice.created_at, "data": data}
    return orjson.dumps(content).decode()


def _describe_job(notice: Notice) -> dict[str, Any]:
    job = _get_job(notice)
    return {
        "job_id": job.pk,
        "name": job.name,
        "state": job.state,
        "attempt": job.attempt,
        "url": find_page(notice),
        "provider": job.provider,
        "mode": job.mode,
        "file": {"name": job.file_name, "size": job.file_size, "sha256": job.file_sha256},
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "counts": count_outcomes(notice),
        "error": job.error,
    }


def count_outcomes(notice: Notice) -> dict[str, int]:
    """Return how many records there are by outcome; of a check, by what would become of them."""
    job = _get_job(notice)
    if notice.event == NoticeEvent.CHECKED or notice.event in PLAN_WORDS:
        counts: dict[str, int] = job.check_report.get("outcomes", {})
        return counts
    return get_totals(job)


def find_page(notice: Notice) -> str:
    """Return the full address of the page that shows what the notice is about."""
    page = PAGES[NoticeEvent(notice.event)]
    return urljoin(settings.PUBLIC_URL, reverse(page, args=[_get_job(notice).pk]))


def build_email(notice: Notice) -> tuple[str, str, str]:
    """Return subject, text and HTML of the e-mail to a follower."""
    job = _get_job(notice)
    counts = count_outcomes(notice)
    context = {
        "notice": notice,
        "job": job,
        "person": notice.person,
        "url": find_page(notice),
        "counts": counts,
        "is_undone": notice.event == NoticeEvent.UNDONE,
        "is_checked": notice.event == NoticeEvent.CHECKED or notice.event in PLAN_WORDS,
        "plan_words": PLAN_WORDS.get(NoticeEvent(notice.event)),
        "plan": job.plans.select_related("decided_by").first(),
        "is_stopped": notice.event == NoticeEvent.STOPPED,
    }
    subject = " ".join(render_to_string("imports/email/job_subject.txt", context).split())
    text = render_to_string("imports/email/job.txt", context)
    return subject, text, render_to_string("imports/email/job.html", context)


def _get_job(notice: Notice) -> ImportJob:
    if notice.job is None:
        raise ValueError(f"Notice {notice.pk} is about no job.")
    return notice.job
