"""Workers on machines of their own, which share nothing but the database and the broker."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from tests.imports.faults.arena import Arena

pytestmark = pytest.mark.long

MACHINES = ("ferry-one", "ferry-two")
ROWS = 3000


@pytest.fixture
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    """Two network namespaces, each with a cable to this one and no other way out."""
    if os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("unshare"):
        pytest.skip("network namespaces take root, ip and unshare")
    if run("ip", "netns", "add", MACHINES[0]).returncode:
        pytest.skip("network namespaces are not permitted here")
    run("ip", "netns", "add", MACHINES[1])
    for number, name in enumerate(MACHINES):
        run("ip", "link", "add", f"uf{number}", "type", "veth", "peer", f"uf{number}p")
        run("ip", "link", "set", f"uf{number}p", "netns", name)
        run("ip", "address", "add", f"10.213.{number}.1/24", "dev", f"uf{number}")
        run("ip", "link", "set", f"uf{number}", "up")
        inside = ("ip", "-n", name)
        run(*inside, "address", "add", f"10.213.{number}.2/24", "dev", f"uf{number}p")
        run(*inside, "link", "set", f"uf{number}p", "up")
    arena = Arena(tmp_path_factory.mktemp("machines"), random.Random(3))  # noqa: S311
    arena.start()
    yield arena
    arena.stop()
    for name in MACHINES:
        run("ip", "netns", "delete", name)


def run(*command: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, check=False, stderr=subprocess.DEVNULL)  # noqa: S603


class Cable:
    """Answers at an address of a cable what a server answers on this machine's loopback."""

    def __init__(self, address: str, port: int) -> None:
        self.port, self.carried = port, 0
        self.listener = socket.create_server((address, port))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        with self.listener, suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self.connect, args=(client,), daemon=True).start()

    def connect(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self.port)) as server:
            back = threading.Thread(target=self.carry, args=(server, client), daemon=True)
            back.start()
            self.carry(client, server)
            back.join()

    def carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self.carried += len(data)
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)


def add_machine(arena: Arena, number: int, name: str) -> list[Cable]:
    """Run a pool on a machine that sees neither uploads nor data; return its cable's end."""
    address = f"10.213.{number}.1"
    servers = (arena.postgres, arena.redis)
    cables = [Cable(address, urlsplit(server.url).port or 0) for server in servers]
    arena.variables.update(
        DATABASE_URL=arena.postgres.url.replace("127.0.0.1", address),
        REDIS_URL=arena.redis.url.replace("127.0.0.1", address),
        UPLOAD_DIR="/nowhere",
        USERFERRY_DATA_DIR="/nowhere",
    )
    hide = f'mount -t tmpfs none "{arena.folder}" && exec "$@"'
    enter = ("ip", "netns", "exec", name, "unshare", "--mount", "sh", "-c", hide, "sh")
    arena.add_pool(1, enter, "--queues=celery", f"--hostname={name}@%h")
    arena.variables.clear()
    return cables


def test_machines_that_share_no_directory_run_one_job_together(machines: Arena) -> None:
    cables = [add_machine(machines, number, name) for number, name in enumerate(MACHINES)]
    # Where the uploads are, one worker stages and does nothing else.
    machines.add_pool(1, (), "--queues=staging", "--hostname=web@%h")
    machines.add_sweeper()

    job = machines.start_job([{"subject_id": f"s{n}"} for n in range(ROWS)], chunk_rows=20)
    machines.wait(job)

    result = machines.read_result(job)
    assert result.state == "completed"
    assert len(result.users) == ROWS
    assert {status for _, status, _ in result.statuses} == {"created"}
    # Each has done a good part of it.
    assert all(database.carried > 100 * ROWS for database, _ in cables)
    machines.stop()
    for cable in (cable for pair in cables for cable in pair):
        cable.listener.shutdown(socket.SHUT_RDWR)
