"""Delete what is no longer needed: uploads, source rows, and what a crash left on disk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import previewed_files
from imports.core.dry_run import forget_people
from imports.engine.files import parts as parts_of_files
from imports.engine.files.job_files import drop_file
from imports.engine.files.receiving import FOLDER
from imports.models import (
    CorrectedFile,
    DirectoryAttempt,
    HookAnswer,
    ImportChunk,
    ImportJob,
    ImportPlan,
    ImportRecord,
    JoinedRow,
    Leaver,
    LeaverSurvey,
    PartialUpload,
    RecordEdit,
    Status,
)
from imports.services.jobs.transitions import note_event
from imports.states import BUSY, JobState

# A file that was written to this lately belongs to a request that is under way.
LEFTOVER_AGE = timedelta(hours=1)
# Records that hold a source row, or what an update changed.
HOLDS_VALUES = Q(source__isnull=False) | Q(before__isnull=False)


def purge_expired() -> int:
    """Purge every job not worked on within the retention period; return how many those were."""
    cutoff = timezone.now() - timedelta(days=settings.IMPORT_RETENTION_DAYS)
    expired = ImportJob.objects.filter(updated_at__lt=cutoff).exclude(
        state__in=[*BUSY, JobState.RECEIVING]
    )
    jobs = list(expired.filter(purged_at=None, directory=None))
    for job in jobs:
        purge(job)
    _purge_migrated_users(cutoff)
    HookAnswer.objects.filter(at__lt=cutoff).delete()
    return len(jobs)


def _purge_migrated_users(cutoff: datetime) -> None:
    """Delete what is older from continuous jobs, which are never done as a whole."""
    arrived = ImportRecord.objects.filter(job__directory__isnull=False, written_at__lt=cutoff)
    arrived.filter(HOLDS_VALUES).update(source=None, before=None)
    old = DirectoryAttempt.objects.filter(at__lt=cutoff)
    old.exclude(status__in=[Status.CREATED, Status.UPDATED], marked_at=None).delete()


def sweep_files() -> int:
    """Delete stored files that no job has, and those of unfinished requests; return how many.

    A process that died in the middle left them, encrypted under a key that is gone with it, or
    somebody previewed an import in the admin and did not confirm it.
    """
    used = set(ImportJob.objects.exclude(file="").values_list("file", flat=True))
    for parts in PartialUpload.objects.values_list("parts", flat=True):
        used.update(name for name, _ in parts)
    cutoff = timezone.now() - LEFTOVER_AGE
    left = [
        name
        for folder in (FOLDER, parts_of_files.FOLDER, previewed_files.FOLDER, "imports")
        for name in _list_files(folder)
        if name not in used and default_storage.get_modified_time(name) < cutoff
    ]
    for name in left:
        default_storage.delete(name)
    return len(left)


def _list_files(folder: str) -> Iterator[str]:
    if not default_storage.exists(folder):
        return
    folders, files = default_storage.listdir(folder)
    yield from (f"{folder}/{name}" for name in files)
    for name in folders:
        yield from _list_files(f"{folder}/{name}")


def purge(job: ImportJob) -> None:
    """Delete the job's file, source rows, images of users before it, and examples of the dry run.

    Statuses and reasons stay; its updates cannot be undone any more. Doing it twice is safe.
    """
    with transaction.atomic():
        drop_file(job)
        ImportChunk.objects.filter(job=job).update(payload=None, planned=None)
        JoinedRow.objects.filter(job=job).delete()
        Leaver.objects.filter(job=job).delete()
        LeaverSurvey.objects.filter(job=job).update(listed_at=None)
        ImportRecord.objects.filter(HOLDS_VALUES, job=job).update(source=None, before=None)
        RecordEdit.objects.filter(job=job).update(original=None)
        CorrectedFile.objects.filter(job=job).update(rows=None)
        ImportJob.objects.filter(pk=job.pk).update(
            purged_at=timezone.now(),
            secret_answers="",
            dry_run_report=forget_people(job.dry_run) if job.dry_run else {},
            updated_at=timezone.now(),
        )
        for plan in ImportPlan.objects.filter(job=job).exclude(changes={}):
            plan.changes["examples"] = [{**each, "who": ""} for each in plan.changes["examples"]]
            plan.save(update_fields=["changes"])
        note_event(job, "purge", actor=None)
