"""Take a file in and have a first look at it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Any, BinaryIO, cast

from django.core.files import File
from django.db import transaction

from accounts.models import User
from accounts.selectors.attributes import read_rules
from imports.core.corrections import read_corrections
from imports.core.errors import ImporterError
from imports.core.inspection import untrusted
from imports.core.inspection.inspection import Inspection
from imports.core.mapping import build_mapping, suggest_mapping
from imports.core.readers import ReaderOptions
from imports.engine.files.job_files import open_file, store_file
from imports.models import ImportJob
from imports.services.jobs.shown import lock_as_shown
from imports.services.jobs.transitions import note_event, require, take_action
from imports.services.mapping.password_summary import count_sample
from imports.states import JobAction, JobState

READ_BYTES = 1 << 20
# What a job over the same file shares with the first.
COPIED_FIELDS = (
    "name",
    "file_name",
    "file_size",
    "file_sha256",
    "reader_options",
    "inspection",
    "provider",
    "mapping",
    "mode",
    "chunk_rows",
    "secret_answers",
    "template_version",
    "matching_key",
    "conflicts",
    "field_policies",
    "rate_limit",
    "failure_threshold",
    "failure_sample",
    # What they prepared is in the copy.
    "preparers",
)


def create_job(
    file: File[bytes],
    *,
    actor: User,
    name: str = "",
    chosen: Mapping[str, Any] | None = None,
    provider: str = "",
) -> ImportJob:
    """Store the file privately and return a job with what its head shows and a mapping for it.

    Reading options that are `chosen`, and `provider`, overrule what is recognised. Reads the
    file once for its digest and parses only its head. Raises FileFormatError, and keeps nothing,
    when no user can be read from it.
    """
    file_name = PurePath(file.name or "upload").name[:300]
    inspection = untrusted.inspect(
        _binary(file), file_name=file_name, chosen=chosen, provider=provider
    )
    job = ImportJob(
        name=name or file_name[:200],
        file_name=file_name,
        file_size=file.size,
        file_sha256=digest_file(file),
        created_by=actor,
    )
    _apply_inspection(job, inspection, _binary(file))
    store_file(job, file, file_name)
    with transaction.atomic():
        job.save()
        note_event(job, "upload", actor=actor, detail={"file": file_name, "bytes": file.size})
    return job


@transaction.atomic
def copy_job(job: ImportJob, *, actor: User, shown: str | None = None) -> ImportJob:
    """Return a new job over the same file, with the same mapping and options, ready for a dry run.

    It makes the corrections that were chosen before the run of the other, and no others.
    Raises ImporterError when the file was deleted, and ChangedMeanwhile when the job is not as it
    was `shown`.
    """
    lock_as_shown(job, shown, "copy", actor=actor)
    if not job.file:
        raise ImporterError(
            "The file was deleted because its job is done or its retention period has ended. "
            "Upload it again."
        )
    copied = ImportJob(created_by=actor, state=JobState.MAPPED)
    for name in COPIED_FIELDS:
        setattr(copied, name, getattr(job, name))
    corrections = read_corrections(job.corrections)
    copied.corrections = [
        each.to_json() for each in corrections if each.is_for_run and not each.is_undone
    ]
    with open_file(job) as file:
        store_file(copied, File(file, name=job.file_name), job.file_name)
    copied.save()
    detail = {"file": job.file_name, "bytes": job.file_size, "job": job.pk}
    note_event(copied, "copy", actor=actor, detail=detail)
    return copied


@transaction.atomic
def inspect_again(
    job: ImportJob,
    options: ReaderOptions,
    *,
    actor: User,
    provider: str = "",
    shown: str | None = None,
) -> None:
    """Read the head of the file with other options and suggest another mapping, to be saved.

    If another member is chosen, everything but its name is detected again.
    Raises FileFormatError, and changes nothing, when it cannot be read that way; InvalidTransition
    while the job is busy and once its run began; and ChangedMeanwhile when it is not as it was
    `shown`.
    """
    lock_as_shown(job, shown, "read again", actor=actor)
    require(job, JobAction.READ_AGAIN)
    with open_file(job) as file:
        is_other = options.member not in ("", job.reader_options["member"])
        inspection = untrusted.inspect(
            file,
            file_name=job.file_name,
            options=None if is_other else options,
            chosen={"member": options.member} if is_other else None,
            provider=provider,
        )
        _apply_inspection(job, inspection, file)
    names = ("reader_options", "inspection", "provider", "mapping")
    take_action(
        job,
        JobAction.READ_AGAIN,
        actor=actor,
        detail=inspection.options.to_json(),
        template_version=None,
        dry_run_report={},
        phase="",
        error="",
        **{name: getattr(job, name) for name in names},
    )


def _apply_inspection(job: ImportJob, inspection: Inspection, file: BinaryIO) -> None:
    suggestions = suggest_mapping(inspection, read_rules())
    mapping = build_mapping(suggestions, inspection.provider, source_name="")
    password_summary = count_sample(file, inspection, mapping)
    job.reader_options = inspection.options.to_json()
    job.inspection = replace(inspection, password_summary=password_summary).to_json()
    job.provider = inspection.provider
    job.mapping = mapping.model_dump(mode="json")


def digest_file(file: File[bytes]) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    file.seek(0)
    digest = hashlib.sha256()
    while portion := file.read(READ_BYTES):
        digest.update(portion)
    return digest.hexdigest()


def _binary(file: File[bytes]) -> BinaryIO:
    file.seek(0)
    return cast(BinaryIO, file.file)
