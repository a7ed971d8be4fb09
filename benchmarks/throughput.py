"""Imports through Celery against a bare COPY of the same rows, and against django-import-export."""

from __future__ import annotations

from pathlib import Path

from benchmarks import bare_copy, import_export, jobs, reports, site, users

PORTIONS = 10
CHUNK_SIZES = (100, 250, 500, 1000, 2000, 5000)


def measure(folder: Path, count: int, chunk_rows: int) -> reports.Table:
    """Tabulate every kind of run with one and two worker processes."""
    first, second = folder / "users.ndjson", folder / "changed.ndjson"
    users.write_users(first, count)
    users.write_users(second, count, revision=1)
    table = reports.Table(
        f"Import of {count:,} users in chunks of {chunk_rows:,}",
        ("", "users/s, 1 worker", "ratio 1", "users/s, 2 workers", "ratio 2", "to"),
    )
    found = [_measure_workers(workers, first, second, count, chunk_rows) for workers in (1, 2)]
    for name in found[0]:
        against = "" if name == "bare COPY" else "bare COPY" if name == "create" else "create"
        rates = [each[name] for each in found]
        ratios = [each[name] / each[against] if against else None for each in found]
        table.add(name, rates[0], ratios[0], rates[1], ratios[1], against)
    return table


def _measure_workers(
    workers: int, first: Path, second: Path, count: int, chunk_rows: int
) -> dict[str, float]:
    jobs.empty_tables()
    with site.running_workers(workers):
        created = jobs.run(first, "skip", chunk_rows)
        rates = {
            "bare COPY": count / bare_copy.measure(workers, chunk_rows),
            "create": count / created,
        }
        for name, path, mode in (
            ("skip", first, "skip"),
            ("update, unchanged", first, "update"),
            ("update, changed", second, "update"),
        ):
            rates[name] = count / jobs.run(path, mode, chunk_rows)
    return rates


def measure_others(folder: Path, count: int, chunk_rows: int) -> reports.Table:
    """Tabulate django-import-export over the head of a file, and two workers over all of it."""
    path = folder / "users.ndjson"
    users.write_users(path, count)
    jobs.empty_tables()
    with site.running_workers(2):
        ours = count / jobs.run(path, "skip", chunk_rows)
        again = count / jobs.run(path, "update", chunk_rows)
    table = reports.Table(
        "Against django-import-export over the same file",
        ("", "users/s", "Userferry is", "again, users/s", "Userferry again is"),
    )
    table.add("Userferry, 2 workers", ours, None, again, None)
    for name, tuned in (("defaults", False), ("tuned bulk mode", True)):
        first, second = import_export.measure(path, tuned=tuned)
        table.add(f"import-export, {name}", first, ours / first, second, again / second)
    return table


def measure_chunk_sizes(folder: Path, count: int) -> reports.Table:
    """Tabulate creating with two workers by the size of chunks."""
    path = folder / "users.ndjson"
    users.write_users(path, count)
    table = reports.Table(
        f"Size of chunks: {count:,} users created by 2 workers", ("rows", "users/s")
    )
    with site.running_workers(2):
        for rows in CHUNK_SIZES:
            jobs.empty_tables()
            table.add(rows, count / jobs.run(path, "skip", rows))
    return table


def measure_slope(folder: Path, count: int, chunk_rows: int) -> reports.Table:
    """Tabulate how fast each tenth of a run was: growing indexes may slow it, nothing else.

    How long COPY takes in the same run says how fast the machine was; its rows are held in memory.
    """
    from imports.models import ImportChunk, ImportJob

    path = folder / "users.ndjson"
    users.write_users(path, count)
    jobs.empty_tables()
    with site.running_workers(2):
        seconds = jobs.time_steps(jobs.make_job(path, "skip", chunk_rows))
    chunks = ImportChunk.objects.filter(job=ImportJob.objects.latest("pk")).order_by("finished_at")
    done = [
        (chunk.finished_at, chunk.rows)
        for chunk in chunks.only("finished_at", "rows")
        if chunk.finished_at
    ]
    copied = bare_copy.measure(2, chunk_rows)
    table = reports.Table(
        f"Slope: {count:,} users created by 2 workers in {sum(seconds.values()):,.0f} s"
        f" ({', '.join(f'{phase} {taken:,.0f} s' for phase, taken in seconds.items())});"
        f" bare COPY of the same rows: {copied:,.0f} s",
        ("part of the writing", "users/s", "of the first"),
    )
    size = max(len(done) // PORTIONS, 1)
    first: float | None = None
    for start in range(0, len(done) - size, size):
        part = done[start : start + size + 1]
        rate = sum(rows for _, rows in part[1:]) / (part[-1][0] - part[0][0]).total_seconds()
        first = first or rate
        table.add(f"{start * 100 // len(done)} %", rate, rate / first)
    return table
