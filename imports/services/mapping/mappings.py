"""Say where each column of a job's file goes, and how the job treats existing users."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db import transaction

from accounts.models import User
from accounts.selectors.attributes import read_rules
from imports.core.inspection.inspection import Inspection
from imports.core.mapping import Mapping, check_mapping
from imports.core.planning.conflicts import Mode
from imports.engine.answers import encrypt_answers, part_answers, read_secret_answers
from imports.engine.files.job_files import open_file
from imports.models import ImportJob
from imports.services.jobs.shown import lock_as_shown
from imports.services.jobs.transitions import refuse, take_action
from imports.services.mapping.password_summary import count_sample
from imports.states import JobAction

MIN_CHUNK_ROWS, MAX_CHUNK_ROWS = 1, 5000


@dataclass(frozen=True, slots=True)
class JobOptions:
    """What a job's operator chooses besides the mapping."""

    mode: Mode
    chunk_rows: int


def read_options(job: ImportJob) -> JobOptions:
    """Return the options that a job has."""
    return JobOptions(mode=Mode(job.mode), chunk_rows=job.chunk_rows)


def save_mapping(
    job: ImportJob,
    mapping: Mapping,
    options: JobOptions,
    *,
    actor: User,
    shown: str | None = None,
) -> None:
    """Set a job's mapping and options; the job is then ready for a dry run and a run.

    Answers that are secrets are kept encrypted apart from the mapping; those that it does not
    give stay as they are. Raises MappingError with everything that is wrong, InvalidTransition
    once the run began: its records would have been mapped in two ways, and ChangedMeanwhile when
    the job is not as it was `shown`.
    """
    if job.started_at is not None:
        raise refuse(job, JobAction.MAP)
    kept = read_secret_answers(job)
    given = {name: answer for name, answer in mapping.answers.items() if answer}
    mapping = mapping.model_copy(update={"answers": kept | given})
    inspection = Inspection.from_json(job.inspection)
    _check_mapping(mapping, inspection)
    if job.file:
        with open_file(job) as file:
            password_summary = count_sample(file, inspection, mapping)
        inspection = replace(inspection, password_summary=password_summary)
    visible, secret = part_answers(mapping)
    with transaction.atomic():
        lock_as_shown(job, shown, "map", actor=actor)
        take_action(
            job,
            JobAction.MAP,
            actor=actor,
            detail={"provider": mapping.provider, "mode": options.mode.value},
            mapping=visible.model_dump(mode="json"),
            secret_answers=job.secret_answers if secret == kept else encrypt_answers(secret),
            provider=mapping.provider,
            inspection=inspection.to_json(),
            mode=options.mode.value,
            chunk_rows=min(max(options.chunk_rows, MIN_CHUNK_ROWS), MAX_CHUNK_ROWS),
            dry_run_report={},
            phase="",
            error="",
        )


def _check_mapping(mapping: Mapping, inspection: Inspection) -> None:
    """Raise MappingError with everything that is wrong with a mapping of the inspected file."""
    columns = [column.name for column in inspection.columns]
    # A field of a JSON file may occur for the first time below the head that was inspected.
    is_table = inspection.options.is_table
    check_mapping(mapping, columns, read_rules(), columns_are_complete=is_table)


def list_secret_answers(job: ImportJob) -> list[str]:
    """Return the provider's questions whose answers are kept encrypted, without the answers."""
    return list(read_secret_answers(job))
