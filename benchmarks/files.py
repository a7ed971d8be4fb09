"""What it costs to have files encrypted, and read by a process with limits where that is needed.

CPU time of this process and its children for one user: a file as it is on disk, read here, against
the same file encrypted and read as a worker reads it, one after the other. Columns are medians;
the difference is that of the pairs, with the smallest and the largest.
"""

from __future__ import annotations

import csv
import gzip
import resource
import sqlite3
import statistics
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, cast

from benchmarks import reports, users
from imports.core.files.sealed_files import Sealer, make_key, open_sealed
from imports.core.inspection.untrusted import look_around, read_encoded
from imports.core.readers import ReaderOptions, read_rows
from imports.core.readers.rows import encode_row
from imports.core.readers.surroundings import survey

PAIRS = 9
PORTION_BYTES = 1 << 20
COLUMNS = ("id", "username", "email", "email_verified", "given_name", "family_name", "hash")


def measure(folder: Path, count: int) -> reports.Table:
    """Tabulate each kind of file: encrypting it, and reading it both ways."""
    table = reports.Table(
        f"Encryption and reading of {count:,} users, µs for each",
        ("file", "encrypt", "read in clear", "read encrypted", "difference", "least", "most"),
    )
    for path, options in make_files(folder, count):
        sealed, key = path.with_name(f"{path.name}.sealed"), make_key()
        seconds = time_cpu(lambda: seal(path, sealed, key))  # noqa: B023 - called at once
        pairs = [
            (
                time_cpu(lambda: read_in_clear(path, options)),  # noqa: B023
                time_cpu(lambda: read_sealed(sealed, key, options)),  # noqa: B023
            )
            for _ in range(PAIRS)
        ]
        clear, encrypted = (statistics.median(side) for side in zip(*pairs, strict=True))
        more = sorted(second - first for first, second in pairs)
        figures = (seconds, clear, encrypted, statistics.median(more), more[0], more[-1])
        table.add(path.name, *(each / count * 1e6 for each in figures))
    return table


def make_files(folder: Path, count: int) -> Iterator[tuple[Path, ReaderOptions]]:
    """Yield files of the same users, with how to read each."""
    ndjson, table = folder / "users.ndjson", folder / "users.csv"
    users.write_users(ndjson, count)
    write_table(table, count)
    packed, archive, base = (folder / f"users.{end}" for end in ("csv.gz", "zip", "db"))
    packed.write_bytes(gzip.compress(table.read_bytes()))
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.write(table, table.name)
    write_database(base, count)
    yield ndjson, ReaderOptions("ndjson")
    yield table, ReaderOptions()
    yield packed, ReaderOptions()
    yield archive, ReaderOptions(member=table.name)
    yield base, ReaderOptions("sqlite", member="users")


def write_table(path: Path, count: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(make_rows(count))


def write_database(path: Path, count: int) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"CREATE TABLE users ({', '.join(COLUMNS)})")
        connection.executemany("INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?)", make_rows(count))


def make_rows(count: int) -> Iterator[tuple[str, ...]]:
    for number in range(count):
        name = f"user{number}"
        start = (f"bench-{number:09}", name, f"{name}@example.com", "true", "Given", "Family")
        yield *start, users.make_hash(number)


def time_cpu(work: Callable[[], object]) -> float:
    """Return the seconds of CPU time that this process and the children that it waits for take."""
    started = read_cpu()
    work()
    return read_cpu() - started


def read_cpu() -> float:
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in both)


def seal(path: Path, sealed: Path, key: bytes) -> None:
    with path.open("rb") as source, sealed.open("wb") as sink:
        sealer = Sealer(sink, key)
        while portion := source.read(PORTION_BYTES):
            sealer.write(portion)
        sealer.finish()


def read_in_clear(path: Path, options: ReaderOptions) -> None:
    with path.open("rb") as file:
        for row in read_rows(file, options):
            encode_row(row)
        survey(file, options)


def read_sealed(path: Path, key: bytes, options: ReaderOptions) -> None:
    with path.open("rb") as file, open_sealed(file, key) as content:
        for _ in read_encoded(cast(BinaryIO, content), options):
            pass
        look_around(cast(BinaryIO, content), options)
