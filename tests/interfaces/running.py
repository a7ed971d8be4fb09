"""Programs that others wrote, run as processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

# Clients of npm, and the scripts that call them.
NODE = Path(__file__).parent / "node"
needs_npm_clients = pytest.mark.skipif(
    not (NODE / "node_modules").exists() and os.environ.get("CI") != "true",
    reason="make test installs the clients of npm",
)


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path | None = None) -> str:
    """Return what a command prints, with more variables in its environment."""
    done = subprocess.run(  # noqa: S603
        command,
        env={**os.environ, **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run_node(script: str, environment: Mapping[str, str]) -> str:
    """Return what one of the scripts prints."""
    return run([str(Path(sys.executable).parent / "node"), script], environment, NODE)
