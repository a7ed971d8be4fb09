"""`manage.py import_users` in the process of the tests, where it starts in no time."""

from __future__ import annotations

import signal

import pytest
from django.core.management import base
from pytest_django.fixtures import Settings

from imports.management import disabling, waiting
from imports.management.commands import import_users
from tests.imports.commands import calling
from tests.imports.commands.calling import Run


@pytest.fixture
def run(
    db: None,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Return a function that calls the command with a worker that works here."""
    settings.IMPORT_WORKERS = f"{calling.__name__}.work_here"
    for module in (waiting, disabling):
        monkeypatch.setattr(module, "POLL_SECONDS", 0)
    # As its last act the command closes the connection, which here has the test's transaction.
    monkeypatch.setattr(base.connections, "close_all", lambda: None)

    def call(*arguments: object) -> tuple[int, str, str]:
        handler = signal.getsignal(signal.SIGTERM)
        status = 0
        try:
            import_users.Command().run_from_argv(
                ["manage.py", "import_users", *map(str, arguments)]
            )
        except SystemExit as ended:
            status = int(ended.code or 0)
        finally:
            signal.signal(signal.SIGTERM, handler)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return call


@pytest.fixture
def run_without_workers(run: Run, settings: Settings) -> Run:
    """Return a function that calls the command for what is refused before any worker starts."""
    settings.IMPORT_WORKERS = f"{calling.__name__}.start_no_worker"
    return run
