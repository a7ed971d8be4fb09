"""`manage.py`: every command finds its servers, and those that need none start none."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.importer_site.conftest import PROJECT, await_condition, list_processes


def run_command(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_command_has_the_servers_while_it_runs(environment: dict[str, str], data_dir: Path) -> None:
    script = (
        "from django.db import connection; from django.core.cache import cache;"
        "cache.set('seen', 5); print(connection.pg_version // 10000 >= 15, cache.get('seen'))"
    )
    completed = run_command(environment, "shell", "--no-imports", "--command", script)
    assert completed.stdout.split() == ["True", "5"], completed.stderr
    assert await_condition(lambda: not list_processes(data_dir))


@pytest.mark.parametrize("arguments", [["help"], ["migrate", "--help"], ["version"], []])
def test_command_that_needs_no_server_starts_none(
    arguments: list[str], environment: dict[str, str], data_dir: Path
) -> None:
    completed = run_command(environment, *arguments)
    assert completed.returncode == 0, completed.stderr
    assert not data_dir.exists()


def test_help_lists_the_commands_of_the_project(environment: dict[str, str]) -> None:
    assert "[importer_site]\n    run" in run_command(environment, "help").stdout


def test_servers_that_cannot_start_end_the_command_without_a_traceback(
    environment: dict[str, str],
) -> None:
    completed = run_command({**environment, "USERFERRY_SERVICES": "docker"}, "check")
    assert completed.returncode == 1
    assert completed.stderr == (
        "error: USERFERRY_SERVICES is 'docker': use auto, system or wheel.\n"
    )
