"""Exports of a source system with a name of its own, one after the other."""

from __future__ import annotations

from functools import partial
from typing import Any

from accounts.models import User
from imports.core.mapping import Mapping
from imports.core.planning.conflicts import Mode
from imports.models import ImportJob
from imports.services.jobs.policies import save_policies
from imports.services.mapping import mappings
from imports.services.runs import runs
from tests.imports.conftest import create_job, drain, run_to_the_end

SOURCE = "shop"


def make_record(number: int, **profile: Any) -> dict[str, Any]:
    """Return a record in the format of our own; its user goes by s and the number."""
    name = f"s{number}"
    return {"subject_id": name, "profile": {"email": f"{name}@example.com", **profile}}


def upload_export(
    records: list[Any] | bytes,
    *,
    actor: User,
    source: str = SOURCE,
    mode: Mode = Mode.SKIP,
    chunk_rows: int = 10,
    key: str = "subject_id",
    name: str = "",
    **changes: Any,
) -> ImportJob:
    """Upload records, or the bytes of a CSV file, and save a mapping with the source's name.

    `key` matches existing users; `changes` are fields of the mapping.
    """
    file_name = name or ("people.csv" if isinstance(records, bytes) else "people.ndjson")
    job = create_job(records, actor=actor, name=file_name)
    mapping = Mapping.model_validate(job.mapping)
    mapping = mapping.model_copy(update={"source_name": source, **changes})
    options = mappings.JobOptions(mode=mode, chunk_rows=chunk_rows)
    mappings.save_mapping(job, mapping, options, actor=actor)
    save_policies(job, conflicts={}, field_policies={}, matching_key=key, actor=actor)
    job.refresh_from_db()
    return job


def import_export(records: list[Any] | bytes, **options: Any) -> ImportJob:
    """Upload records as an export of the source, and import them to the end."""
    job = upload_export(records, **options)
    run_to_the_end(job)
    return job


def dry_run_export(records: list[Any] | bytes, **options: Any) -> ImportJob:
    """Upload records as an export of the source, and make a dry run of them."""
    job = upload_export(records, **options)
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    return job


def import_exports(*exports: list[Any], actor: User, **options: Any) -> ImportJob:
    """Import exports one after the other, and return the job of the last."""
    *earlier, last = exports
    bring = partial(import_export, actor=actor, **options)
    for records in earlier:
        bring(records)
    return bring(last)
