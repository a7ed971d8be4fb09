"""`manage.py run`: everything up with one command, and nothing left when it ends."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from importer_site.embedded import DataDirectory
from importer_site.embedded.server import find_free_port
from importer_site.local_run.claims import claim_directory, find_address
from tests.importer_site.conftest import (
    PATIENCE,
    PROJECT,
    await_condition,
    list_processes,
    make_environment,
    open_data_dir,
)

PASSWORD_LINE = "with the password "


class Run:
    """A `manage.py run` in a process of its own, with what it has printed so far."""

    def __init__(self, environment: dict[str, str], port: int) -> None:
        self.port = port
        self.output = ""
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "manage.py", "run", "--port", str(port), "--concurrency", "1"],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def await_output(self, text: str) -> None:
        ended = await_condition(lambda: text in self.output or self.process.poll() is not None)
        assert ended, self.output
        if text not in self.output:
            self._reader.join()
        assert text in self.output, self.output

    def get_status(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", "/accounts/login/")
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        status = self.process.wait(PATIENCE)
        self._reader.join()
        self.process.stdout.close()
        return status

    def _read(self) -> None:
        for line in self.process.stdout:
            self.output += line


CHOSEN = {"ADMIN_EMAIL": "Ann@example.com", "ADMIN_PASSWORD": "a long enough one"}


@contextmanager
def running(environment: dict[str, str]) -> Iterator[Run]:
    run = Run(environment, find_free_port())
    try:
        yield run
    finally:
        if not run.process.stdout.closed:
            run.end()


@pytest.fixture(scope="module")
def shared_run() -> Iterator[tuple[Run, dict[str, str]]]:
    """A run, and its environment, that tests may look at and disturb but have to leave working."""
    with open_data_dir() as data_dir:
        environment = {**make_environment(data_dir), **CHOSEN, "LOG_LEVEL": "INFO"}
        with running(environment) as run:
            run.await_output("Ctrl-C stops it.")
            yield run, environment


@dataclass(frozen=True)
class Life:
    """What a run printed and how it ended, and the processes that it left."""

    output: str
    status: int
    left_running: dict[int, str]
    is_answering: bool


@pytest.fixture(scope="module")
def lives() -> Iterator[dict[signal.Signals, Life]]:
    """Runs one after the other in one data folder, each ended by another signal."""
    with open_data_dir() as data_dir:
        # Where the tests run as root, Celery warns of that.
        quiet = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"}
        environment = {**make_environment(data_dir), **quiet}
        talking = {**environment, "LOG_LEVEL": "INFO"}
        yield {
            signal.SIGINT: live(environment, data_dir, "Ctrl-C stops it.", signal.SIGINT),
            signal.SIGTERM: live(talking, data_dir, " ready.", signal.SIGTERM),
            signal.SIGKILL: live(talking, data_dir, " ready.", signal.SIGKILL),
        }


def live(environment: dict[str, str], data_dir: Path, awaited: str, number: signal.Signals) -> Life:
    with running(environment) as run:
        run.await_output(awaited)
        assert await_condition(lambda: run.get_status() == 200)
        status = run.end(number)
        await_condition(lambda: not list_processes(data_dir))
        return Life(run.output, status, list_processes(data_dir), run.get_status() != 0)


SharedRun = tuple[Run, dict[str, str]]


def test_commands_find_the_url_of_the_run_that_has_the_data_directory(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path)
    directory.create()
    assert find_address(directory) == ""

    with claim_directory(directory, "http://127.0.0.1:8123/"):
        assert find_address(directory) == "http://127.0.0.1:8123/"


def test_run_serves_the_sign_in_page(shared_run: SharedRun) -> None:
    run, _ = shared_run
    assert run.get_status() == 200


def test_run_says_what_it_is_doing_at_each_stage(shared_run: SharedRun) -> None:
    run, _ = shared_run
    stages = [line for line in run.output.splitlines() if line.endswith(" …")]

    assert [re.sub(r"\d+", "N", line) for line in stages] == [
        "Starting PostgreSQL and a Redis-protocol server …",
        "Collecting static files …",
        "Applying N migrations to the database …",
        "Starting web server, worker and scheduler …",
    ]


def test_run_starts_worker_and_scheduler(shared_run: SharedRun) -> None:
    run, _ = shared_run
    run.await_output(" ready.")
    run.await_output("beat: Starting...")


def test_run_on_a_busy_port_says_what_to_do(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        run = Run(environment, port)
        run.await_output(
            f"Port {port} is in use by another program. Stop that one, or choose another port:"
            f" make run PORT={port + 1}"
        )
        assert run.wait() == 1


def test_run_twice_says_where_the_first_one_is(shared_run: SharedRun) -> None:
    first, environment = shared_run
    second = Run(environment, find_free_port())
    second.await_output(f"Userferry runs already, at http://127.0.0.1:{first.port}/")
    assert second.wait() == 1
    assert first.get_status() == 200


def test_program_that_dies_is_started_again(shared_run: SharedRun) -> None:
    run, _ = shared_run
    os.kill(find_gunicorn(run.port), signal.SIGKILL)
    run.await_output("web ended unexpectedly")
    assert await_condition(lambda: run.get_status() == 200)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_run_that_is_stopped_says_so_and_leaves_no_process(
    lives: dict[signal.Signals, Life], number: signal.Signals
) -> None:
    life = lives[number]
    assert life.status == 0
    assert "Stopped." in life.output
    assert (life.left_running, life.is_answering) == ({}, False)


def test_run_that_is_killed_leaves_no_process(lives: dict[signal.Signals, Life]) -> None:
    life = lives[signal.SIGKILL]
    assert (life.left_running, life.is_answering) == ({}, False)


def test_run_again_keeps_the_administrator(lives: dict[signal.Signals, Life]) -> None:
    assert PASSWORD_LINE in lives[signal.SIGINT].output
    assert PASSWORD_LINE not in lives[signal.SIGTERM].output


def test_run_prints_no_routine_line_that_would_scroll_the_password_away(
    lives: dict[signal.Signals, Life],
) -> None:
    output = lives[signal.SIGINT].output
    before, _, after = output.partition("Userferry is at ")
    assert "INFO" not in output
    assert not [line for line in before.splitlines() if "|" in line]
    assert PASSWORD_LINE in after


def test_run_takes_the_administrator_from_the_environment(shared_run: SharedRun) -> None:
    run, _ = shared_run
    assert "Sign in as ann@example.com" in run.output
    assert CHOSEN["ADMIN_PASSWORD"] not in run.output


def find_gunicorn(port: int) -> int:
    """Return the web server's first process, which is not the tether that names it too."""
    for process in Path("/proc").glob("[0-9]*"):
        command = (process / "cmdline").read_text().split("\0")
        if f"127.0.0.1:{port}" in command and "importer_site.local_run.tether" not in command:
            return int(process.name)
    raise LookupError(port)
