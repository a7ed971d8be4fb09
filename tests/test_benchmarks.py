"""The benchmarks run from end to end, at the smallest size that says anything."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


LONG = ["throughput", "others", "chunks", "slope", "stages", "undo", "files", "memory", "api"]


@pytest.mark.parametrize(
    "part",
    [
        *(pytest.param(each, marks=pytest.mark.long) for each in LONG),
        "hashing",
        "sign-in",
        "pages",
        "export",
    ],
)
def test_each_part_of_the_benchmarks_gives_its_figures(part: str) -> None:
    command = [sys.executable, "-m", "benchmarks", "--only", part, "--users", "200"]
    sizes = ["--records", "2000", "--megabytes", "1", "--passwords", "2"]

    output = subprocess.run(  # noqa: S603
        [*command, *sizes], cwd=ROOT, env=os.environ, check=True, capture_output=True, text=True
    ).stdout

    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    assert lines
    assert "**" in output
