"""Jobs for the benchmarks: made as the services make them, run by workers or in this process."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from benchmarks import users

if TYPE_CHECKING:
    from accounts.models import User
    from imports.models import ImportJob

# Each look takes the workers a millisecond of theirs.
POLL_SECONDS = 0.1


def empty_tables() -> None:
    from django.db import connection

    from accounts.models import Role

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_user, imports_importrecord CASCADE")
    Role.objects.get_or_create(key=users.ROLE)


def get_operator() -> User:
    """Return the administrator for whom everything is done."""
    from accounts.models import User

    operator, _ = User.objects.get_or_create(
        subject_id="operator", defaults={"is_superuser": True, "is_staff": True, "password": "!"}
    )
    return operator


def make_job(path: Path, mode: str, chunk_rows: int) -> ImportJob:
    """Upload a file as the services do and return its job, ready to run."""
    from django.core.files import File

    from imports.core.mapping import Mapping
    from imports.core.planning.conflicts import Mode
    from imports.services.files import uploads
    from imports.services.mapping import mappings

    operator = get_operator()
    with path.open("rb") as file:
        job = uploads.create_job(File(file, name=path.name), actor=operator)
    options = mappings.JobOptions(mode=Mode(mode), chunk_rows=chunk_rows)
    mappings.save_mapping(job, Mapping.model_validate(job.mapping), options, actor=operator)
    return job


def run(path: Path, mode: str, chunk_rows: int) -> float:
    """Import a file through the services and workers; return the seconds from start to end."""
    return run_to_end(make_job(path, mode, chunk_rows))


def run_to_end(job: ImportJob) -> float:
    """Have the workers run a job; return the seconds from start to end."""
    return sum(time_steps(job).values())


def time_steps(job: ImportJob) -> dict[str, float]:
    """Have the workers run a job; return the seconds of each phase, in their order."""
    from imports.services.runs import runs
    from imports.states import BUSY

    seconds: dict[str, float] = {}
    passed = time.perf_counter()
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    while job.state in BUSY:
        phase = job.phase
        time.sleep(POLL_SECONDS)
        job.refresh_from_db(fields=["state", "phase"])
        passed, before = time.perf_counter(), passed
        seconds[phase] = seconds.get(phase, 0) + passed - before
    expect_success(job)
    return seconds


def run_here(job: ImportJob) -> None:
    """Do all the work of a job's run in this process, with no queue between."""
    from imports.services.runs import runs

    with patch("imports.services.jobs.queue._send"):
        runs.start_run(job, actor=job.created_by, without_dry_run=True)
        _work(job)
    expect_success(job)


def try_here(job: ImportJob) -> None:
    """Do all the work of a job's dry run in this process."""
    from imports.services.runs import runs

    with patch("imports.services.jobs.queue._send"):
        runs.start_dry_run(job, actor=job.created_by)
        _work(job)
    if not job.dry_run_report:
        sys.exit(f"The dry run went wrong: {job.state}. {job.error}")


def _work(job: ImportJob) -> None:
    from imports.services.runs import phases, worker
    from imports.states import BUSY, JobPhase

    while job.state in BUSY:
        if job.phase == JobPhase.STAGING:
            worker.work_on_staging(job.pk)
        else:
            chunks = phases.list_workable(job).order_by("number")
            for pk in list(chunks.values_list("pk", flat=True)):
                worker.work_on_chunk(pk)
        job.refresh_from_db()


def expect_success(job: ImportJob) -> None:
    from imports.selectors import get_totals
    from imports.states import JobState

    job.refresh_from_db()
    totals = get_totals(job)
    if job.state != JobState.COMPLETED or totals["failed"]:
        sys.exit(f"The run went wrong: {job.state}, {totals}. {job.error}")
