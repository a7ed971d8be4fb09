"""What each stage of an import costs, in CPU time per user.

One process, no queue. Python's time is the process's own, PostgreSQL's that of its connection's
backend, so that other programs on the machine disturb the figures little.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks import jobs, reports, users
from benchmarks.processes import read_seconds

# Functions whose time is a stage's own, without that of the stages within; `rows` marks those
# called for each row, where asking for the backend's time would cost more than the stage.
STAGES = (
    ("stage", "imports.services.runs.worker.stage_file", ""),
    ("read", "imports.engine.files.staging.read_encoded", "generator"),
    ("decrypt", "imports.engine.duplicates.unpack_chunk", ""),
    ("decrypt", "imports.engine.joining.unpack_chunk", ""),
    ("decrypt", "imports.engine.context.decode_row", "rows"),
    ("columns", "imports.engine.duplicates.read_columns", ""),
    ("columns", "imports.engine.chunks.read_columns", ""),
    ("map", "imports.core.mapping.mapper.RecordMapper.map_row", "rows"),
    ("validate", "imports.core.mapping.mapper.validate_record", "rows"),
    ("duplicates", "imports.services.runs.phases.resolve_duplicates", ""),
    ("snapshot", "imports.engine.chunks.read_snapshot", ""),
    ("snapshot", "imports.engine.chunks.part_rows", ""),
    ("plan", "imports.engine.chunks.plan_forms", ""),
    ("plan", "imports.engine.joining.plan_record", "rows"),
    ("write", "imports.engine.chunks.write_plans", ""),
    ("write", "imports.engine.chunks.create_users", ""),
    ("statuses", "imports.engine.chunks.write_statuses", ""),
    ("statuses", "imports.engine.columns.creating.insert_statuses", ""),
    ("statuses", "imports.engine.chunks.skip_users", ""),
    ("write", "imports.engine.chunks.change_users", ""),
    ("statuses", "imports.engine.columns.changing.insert_statuses", ""),
    ("findings", "imports.engine.chunks.report_losses", ""),
    ("findings", "imports.engine.chunks.report_chunk", ""),
)


class Clock:
    """Adds up CPU seconds by stage: of this process, and of its connection's backend."""

    def __init__(self) -> None:
        self.python: defaultdict[str, float] = defaultdict(float)
        self.database: defaultdict[str, float] = defaultdict(float)
        self._stages = ["rest"]
        self._python, self._database = time.process_time(), read_backend_seconds()

    def enter(self, stage: str, *, ask_database: bool) -> None:
        self._mark(ask_database)
        self._stages.append(stage)

    def leave(self, *, ask_database: bool) -> None:
        self._mark(ask_database)
        self._stages.pop()

    def _mark(self, ask_database: bool) -> None:
        stage, now = self._stages[-1], time.process_time()
        self.python[stage] += now - self._python
        self._python = now
        if ask_database:
            database = read_backend_seconds()
            self.database[stage] += database - self._database
            self._database = database
            # Asking is no part of the import.
            self._python = time.process_time()


def read_backend_seconds() -> float:
    """Return the CPU seconds of the connection's backend, which runs on this machine."""
    from django.db import connection

    return read_seconds(connection.connection.info.backend_pid)


@contextmanager
def watching(clock: Clock) -> Iterator[None]:
    """Have the clock told, for the block, when the import enters and leaves a stage."""
    from imports.services.runs.phases import WORK
    from imports.states import JobPhase

    indexing = WORK[JobPhase.INDEXING]
    index = replace(indexing, work=_watch(clock, "duplicates", indexing.work, ""))
    with ExitStack() as patches:
        patches.enter_context(patch.dict(WORK, {JobPhase.INDEXING: index}))
        for stage, path, kind in STAGES:
            module, _, name = path.rpartition(".")
            original = _find(module, name)
            patches.enter_context(patch(path, _watch(clock, stage, original, kind)))
        yield


def _find(module: str, name: str) -> Any:
    import importlib

    try:
        return getattr(importlib.import_module(module), name)
    except ModuleNotFoundError:
        owner, _, outer = module.rpartition(".")
        return getattr(getattr(importlib.import_module(owner), outer), name)


def _watch(clock: Clock, stage: str, function: Callable[..., Any], kind: str) -> Any:
    ask_database = kind == ""

    def call(*args: Any, **kwargs: Any) -> Any:
        clock.enter(stage, ask_database=ask_database)
        try:
            return function(*args, **kwargs)
        finally:
            clock.leave(ask_database=ask_database)

    def generate(*args: Any, **kwargs: Any) -> Iterator[Any]:
        rows = function(*args, **kwargs)
        while True:
            clock.enter(stage, ask_database=False)
            row = next(rows, None)
            clock.leave(ask_database=False)
            if row is None:
                return
            yield row

    return generate if kind == "generator" else call


def measure(path: Path, mode: str, chunk_rows: int, *, is_dry: bool = False) -> Clock:
    """Import a file in this process, as a worker does, and return what each stage took.

    Or only try it out.
    """
    job = jobs.make_job(path, mode, chunk_rows)
    clock = Clock()
    with watching(clock):
        (jobs.try_here if is_dry else jobs.run_here)(job)
    return clock


def measure_all(folder: Path, count: int, chunk_rows: int) -> Iterator[reports.Table]:
    """Yield a table for each kind of run."""
    from importer_site.celery import collect_seldom

    collect_seldom()
    jobs.empty_tables()
    first, second = folder / "users.ndjson", folder / "changed.ndjson"
    users.write_users(first, count)
    users.write_users(second, count, revision=1)
    for name, path, mode, is_dry in (
        ("dry run of new users", first, "skip", True),
        ("create", first, "skip", False),
        ("skip", first, "skip", False),
        ("dry run, unchanged", first, "update", True),
        ("update, unchanged", first, "update", False),
        ("update, changed", second, "update", False),
    ):
        yield tabulate(name, count, measure(path, mode, chunk_rows, is_dry=is_dry))


def tabulate(name: str, count: int, clock: Clock) -> reports.Table:
    table = reports.Table(f"Stages: {name}, µs of CPU per user", ("", "Python", "PostgreSQL"))
    order = dict.fromkeys([stage for stage, _, _ in STAGES] + ["rest"])
    for stage in order:
        table.add(stage, clock.python[stage] / count * 1e6, clock.database[stage] / count * 1e6)
    table.add(
        "all", sum(clock.python.values()) / count * 1e6, sum(clock.database.values()) / count * 1e6
    )
    return table
