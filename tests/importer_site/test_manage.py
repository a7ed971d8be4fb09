"""`manage.py`: every command finds its servers, and those that need none start none."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.importer_site.conftest import (
    PROJECT,
    Client,
    await_condition,
    list_processes,
    make_environment,
)


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


SAMPLE = "samples/aspnet_identity_users.csv"


def test_import_into_an_empty_data_folder_makes_database_and_operator(
    environment: dict[str, str],
) -> None:
    first = run_command(environment, "import_users", SAMPLE, "--json")
    second = run_command(environment, "import_users", SAMPLE, "--json")

    assert (first.returncode, json.loads(first.stdout)["created"]) == (0, 40), first.stderr
    assert (second.returncode, json.loads(second.stdout)["skipped"]) == (0, 40), second.stderr
    assert "Its first administrator is admin@example.com with the password " in first.stderr
    assert "administrator" not in second.stderr


def test_import_prints_progress_and_totals_alone(environment: dict[str, str]) -> None:
    chosen = {"ADMIN_EMAIL": "ann@example.com", "ADMIN_PASSWORD": "a long enough one"}

    completed = run_command({**environment, **chosen}, "import_users", SAMPLE)

    printed = completed.stderr.splitlines()
    steps = [line for line in printed if re.fullmatch(r"[a-z ]+: \d+%", line)]
    prepared = "Prepared a new database. Its first administrator is ann@example.com."
    assert [line for line in printed if line and line not in steps] == [prepared]
    assert "40 created" in completed.stdout


@pytest.mark.parametrize("command", ["migrate", "showmigrations"])
def test_command_about_migrations_finds_the_database_as_it_is(
    environment: dict[str, str], command: str
) -> None:
    completed = run_command(environment, command, "accounts")

    assert completed.returncode == 0
    assert "administrator" not in completed.stderr


def test_creating_a_superuser_makes_no_other_administrator(environment: dict[str, str]) -> None:
    password = {"DJANGO_SUPERUSER_PASSWORD": "a long enough one"}
    arguments = ["--no-input", "--subject_id", "ann", "--email", "ann@example.com"]

    completed = run_command({**environment, **password}, "createsuperuser", *arguments)

    assert completed.returncode == 0, completed.stderr
    assert "administrator" not in completed.stderr


def test_import_into_a_database_of_ones_own_asks_to_migrate_it(
    start_client: Callable[..., Client], tmp_path: Path
) -> None:
    url = start_client().urls[0]
    environment = make_environment(tmp_path / "data")
    needed = {
        "DATABASE_URL": url,
        "SECRET_KEY": "x" * 50,
        "USERFERRY_ENCRYPTION_KEYS": f"k1:{'A' * 43}=",
    }

    completed = run_command({**environment, **needed}, "import_users", SAMPLE)

    assert completed.returncode == 1
    assert completed.stderr == (
        "error: The database is behind this version. Run “manage.py migrate” first.\n"
    )
