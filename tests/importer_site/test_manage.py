"""`manage.py`: every command finds its servers, and those that need none start none."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.importer_site.conftest import (
    PROJECT,
    Client,
    await_condition,
    list_processes,
    make_environment,
    open_data_dir,
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


@pytest.mark.parametrize("arguments", [["migrate", "--help"], ["version"]])
def test_command_that_needs_no_server_starts_none(
    arguments: list[str], environment: dict[str, str], data_dir: Path
) -> None:
    completed = run_command(environment, *arguments)
    assert completed.returncode == 0, completed.stderr
    assert not data_dir.exists()


def test_help_lists_the_commands_of_the_project_and_starts_no_server(
    environment: dict[str, str], data_dir: Path
) -> None:
    assert "[importer_site]\n    run" in run_command(environment, "help").stdout
    assert not data_dir.exists()


def test_checks_of_every_page_load_no_models_of_scim(environment: dict[str, str]) -> None:
    """They take as long to make as all else, in each process that loads the site's URLs."""
    code = (
        "import sys; from importer_site import embedded; embedded.stand_in(); import django;"
        " django.setup(); from django.core.checks import run_checks; run_checks();"
        " assert 'imports.urls' in sys.modules; assert 'scim2_models' not in sys.modules"
    )
    settings = {"DJANGO_SETTINGS_MODULE": "importer_site.settings"}
    completed = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env=environment | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr


def test_servers_that_cannot_start_end_the_command_without_a_traceback(
    environment: dict[str, str],
) -> None:
    completed = run_command({**environment, "USERFERRY_SERVICES": "docker"}, "check")
    assert completed.returncode == 1
    assert completed.stderr == (
        "error: USERFERRY_SERVICES is 'docker': use auto, system or wheel.\n"
    )


SAMPLE = "samples/aspnet_identity_users.csv"
CHOSEN = {"ADMIN_EMAIL": "ann@example.com", "ADMIN_PASSWORD": "a long enough one"}
# Prints what the servers answer.
ASK_THE_SERVERS = (
    "from django.db import connection; from django.core.cache import cache;"
    "cache.set('seen', 5); print(connection.pg_version // 10000 >= 15, cache.get('seen'))"
)

Completed = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Imported:
    """The results of commands, one after the other, from an empty data folder on."""

    first: Completed
    again: Completed
    shell: Completed
    left_running: dict[int, str]


@pytest.fixture(scope="module")
def imported() -> Iterator[Imported]:
    with open_data_dir() as data_dir:
        environment = make_environment(data_dir)
        first = run_command({**environment, **CHOSEN}, "import_users", SAMPLE)
        again = run_command(environment, "import_users", SAMPLE, "--json")
        shell = run_command(environment, "shell", "--no-imports", "--command", ASK_THE_SERVERS)
        await_condition(lambda: not list_processes(data_dir))
        yield Imported(first, again, shell, list_processes(data_dir))


def test_import_into_an_empty_data_folder_makes_database_and_operator(imported: Imported) -> None:
    assert imported.first.returncode == 0, imported.first.stderr
    assert "40 created" in imported.first.stdout


def test_import_prints_progress_and_totals_alone(imported: Imported) -> None:
    printed = imported.first.stderr.splitlines()
    steps = [line for line in printed if re.fullmatch(r"[a-z ]+: \d+%", line)]
    prepared = "Prepared a new database. Its first administrator is ann@example.com."
    assert [line for line in printed if line and line not in steps] == [prepared]


def test_second_import_finds_what_the_first_made(imported: Imported) -> None:
    assert imported.again.returncode == 0, imported.again.stderr
    assert json.loads(imported.again.stdout)["skipped"] == 40
    assert "administrator" not in imported.again.stderr


def test_command_has_the_servers_while_it_runs(imported: Imported) -> None:
    assert imported.shell.stdout.split() == ["True", "5"], imported.shell.stderr
    assert imported.left_running == {}


@dataclass(frozen=True)
class Migrated:
    """The results of commands about the database, one after the other, from an empty folder on."""

    shown: Completed
    migrated: Completed
    superuser: Completed


@pytest.fixture(scope="module")
def migrated() -> Iterator[Migrated]:
    with open_data_dir() as data_dir:
        environment = make_environment(data_dir)
        yield Migrated(
            run_command(environment, "showmigrations", "accounts"),
            run_command(environment, "migrate", "accounts"),
            run_command(
                {**environment, "DJANGO_SUPERUSER_PASSWORD": "a long enough one"},
                *("createsuperuser", "--no-input"),
                *("--subject_id", "ann", "--email", "ann@example.com"),
            ),
        )


def test_command_about_migrations_finds_the_database_as_it_is(migrated: Migrated) -> None:
    assert "[ ] 0001_initial" in migrated.shown.stdout, migrated.shown.stderr
    assert migrated.migrated.returncode == 0, migrated.migrated.stderr
    assert "administrator" not in migrated.shown.stderr + migrated.migrated.stderr


def test_creating_a_superuser_makes_no_other_administrator(migrated: Migrated) -> None:
    assert migrated.superuser.returncode == 0, migrated.superuser.stderr
    assert "administrator" not in migrated.superuser.stderr


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
