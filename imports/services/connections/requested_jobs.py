"""Keep the jobs that programs ask for, and tell the result of each."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from imports.core.problems.of_updates import UNCHANGED
from imports.models import (
    Connection,
    ImportChunk,
    ImportRecord,
    RequestedJob,
    RequestedJobKind,
    Status,
)
from imports.services.connections.batches import Batch
from imports.services.jobs.queue import enqueue_completion_mail

# As long as a program may come back for the result.
KEPT = timedelta(days=7)
CHARACTERS = string.ascii_letters + string.digits
PREFIX, LENGTH = "job_", 16


@transaction.atomic
def keep_import(
    connection: Connection,
    batches: Sequence[Batch],
    options: Mapping[str, Any],
    *,
    tells_owner: bool,
) -> RequestedJob:
    """Keep an import that was written in these batches.

    With `tells_owner`, whoever the connection acts for is told the result by e-mail.
    """
    asked = _keep(connection, RequestedJobKind.IMPORT, options)
    chunks = (Q(job_id=each.job_id, number=each.number) for each in batches)
    asked.batches.set(ImportChunk.objects.filter(reduce(or_, chunks)))
    if tells_owner and connection.owner.email:
        enqueue_completion_mail(asked.pk)
    return asked


def keep_export(connection: Connection, options: Mapping[str, Any]) -> RequestedJob:
    return _keep(connection, RequestedJobKind.EXPORT, options)


def _keep(
    connection: Connection, kind: RequestedJobKind, options: Mapping[str, Any]
) -> RequestedJob:
    name = PREFIX + "".join(secrets.choice(CHARACTERS) for _ in range(LENGTH))
    return RequestedJob.objects.create(
        name=name, connection=connection, kind=kind, options=dict(options)
    )


def find_requested_job(name: str, connection: Connection | None = None) -> RequestedJob | None:
    """Return the job of this name, if it is the connection's and is not forgotten."""
    jobs = RequestedJob.objects.filter(name=name).select_related("connection__owner")
    return (jobs.filter(connection=connection) if connection else jobs).first()


def list_records(asked: RequestedJob) -> QuerySet[ImportRecord]:
    """Return the records of an import in their order, as they are by now."""
    meant = [
        Q(job_id=each.job_id, row_number__range=(each.first_row, each.last_row))
        for each in asked.batches.all()
    ]
    records = ImportRecord.objects.filter(reduce(or_, meant, Q(job_id=None)))
    return records.order_by("job_id", "row_number")


def count_records(asked: RequestedJob) -> dict[str, int]:
    """Return how many users were created, updated and failed, and how many records there are.

    Who had it all already counts as updated.
    """
    counts = {Status.CREATED: 0, Status.UPDATED: 0, Status.FAILED: 0}
    for status, reason in list_records(asked).order_by().values_list("status", "reason"):
        if status == Status.SKIPPED:
            status = Status.UPDATED if reason == UNCHANGED.code else Status.FAILED
        counts[Status(status)] += 1
    return {
        **{status.value: count for status, count in counts.items()},
        "total": sum(counts.values()),
    }


def list_failed(asked: RequestedJob) -> QuerySet[ImportRecord]:
    """Return the records of an import of which no user has come."""
    is_unchanged = Q(status=Status.SKIPPED, reason=UNCHANGED.code)
    return (
        list_records(asked).filter(status__in=[Status.FAILED, Status.SKIPPED]).exclude(is_unchanged)
    )


def forget_requested_jobs() -> None:
    """Delete what nobody will ask for again; the jobs and their records stay."""
    RequestedJob.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
