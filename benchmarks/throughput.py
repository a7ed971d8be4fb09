"""`python -m benchmarks.throughput`: imports through Celery against a bare COPY of the same rows.

Prints one JSON line for each measurement and a table at the end. Rates are in users per second.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import bare_copy, jobs, site, users


@dataclass(frozen=True)
class Measurement:
    """One run; `ratio` is its rate over that of `compared_with`."""

    name: str
    workers: int
    users: int
    seconds: float
    rate: float
    compared_with: str = ""
    ratio: float | None = None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=20_000)
    parser.add_argument("--chunk-rows", type=int, default=1000)
    options = parser.parse_args()
    site.prepare()
    found: list[Measurement] = []
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder) / "users.ndjson", Path(folder) / "changed.ndjson"
        users.write_users(first, options.users)
        users.write_users(second, options.users, revision=1)
        for workers in (1, 2):
            found += measure_workers(workers, first, second, options.users, options.chunk_rows)
    write_table(found)


def measure_workers(
    workers: int, first: Path, second: Path, count: int, chunk_rows: int
) -> list[Measurement]:
    """Measure the kinds of runs with so many workers, and COPY with as many connections."""
    jobs.empty_tables()
    found = []
    with site.running_workers(workers):
        created = jobs.run(first, "skip", chunk_rows)
        copied = bare_copy.measure(workers, chunk_rows)
        found.append(report("bare COPY", workers, count, copied))
        found.append(report("create", workers, count, created, against=found[0]))
        for name, path, mode in (
            ("skip", first, "skip"),
            ("update, unchanged", first, "update"),
            ("update, changed", second, "update"),
        ):
            seconds = jobs.run(path, mode, chunk_rows)
            found.append(report(name, workers, count, seconds, against=found[1]))
    return found


def report(
    name: str, workers: int, count: int, seconds: float, against: Measurement | None = None
) -> Measurement:
    rate = count / seconds
    measurement = Measurement(
        name,
        workers,
        count,
        round(seconds, 3),
        round(rate),
        against.name if against else "",
        round(rate / against.rate, 2) if against else None,
    )
    sys.stdout.write(json.dumps(asdict(measurement)) + "\n")
    sys.stdout.flush()
    return measurement


def write_table(found: list[Measurement]) -> None:
    lines = [f"{'':22}{'workers':>8}{'users/s':>10}{'ratio':>8}"]
    for each in found:
        ratio = f"{each.ratio:.2f} of {each.compared_with}" if each.ratio is not None else ""
        lines.append(f"{each.name:22}{each.workers:>8}{each.rate:>10,.0f}   {ratio}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
