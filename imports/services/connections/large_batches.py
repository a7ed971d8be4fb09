"""Import more records than are written while their sender waits: as the file of a job."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from imports.core.errors import MappingError
from imports.core.planning.conflicts import Mode
from imports.engine.answers import read_mapping
from imports.models import Connection, ImportJob
from imports.services.connections.day_jobs import build_job
from imports.services.files.setup import Setup, set_up
from imports.services.files.uploads import create_job
from imports.services.jobs.request_keys import find_kept, keep_key, lock_key
from imports.services.runs import runs


@transaction.atomic
def start_large_batch(
    connection: Connection,
    content: bytes,
    *,
    syntax: str,
    is_dry_run: bool,
    key: str = "",
    digest: str = "",
) -> ImportJob:
    """Return a job over what was sent, with the connection's settings, that runs in the background.

    With `is_dry_run` it makes its dry run, and waits for an operator. With a `key`, the same
    request by its digest makes one job; raises KeyReused for another one. Raises ImporterError
    where imports have to be approved, and MappingError when no record at its head has what is
    mapped.
    """
    if key:
        lock_key(connection, key)
        if kept := find_kept(connection, key, digest):
            return kept.job
    job = _create_job(connection, content, syntax)
    if is_dry_run:
        runs.start_dry_run(job, actor=connection.owner)
    else:
        runs.start_run(job, actor=connection.owner, fails_undecided=True, without_dry_run=True)
    if key:
        keep_key(connection, key, digest, job)
    return job


def _create_job(connection: Connection, content: bytes, syntax: str) -> ImportJob:
    """Return a new job over what was sent that has the connection's settings."""
    template = build_job(connection, timezone.now().date())
    mapping = read_mapping(template)
    job = create_job(
        ContentFile(content, name=f"records.{syntax}"),
        actor=connection.owner,
        name=template.name,
        chosen={"syntax": syntax},
        provider=mapping.provider,
    )
    job.connection, job.day = connection, template.day
    job.preparers = list({*job.preparers, *connection.preparers})
    job.save(update_fields=["connection", "day", "preparers"])
    setup = Setup(
        mode=Mode(connection.mode),
        mapping=mapping,
        conflicts=connection.conflicts,
        field_policies=connection.field_policies,
        matching_key=connection.matching_key,
    )
    if faults := set_up(job, setup, actor=connection.owner):
        raise MappingError(faults)
    job.refresh_from_db()
    return job
