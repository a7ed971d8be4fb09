"""Call an interface as its OpenAPI document allows, and as it does not, and compare the answers.

Schemathesis calls each operation with what it draws and with every limit of its schemas, and
follows what one answers to the next. It finds server errors, and answers that the document lacks.
The ordinary run stops after some seconds; `--long` goes on for minutes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
]
PHASES = "coverage,fuzzing,stateful"
SECONDS, LONG_SECONDS = 5, 180
EXAMPLES, LONG_EXAMPLES = 2, 50
# How often a value that leads further is drawn; the others lead nowhere.
OFTEN = 0.7

Compare = Callable[..., None]


@pytest.fixture
def compare_with_document(
    transactional_db: None, live_server: Any, pytestconfig: pytest.Config, tmp_path: Path
) -> Compare:
    """Return a function that fails with all that an interface answers unlike its document.

    It takes the path of the document and the headers of requests. `values` has, by place
    (`path.tenant`, `body.connection`), one that leads further than any that is drawn. `paths` is a
    pattern of those to call, and `phases`, `seconds` and `long_seconds` are what is run, and how
    long: drawing and following go on until the time is over.
    """
    is_long = pytestconfig.getoption("--long")

    def compare(
        document: str,
        headers: Mapping[str, str],
        *,
        values: Mapping[str, str | int] | None = None,
        paths: str = ".",
        phases: str = PHASES,
        seconds: int = SECONDS,
        long_seconds: int = LONG_SECONDS,
    ) -> None:
        # Read from the folder in which it runs.
        (tmp_path / "schemathesis.toml").write_text(_write_settings(values or {}))
        command = [
            *(sys.executable, "-m", "schemathesis.cli", "run", live_server.url + document),
            *(part for each in headers.items() for part in ("--header", ": ".join(each))),
            *("--include-path-regex", paths),
            *("--phases", phases, "--checks", ",".join(CHECKS)),
            *("--max-examples", str(LONG_EXAMPLES if is_long else EXAMPLES)),
            *("--max-time", str(long_seconds if is_long else seconds)),
            *("--generation-database", "none", "--seed", "1"),
            *("--continue-on-failure", "--no-color"),
        ]

        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, check=False, cwd=tmp_path
        )

        assert done.returncode == 0, done.stdout + done.stderr

    return compare


def _write_settings(values: Mapping[str, str | int]) -> str:
    """Return settings with a dictionary of one value for each place; JSON texts are TOML's."""
    lines = []
    for number, (place, value) in enumerate(values.items()):
        lines += [f"[dictionaries.v{number}]", f"values = [{json.dumps(value)}]"]
        lines += [f"[parameters.{json.dumps(place)}]", f'dictionary = "v{number}"']
        lines += [f"probability = {OFTEN}"]
    return "\n".join(lines)
