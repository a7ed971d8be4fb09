"""Throws away what is no longer needed: uploads and source rows whose retention period ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from imports.core.findings import forget_people
from imports.models import (
    DirectoryAttempt,
    ImportChunk,
    ImportJob,
    ImportPlan,
    ImportRecord,
    MendedFile,
    Outcome,
    RecordEdit,
)
from imports.services.transitions import note_event
from imports.states import BUSY

# Records that hold a source row, or what an update changed.
HOLDS_VALUES = Q(source__isnull=False) | Q(before__isnull=False)


def purge_expired() -> int:
    """Purge every job not worked on within the retention period; return how many those were."""
    cutoff = timezone.now() - timedelta(days=settings.IMPORT_RETENTION_DAYS)
    expired = ImportJob.objects.filter(updated_at__lt=cutoff).exclude(state__in=BUSY)
    jobs = list(expired.exclude(file=""))
    for job in jobs:
        purge(job)
    _purge_arrivals(cutoff)
    return len(jobs)


def _purge_arrivals(cutoff: datetime) -> None:
    """Delete of legacy directories' standing jobs what is older: they are never done as a whole."""
    arrived = ImportRecord.objects.filter(job__directory__isnull=False, written_at__lt=cutoff)
    arrived.filter(HOLDS_VALUES).update(source=None, before=None)
    old = DirectoryAttempt.objects.filter(at__lt=cutoff)
    old.exclude(outcome__in=[Outcome.CREATED, Outcome.UPDATED], marked_at=None).delete()


def purge(job: ImportJob) -> None:
    """Delete the job's file, source rows, images of users before it, and examples of the check.

    Outcomes and reasons stay; its updates cannot be undone any more. Doing it twice is safe.
    """
    job.file.delete(save=False)
    with transaction.atomic():
        ImportChunk.objects.filter(job=job).update(payload=None, planned=None)
        ImportRecord.objects.filter(HOLDS_VALUES, job=job).update(source=None, before=None)
        RecordEdit.objects.filter(job=job).update(original=None)
        MendedFile.objects.filter(job=job).update(rows=None)
        ImportJob.objects.filter(pk=job.pk).update(
            file="",
            secret_answers="",
            check_report=forget_people(job.check_report),
            updated_at=timezone.now(),
        )
        for plan in ImportPlan.objects.filter(job=job).exclude(drift={}):
            plan.drift["examples"] = [{**each, "who": ""} for each in plan.drift["examples"]]
            plan.save(update_fields=["drift"])
        note_event(job, "purge", actor=None)
