"""What undoing costs, against the import that is undone: in CPU time, and by the clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from benchmarks import jobs, reports, site, users
from benchmarks.stages import read_backend_seconds

if TYPE_CHECKING:
    from imports.models import ImportJob

RUNS = (("create", "users.ndjson", "skip"), ("update, changed", "changed.ndjson", "update"))


def measure_all(folder: Path, count: int, chunk_rows: int) -> Iterator[reports.Table]:
    """Yield a table of CPU time in one process, and one of rates with workers."""
    for revision, (_, name, _) in enumerate(RUNS):
        users.write_users(folder / name, count, revision=revision)
    yield measure_cost(folder, count, chunk_rows)
    yield measure_rates(folder, count, chunk_rows)


def measure_cost(folder: Path, count: int, chunk_rows: int) -> reports.Table:
    from importer_site.celery import collect_seldom

    collect_seldom()
    jobs.empty_tables()
    table = reports.Table(
        f"Undoing {count:,} users: µs of CPU per user, one process",
        ("", "Python", "PostgreSQL", "of its run"),
    )
    made = []
    for name, file, mode in RUNS:
        job = jobs.make_job(folder / file, mode, chunk_rows)
        run = _spend(jobs.run_here, job, count)
        table.add(name, *run, None)
        made.append((name, job, sum(run)))
    for name, job, seconds in reversed(made):
        undo = _spend(undo_here, job, count)
        table.add(f"undo of {name}", *undo, sum(undo) / seconds)
    return table


def _spend(work: Callable[[ImportJob], None], job: ImportJob, count: int) -> tuple[float, float]:
    """Return the CPU time of this process and of its backend, in µs for each user."""
    python, database = time.process_time(), read_backend_seconds()
    work(job)
    spent = (time.process_time() - python, read_backend_seconds() - database)
    return spent[0] / count * 1e6, spent[1] / count * 1e6


def undo_here(job: ImportJob) -> None:
    """Undo a whole job in this process, with no queue between."""
    from imports.core.planning.undo import UndoOptions
    from imports.services.undo import undoing

    with patch("imports.services.jobs.queue._send"):
        undo = undoing.start_undo(job, UndoOptions(), actor=job.created_by)
        undoing.work_on_undo(undo.pk)
    expect_undone(job)


def measure_rates(folder: Path, count: int, chunk_rows: int) -> reports.Table:
    table = reports.Table(f"Undoing {count:,} users with 2 workers", ("", "users/s", "of its run"))
    jobs.empty_tables()
    made = []
    with site.running_workers(2):
        for name, file, mode in RUNS:
            job = jobs.make_job(folder / file, mode, chunk_rows)
            made.append((name, job, jobs.run_to_end(job)))
            table.add(name, count / made[-1][2], None)
        for name, job, seconds in reversed(made):
            undone = undo_to_end(job)
            table.add(f"undo of {name}", count / undone, seconds / undone)
    return table


def undo_to_end(job: ImportJob) -> float:
    """Have the workers undo a whole job; return the seconds from start to end."""
    from imports.core.planning.undo import UndoOptions
    from imports.services.undo import undoing
    from imports.states import JobState

    started = time.perf_counter()
    undoing.start_undo(job, UndoOptions(), actor=job.created_by)
    while job.state == JobState.UNDOING:
        time.sleep(jobs.POLL_SECONDS)
        job.refresh_from_db(fields=["state"])
    seconds = time.perf_counter() - started
    expect_undone(job)
    return seconds


def expect_undone(job: ImportJob) -> None:
    """Stop everything when an undo has left anybody."""
    from imports.models import Undo

    undo = Undo.objects.get(job=job)
    if undo.error or any(name.startswith("left") for name in undo.counts):
        raise SystemExit(f"The undo went wrong: {undo.error}, {undo.counts}.")
