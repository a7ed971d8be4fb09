"""`python -m benchmarks`: measures imports, always as ratios within one run.

Prints a JSON line for each figure as soon as it is known, and all tables in Markdown at the end.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import (
    api,
    costs,
    exporting,
    files,
    hashing,
    memory,
    pages,
    reports,
    sign_in,
    site,
    sources,
    stages,
    throughput,
    undoing,
)


def main() -> None:
    options = read_options()
    site.prepare()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        parts = list_parts(options, Path(name))
        chosen = options.only or list(parts)
        tables = [table for part in chosen for table in parts[part]()]
    for table in tables:
        reports.show(table)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--users", type=int, default=20_000, help="users in each file")
    parser.add_argument("--chunk-rows", type=int, default=2000)
    parser.add_argument("--records", type=int, default=50_000, help="records behind the pages")
    parser.add_argument("--megabytes", type=int, nargs="+", default=[10], help="sizes of files")
    parser.add_argument(
        "--passwords", type=int, default=64, help="sign-ins for each row, plain passwords"
    )
    parser.add_argument("--folder", help="where the files are made; has to be large enough")
    parser.add_argument("--only", nargs="+", choices=list(list_parts(None, Path())), metavar="PART")
    parser.epilog = f"Parts: {', '.join(list_parts(None, Path()))}."
    return parser.parse_args()


def list_parts(
    options: argparse.Namespace | None, folder: Path
) -> dict[str, Callable[[], Iterator[reports.Table]]]:
    """Return what can be measured, each as a function that yields its tables."""
    given = options or argparse.Namespace()
    return {
        "throughput": lambda: iter([throughput.measure(folder, given.users, given.chunk_rows)]),
        "others": lambda: iter([throughput.measure_others(folder, given.users, given.chunk_rows)]),
        "chunks": lambda: iter([throughput.measure_chunk_sizes(folder, given.users)]),
        "slope": lambda: iter([throughput.measure_slope(folder, given.users, given.chunk_rows)]),
        "stages": lambda: stages.measure_all(folder, given.users, given.chunk_rows),
        "sources": lambda: sources.measure_all(folder, given.users, given.chunk_rows),
        "undo": lambda: undoing.measure_all(folder, given.users, given.chunk_rows),
        "files": lambda: iter([files.measure(folder, given.users)]),
        "memory": lambda: iter([memory.measure(folder, given.megabytes, given.chunk_rows)]),
        "sign-in": lambda: sign_in.measure_all(given.passwords),
        "hashing": lambda: hashing.measure_all(
            folder, given.users, given.chunk_rows, given.passwords
        ),
        "costs": lambda: iter([costs.measure()]),
        "export": lambda: exporting.measure_all(given.users),
        "api": lambda: api.measure_all(folder, given.users, given.chunk_rows),
        "pages": lambda: iter([pages.measure(given.records)]),
    }


if __name__ == "__main__":
    main()
