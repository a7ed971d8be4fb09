"""Run a real system in a folder of its own: install it, start it on this machine, ask it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

# Building or fetching a system may take minutes, and so may its first start on a busy machine.
PATIENCE = 1800


def run(command: list[str | Path], folder: Path, **environment: str) -> str:
    """Run a command in the folder to its end, and return what it printed.

    Raises AssertionError with the end of its output where it fails.
    """
    done = subprocess.run(  # noqa: S603
        list(map(str, command)),
        cwd=folder,
        env={**inherit(), **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
    return done.stdout


def inherit() -> dict[str, str]:
    """Return the environment without the settings of the site, which are not for others."""
    kept = ("PATH", "HOME", "LANG", "GOPROXY", "GOSUMDB", "GOFLAGS", "PIP_INDEX_URL", "JAVA_HOME")
    return {
        name: value
        for name, value in os.environ.items()
        if name in kept or name.lower().startswith(("npm_", "pip_", "http", "ssl_", "uv_"))
    }


def need(*commands: str) -> None:
    """Skip the test where the machine lacks a command."""
    for command in commands:
        if shutil.which(command) is None:
            pytest.skip(f"needs {command}")


def install_python(folder: Path, *requirements: str) -> Path:
    """Install pinned packages into an environment in the folder; return its folder of commands."""
    run([sys.executable, "-m", "venv", "venv"], folder)
    run(["venv/bin/pip", "install", "-q", *requirements], folder)
    return folder / "venv/bin"


def install_node(folder: Path, *packages: str) -> None:
    """Install pinned packages of npm into the folder, without running scripts of theirs."""
    need("node", "npm")
    run(["npm", "init", "-y"], folder)
    quiet = ("--silent", "--no-audit", "--no-fund", "--ignore-scripts")
    run(["npm", "install", *quiet, *packages], folder)


def build_go(folder: Path, module: str, *options: str) -> Path:
    """Build the command of a pinned Go module in the folder, with the replacements it names."""
    need("go", "cc")
    source = Path(json.loads(run(["go", "mod", "download", "-json", module], folder))["Dir"])
    copy = folder / "source"
    shutil.copytree(source, copy)
    for each in (copy, *copy.rglob("*")):
        each.chmod(0o755)
    run(["go", "build", *options, "-o", folder / "built", "."], copy, GOFLAGS="-mod=mod")
    return folder / "built"


@contextmanager
def serve(command: list[str | Path], folder: Path, url: str, **environment: str) -> Iterator[None]:
    """Run a server until the block ends; enter the block once its URL answers."""
    with (
        (folder / "server.log").open("w") as log,
        subprocess.Popen(  # noqa: S603
            list(map(str, command)),
            cwd=folder,
            env={**inherit(), **environment},
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            wait_for(url, process)
            yield
        finally:
            process.terminate()


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server has ended: read its server.log"
        try:
            ask("GET", url)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(url)


def ask(
    method: str, url: str, body: Any = None, headers: Mapping[str, str] | None = None
) -> tuple[int, Any]:
    """Send a request with a body of JSON, and return the status and the decoded answer."""
    data = None if body is None else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", "Accept": "application/json", **(headers or {})}
    request = urllib.request.Request(url, data, sent, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return answer.status, read(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, read(error.read())


def read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")
