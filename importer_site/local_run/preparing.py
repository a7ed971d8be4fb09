"""Bring the database up to date and make the first administrator, once however many ask."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from importer_site.celery import collect_seldom
from importer_site.local_run.administrator import Administrator, ensure_administrator

# Those that manage the database themselves, or look at it as it is.
LOOK_FOR_THEMSELVES = frozenset(
    {
        "check",
        "dbshell",
        "inspectdb",
        "makemigrations",
        "migrate",
        "optimizemigration",
        "run",
        "showmigrations",
        "sqlmigrate",
        "squashmigrations",
        "test",
    }
)
# These make an administrator, or work before there is one.
NEED_NO_ADMINISTRATOR = frozenset({"createsuperuser", "flush", "loaddata", "shell"})
# The applications whose commands read and write people.
OURS = frozenset({"accounts", "exports", "imports"})
# A number that nothing else in this database locks.
LOCK = 7_305_201_125


def prepare_for(command: str, write: Callable[[str], None]) -> None:
    """Prepare the embedded database for a management command; `write` gets what there is to say.

    Nothing is asked: a command may run from a script. Doing it twice does nothing.
    """
    if command in LOOK_FOR_THEMSELVES:
        return
    with _take_turn():
        is_new = _migrate()
        needs_administrator = is_new and command not in NEED_NO_ADMINISTRATOR
        administrator = (
            ensure_administrator(os.environ, may_ask=False) if needs_administrator else None
        )
    if administrator:
        write(f"Prepared a new database. {describe_administrator(administrator)}")


def is_behind(command: str) -> bool:
    """Return whether a command of ours would find a database without all of its tables."""
    if get_commands().get(command) not in OURS:
        return False
    return bool(_list_missing(MigrationExecutor(connection)))


def prepare_site(write: Callable[[str], None]) -> Administrator | None:
    """Bring the database up to date; return the first administrator if that was made now."""
    with _take_turn():
        missing = len(_list_missing(MigrationExecutor(connection)))
        if missing:
            write(f"Applying {missing} migrations to the database …")
        _migrate()
        return ensure_administrator(os.environ)


def describe_administrator(administrator: Administrator) -> str:
    """Say who can sign in; a generated password is shown this once."""
    if not administrator.is_generated:
        return f"Its first administrator is {administrator.email}."
    return (
        f"Its first administrator is {administrator.email} with the password"
        f" {administrator.password} (it is not shown again)."
    )


def _migrate() -> bool:
    """Apply what migrations are missing; return whether the database was empty."""
    executor = MigrationExecutor(connection)
    if _list_missing(executor):
        # Each migration makes all models again, a fifth of whose time went to looking for garbage.
        collect_seldom()
        call_command("migrate", interactive=False, verbosity=0)
    return not executor.loader.applied_migrations


def _list_missing(executor: MigrationExecutor) -> list[object]:
    return list(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def _take_turn() -> Iterator[None]:
    """Let one process at a time prepare the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
