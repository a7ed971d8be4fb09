"""Disable the users who are missing from the file of `manage.py import_users`."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import reverse

from accounts.models import User
from imports.management.waiting import POLL_SECONDS, require_workers, wait_for_end
from imports.models import ImportJob
from imports.services.leavers.disabling import describe_counts, start_disabling
from imports.services.leavers.previews import preview_disabling
from imports.services.leavers.surveys import find_list
from imports.states import JobState

WORDS = {
    "disabled": "missing from the file: disabled",
    "kept": "missing from the file: kept",
    "inactive": "missing from the file: disabled before",
    "gone": "missing from the file: deleted before",
}


def disable_missing(job: ImportJob, actor: User, pool: Any, *, is_confirmed: bool) -> None:
    """Disable who is missing from the file of a completed job, and wait until that is done.

    A disabling that is under way is waited for. Does nothing when nobody can be disabled. Raises
    what `start_disabling` does.
    """
    if job.state != JobState.DISABLING:
        survey = find_list(job)
        while survey is not None and survey.listed_at is None:
            require_workers(job, pool)
            time.sleep(POLL_SECONDS)
            survey = find_list(job)
        preview = preview_disabling(survey, actor=actor) if survey else None
        if preview is None or not preview.disabled:
            return
        start_disabling(job, actor=actor, is_confirmed=is_confirmed)
    wait_for_end(job, pool)


def count_disabled(job: ImportJob) -> dict[str, int]:
    """Return the results of the latest decision about the missing users; nothing without any."""
    latest = job.disablings.first()
    return describe_counts(latest) if latest else {}


def name_counts(counts: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Yield each count that is not zero, with its words."""
    for name, count in counts.items():
        if count:
            yield WORDS[name], count


def find_leavers_page(job: ImportJob) -> str:
    return reverse("imports:leavers", args=[job.pk])
