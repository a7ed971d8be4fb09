"""`python -m benchmarks.stages`: what each stage of an import costs, in CPU time per user.

One process, no queue. Python's time is the process's own, PostgreSQL's that of its connection's
backend, so that other programs on the machine disturb the figures little.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import site, users

TICK = 1 / os.sysconf("SC_CLK_TCK")


def read_backend_seconds(pid: int) -> float:
    """Return the CPU seconds of a PostgreSQL backend on this machine."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK


@dataclass
class Clock:
    """Adds up CPU seconds by stage: of this process, and of its connection's backend."""

    backend: int
    python: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    database: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        python, database = time.process_time(), read_backend_seconds(self.backend)
        yield
        self.python[name] += time.process_time() - python
        self.database[name] += read_backend_seconds(self.backend) - database


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=20_000)
    parser.add_argument("--chunk-rows", type=int, default=1000)
    options = parser.parse_args()
    site.prepare()
    from benchmarks.throughput import empty_tables
    from importer_site.celery import collect_seldom

    collect_seldom()
    empty_tables()
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder) / "users.ndjson", Path(folder) / "changed.ndjson"
        users.write_users(first, options.users)
        users.write_users(second, options.users, revision=1)
        for name, path, mode in (
            ("create", first, "skip"),
            ("skip", first, "skip"),
            ("unchanged", first, "update"),
            ("changed", second, "update"),
        ):
            report(name, options.users, measure(path, mode, options.chunk_rows))


def measure(path: Path, mode: str, chunk_rows: int) -> Clock:
    """Import a file in this process, as the worker does, and return what each stage took."""
    from django.db import connection, transaction
    from django.utils import timezone

    from benchmarks.throughput import make_job
    from imports.engine import indexing, running, staging
    from imports.engine.context import load_context, unpack_chunk
    from imports.engine.counting import count_plans
    from imports.engine.outcomes import write_outcomes
    from imports.engine.writing import write_plans
    from imports.models import ImportChunk

    job = make_job(path, mode, chunk_rows)
    connection.ensure_connection()
    clock = Clock(connection.connection.info.backend_pid)
    with clock.stage("stage"), transaction.atomic():
        staging.stage_file(job, lambda position: None)
    chunks = ImportChunk.objects.filter(job=job).order_by("number")
    ids = list(chunks.values_list("pk", flat=True))
    for pk in ids:
        with clock.stage("index"), transaction.atomic():
            chunk = ImportChunk.objects.select_for_update().get(pk=pk)
            indexing.index_chunk(chunk, load_context(job))
    with clock.stage("resolve"), transaction.atomic():
        indexing.resolve_duplicates(job)
    for pk in ids:
        with transaction.atomic():
            with clock.stage("load"):
                chunk = ImportChunk.objects.select_for_update().get(pk=pk)
                context = load_context(job)
            with clock.stage("decrypt"):
                raw = unpack_chunk(chunk)
            with clock.stage("map+validate"):
                rows = [context.mapper.map_row(row) for row in raw]
            with clock.stage("snapshot+plan"):
                plans, _ = running.plan_rows(rows, chunk, context, lock=True)
            now = timezone.now()
            with clock.stage("write"):
                write_plans(plans, now, context.source)
            with clock.stage("outcomes"):
                write_outcomes(chunk, plans, rows, raw, now)
                chunk.counts = count_plans(plans)
                chunk.payload = None
                chunk.save(update_fields=["state", "counts", "payload"])
            last = transaction.get_connection()
            with clock.stage("commit"):
                last.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    return clock


def report(name: str, count: int, clock: Clock) -> None:
    lines = [f"{name}: µs per user{'Python':>12}{'PostgreSQL':>12}"]
    totals: dict[str, Any] = {"python": 0.0, "database": 0.0}
    for stage in clock.python:
        python = clock.python[stage] / count * 1e6
        database = clock.database[stage] / count * 1e6
        totals["python"] += python
        totals["database"] += database
        lines.append(f"{stage:24}{python:>12.1f}{database:>12.1f}")
    lines.append(f"{'all':24}{totals['python']:>12.1f}{totals['database']:>12.1f}")
    sys.stdout.write("\n".join(lines) + "\n" + json.dumps({"run": name, **totals}) + "\n")


if __name__ == "__main__":
    main()
