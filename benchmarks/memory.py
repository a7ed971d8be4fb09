"""Peak memory of every process that has to do with a file, and how long its first look takes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from benchmarks import jobs, reports, site, users
from benchmarks.processes import list_children

MEGABYTE = 1 << 20
BYTES_PER_USER = 390


def measure(folder: Path, megabytes: list[int], chunk_rows: int) -> reports.Table:
    """Import files of several sizes, each by new workers, and tabulate peaks of resident memory.

    Each as it is and in an archive, which a worker unpacks while it reads.
    """
    table = reports.Table(
        "Peak resident memory in MB, and seconds from the end of an upload to its first look",
        ("file", "first look", "upload", *(f"worker {number}" for number in (1, 2)), "pool"),
    )
    for size in megabytes:
        plain = folder / f"users-{size}.ndjson"
        users.write_users(plain, size * MEGABYTE // BYTES_PER_USER)
        packed = plain.with_suffix(".zip")
        with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
            archive.write(plain, plain.name)
        name = f"{plain.stat().st_size / MEGABYTE:,.0f} MB"
        for path, shown in ((plain, name), (packed, f"{name}, zipped")):
            table.add(shown, *_import_file(path, chunk_rows))
            path.unlink()
    return table


def _import_file(path: Path, chunk_rows: int) -> Iterator[float]:
    jobs.empty_tables()
    with site.running_workers(2) as pool:
        reset_peak()
        started = time.perf_counter()
        job = jobs.make_job(path, "skip", chunk_rows)
        yield time.perf_counter() - started
        yield read_peak("self")
        jobs.run_to_end(job)
        peaks = sorted((read_peak(pid) for pid in list_children(pool.pid)), reverse=True)
        yield from peaks[:2]
        yield read_peak(pool.pid)
    job.file.delete(save=False)


def reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def read_peak(pid: int | str) -> float:
    """Return the most memory that a process had at once, in megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise LookupError(f"Process {pid} has no memory.")
