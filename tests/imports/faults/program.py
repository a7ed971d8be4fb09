"""What the arena runs as processes: starts, resumes, undoes a job, disables, or sweeps for ever."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import django

SWEEP_SECONDS = 0.5


def start(path: Path, options: dict[str, Any]) -> int:
    """Upload a file, save the mapping suggested for it, and start its import."""
    from django.core.files import File

    from accounts.models import User
    from imports.core.mapping import Mapping
    from imports.core.planning.conflicts import Mode
    from imports.models import ImportJob
    from imports.services.files import uploads
    from imports.services.mapping import mappings
    from imports.services.runs import runs

    operator = User.objects.filter(subject_id="operator").first()
    if operator is None:
        operator = User(subject_id="operator", email="operator@example.com", password="!")
        operator.is_staff = operator.is_superuser = True
        operator.save()
    with path.open("rb") as file:
        job = uploads.create_job(File(file, name=path.name), actor=operator)
    chosen = mappings.JobOptions(Mode(options.pop("mode", "skip")), options.pop("chunk_rows", 50))
    mappings.save_mapping(job, Mapping.model_validate(job.mapping), chosen, actor=operator)
    ImportJob.objects.filter(pk=job.pk).update(**options)
    job.refresh_from_db()
    runs.start_run(job, actor=operator, without_dry_run=True)
    return job.pk


def resume(number: int) -> None:
    """Let a job that an error stopped go on."""
    from imports.models import ImportJob
    from imports.services.runs import runs

    job = ImportJob.objects.get(pk=number)
    runs.start_run(job, actor=job.created_by, without_dry_run=True)


def undo(number: int) -> None:
    """Begin to undo a job as a whole."""
    from imports.core.planning.undo import UndoOptions
    from imports.models import ImportJob
    from imports.services.undo import undoing

    job = ImportJob.objects.get(pk=number)
    undoing.start_undo(job, UndoOptions(), actor=job.created_by)


def stop_undo(number: int) -> None:
    from imports.models import ImportJob
    from imports.services.undo import undoing

    job = ImportJob.objects.get(pk=number)
    undoing.stop_undo(job, actor=job.created_by)


def disable(number: int) -> None:
    """Begin to disable the users who are missing from a job's file."""
    from imports.models import ImportJob
    from imports.services.leavers import disabling

    job = ImportJob.objects.get(pk=number)
    disabling.start_disabling(job, actor=job.created_by, is_confirmed=True)


def sweep() -> None:
    from django.db import InterfaceError, OperationalError, close_old_connections

    from imports.services.leavers import disabling
    from imports.services.runs import recovery
    from imports.services.undo import undoing

    while True:
        try:
            recovery.sweep()
            undoing.sweep_undos()
            disabling.sweep_disablings()
        except (OperationalError, InterfaceError):
            close_old_connections()
        time.sleep(SWEEP_SECONDS)


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "start":
        print(start(Path(sys.argv[2]), json.loads(sys.argv[3])))  # noqa: T201
    elif action := {
        "resume": resume,
        "undo": undo,
        "stop_undo": stop_undo,
        "disable": disable,
    }.get(sys.argv[1]):
        action(int(sys.argv[2]))
    else:
        sweep()
