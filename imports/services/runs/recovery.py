"""Find work that stands still, and send it to the workers again."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Greatest
from django.utils import timezone

from imports.models import ImportJob
from imports.services.jobs.locks import Work, try_lock
from imports.services.jobs.queue import enqueue_chunks, enqueue_staging
from imports.services.jobs.rate_limits import send_writing
from imports.services.runs.phases import advance, list_workable
from imports.states import BUSY, JobPhase


def sweep() -> None:
    """Bring back what was lost: messages of a broker, chunks of dead workers, ends unnoticed."""
    for job in ImportJob.objects.filter(state__in=BUSY):
        _revive(job)


@transaction.atomic
def _revive(job: ImportJob) -> None:
    if job.phase == JobPhase.STAGING:
        if _is_idle(job) and try_lock(Work.STAGING, job.pk):
            _touch(job)
            enqueue_staging(job.pk)
        return
    workable = list_workable(job)
    if not workable.exists():
        advance(job.pk, may_search=False)
    elif _is_idle(job):
        free = list(workable.select_for_update(skip_locked=True).values_list("pk", flat=True))
        if len(free) == workable.count():
            _touch(job)
            if job.phase == JobPhase.WRITING:
                send_writing(job)
            else:
                enqueue_chunks(sorted(free))


def _is_idle(job: ImportJob) -> bool:
    """Return whether nobody began anything of the job's present phase lately."""
    latest = job.chunks.filter(attempt=job.attempt).aggregate(
        at=Greatest(Max("claimed_at"), Max("finished_at"))
    )["at"]
    timestamps = [at for at in (latest, job.enqueued_at) if at is not None]
    now = timezone.now()
    limit = now - timedelta(seconds=settings.IMPORT_IDLE_SECONDS)
    # A timestamp in the future was written before a clock was set back: it must not hold things up.
    return not any(limit <= at <= now for at in timestamps)


def _touch(job: ImportJob) -> None:
    ImportJob.objects.filter(pk=job.pk).update(enqueued_at=timezone.now())
