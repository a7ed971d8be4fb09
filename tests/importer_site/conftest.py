"""Embedded servers of a test's own: a data directory, clients of it, and what is left of them."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

PROJECT = Path(__file__).resolve().parent.parent.parent
# Only what is stuck takes as long.
PATIENCE = 400.0
OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "USERFERRY_", "ADMIN_", "STATIC_ROOT", "DJANGO_")
CLIENT = """
import os, sys
from importer_site import embedded
embedded.acquire()
print(os.environ["DATABASE_URL"], os.environ["REDIS_URL"], flush=True)
sys.stdin.read()
"""


def await_condition(condition: Callable[[], bool], *, seconds: float = PATIENCE) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return condition()


def list_processes(folder: Path) -> dict[int, str]:
    """Return the processes that work in a folder or name it on their command line."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if str(folder) in command or os.readlink(process / "cwd").startswith(str(folder)):
                found[int(process.name)] = command
    return found


def find_process(folder: Path, text: str) -> int:
    return next(pid for pid, command in list_processes(folder).items() if text in command)


class Client:
    """A process that holds the embedded servers of a data directory until it is ended."""

    def __init__(self, environment: dict[str, str], python: str, options: dict[str, Any]) -> None:
        self.process = subprocess.Popen(  # noqa: S603
            [python, "-c", CLIENT],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )
        self._urls: list[str] = []

    @property
    def urls(self) -> list[str]:
        """The addresses, once the servers answer."""
        if not self._urls:
            self._urls = self.process.stdout.readline().split()
            assert self._urls, self.process.stderr.read()
        return self._urls

    @property
    def error(self) -> str:
        """The last line of the traceback of a client that could not start."""
        return self.process.communicate(timeout=PATIENCE)[1].strip().splitlines()[-1]

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.urls[0], autocommit=True, connect_timeout=10) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def connect_redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.urls[1], decode_responses=True)

    def end(self, number: signal.Signals | None = None) -> None:
        if number:
            self.process.send_signal(number)
        with suppress(ValueError, BrokenPipeError):
            self.process.communicate(timeout=PATIENCE)


@contextmanager
def open_data_dir() -> Iterator[Path]:
    """A data directory that other accounts can reach, with a space in its name."""
    parent = Path(tempfile.mkdtemp(prefix="user ferry ", dir="/tmp"))
    parent.chmod(0o755)
    yield parent / "data"
    assert await_condition(lambda: not list_processes(parent)), list_processes(parent)
    shutil.rmtree(parent)


def make_environment(data_dir: Path) -> dict[str, str]:
    """The environment of a newcomer, except for where the data is kept."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**kept, "USERFERRY_DATA_DIR": str(data_dir)}


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with open_data_dir() as path:
        yield path


@pytest.fixture
def environment(data_dir: Path) -> dict[str, str]:
    return make_environment(data_dir)


@pytest.fixture
def start_client(environment: dict[str, str]) -> Iterator[Callable[..., Client]]:
    clients: list[Client] = []

    def start(
        python: str = sys.executable, options: dict[str, Any] | None = None, **variables: str
    ) -> Client:
        client = Client({**environment, **variables}, python, options or {})
        clients.append(client)
        return client

    yield start
    for client in clients:
        client.end()


@pytest.fixture
def ordinary_user() -> dict[str, Any]:
    """Options that make a process one of an ordinary user; only root can become one."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@pytest.fixture
def ordinary_python(
    ordinary_user: dict[str, Any], environment: dict[str, str], data_dir: Path
) -> str:
    """A Python that an ordinary user can start, with what is installed for the tests."""
    # Python 3.11 before 3.11.3 needs a package that a newer one running these tests does not have.
    shims = data_dir.parent / "shims"
    shims.mkdir(mode=0o755)
    (shims / "async_timeout.py").write_text("from asyncio import timeout as timeout\n")
    paths = [*(path for path in sys.path if path.endswith("-packages")), str(shims)]
    environment["PYTHONPATH"] = os.pathsep.join(paths)
    for python in (sys.executable, "/usr/bin/python3"):
        with suppress(OSError):
            check = subprocess.run(  # noqa: S603
                [python, "-c", "import psycopg, redis, importer_site"],
                cwd=PROJECT,
                env=environment,
                check=False,
                capture_output=True,
                **ordinary_user,
            )
            if check.returncode == 0:
                return python
    pytest.skip("an ordinary user can reach neither this Python nor the system's")
