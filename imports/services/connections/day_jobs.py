"""The job that a connection's records of a day belong to: opened by the first, closed afterwards.

It has no file, and stays open for the batches to come. Whoever retries or undoes it, or changes the
connection, closes it; what comes later that day opens another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError, transaction
from django.db import connection as database
from django.db.models import QuerySet
from django.utils import timezone
from psycopg.errors import UniqueViolation

from accounts.models import User
from imports.core.inspection.inspection import Inspection
from imports.core.planning.conflicts import Mode
from imports.core.readers import ReaderOptions
from imports.models import Connection, ImportJob
from imports.services.jobs.transitions import note_event, take_action
from imports.states import JobAction, JobState


@dataclass(frozen=True, slots=True)
class Variant:
    """Policies of a request that differ from the connection's: batches with them have their job."""

    name: str
    mode: Mode
    conflicts: Mapping[str, str] = field(default_factory=dict)
    field_policies: Mapping[str, str] = field(default_factory=dict)
    # As the connection's, if empty.
    matching_key: str = ""


@dataclass(frozen=True, slots=True)
class Reservation:
    """The number of a batch within its job, and of its first row."""

    batch: int
    first_row: int


def find_open_job(connection: Connection, variant: Variant | None = None) -> ImportJob:
    """Return the job of today for these policies, opening it if need be.

    Of several at once all get the same.
    """
    today = timezone.now().date()
    while True:
        job = _list_open(connection).filter(variant=variant.name if variant else "").first()
        if job is not None and job.day == today:
            return job
        if job is not None:
            _close(job, actor=None)
        try:
            with transaction.atomic():
                return _open(connection, today, variant)
        except IntegrityError as error:
            # Somebody else has opened it; anything else, such as a connection that is gone, lasts.
            if not isinstance(error.__cause__, UniqueViolation):
                raise


def build_job(connection: Connection, day: date, variant: Variant | None = None) -> ImportJob:
    """Return a job with a connection's settings, not saved."""
    mapping = connection.mapping
    job = ImportJob(
        name=f"{connection.name}, {day:%-d %b %Y}",
        state=JobState.RECEIVING,
        file_size=0,
        provider=mapping["provider"],
        mapping=mapping,
        secret_answers=connection.secret_answers,
        inspection=Inspection(ReaderOptions("json"), mapping["provider"], (), ()).to_json(),
        mode=connection.mode,
        matching_key=connection.matching_key,
        conflicts=connection.conflicts,
        field_policies=connection.field_policies,
        created_by=connection.owner,
        operator=connection.owner,
        preparers=connection.preparers,
        connection=connection,
        day=day,
        started_at=timezone.now(),
    )
    if variant is not None:
        job.variant, job.mode = variant.name, variant.mode.value
        job.conflicts, job.field_policies = dict(variant.conflicts), dict(variant.field_policies)
        job.matching_key = variant.matching_key or connection.matching_key
    return job


def reserve_rows(job: ImportJob, count: int) -> Reservation:
    """Take the numbers of a batch and its rows, at once for everybody: they may leave gaps.

    Not in the transaction that writes the batch: those of a connection would wait for each other.
    """
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE imports_importjob SET received_batches = received_batches + 1,"
            " received_rows = received_rows + %s, updated_at = now() WHERE id = %s"
            " RETURNING received_batches, received_rows",
            [count, job.pk],
        )
        batches, rows = cursor.fetchone()
    return Reservation(batches, rows - count + 1)


def close_open_jobs(connection: Connection, *, actor: User | None) -> None:
    """Close the jobs that a connection sends to, if there are any. Repeating is safe."""
    for job in _list_open(connection):
        _close(job, actor=actor)


def close_past_days() -> None:
    """Close the jobs of the days that are over."""
    past = ImportJob.objects.filter(state=JobState.RECEIVING, day__lt=timezone.now().date())
    for job in past:
        _close(job, actor=None)


def _list_open(connection: Connection) -> QuerySet[ImportJob]:
    return ImportJob.objects.filter(connection=connection, state=JobState.RECEIVING)


def _open(connection: Connection, day: date, variant: Variant | None) -> ImportJob:
    job = build_job(connection, day, variant)
    earlier = ImportJob.objects.filter(connection=connection, day=day, file_sha256="").count()
    if variant is not None:
        job.name += f", {variant.name}"
    if earlier:
        job.name += f" ({earlier + 1})"
    job.save()
    note_event(job, "open", actor=None)
    return job


@transaction.atomic
def _close(job: ImportJob, *, actor: User | None) -> None:
    job.refresh_from_db(from_queryset=ImportJob.objects.select_for_update(no_key=True))
    if job.state == JobState.RECEIVING:
        take_action(job, JobAction.CLOSE, actor=actor, finished_at=timezone.now())
