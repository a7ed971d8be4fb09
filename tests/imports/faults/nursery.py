"""Workers that start in a moment, so that each of many examples can kill some."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress

from django.db import connection

from tests.imports.faults.forking import may_kill
from tests.workers import ROOT, kill_pool, make_environment

PATIENCE = 120.0


class Nursery:
    """Real Celery workers on the test's own database and queue, each one process.

    The next ones to be started get fuses, as long as there are any: how many statements to the
    database a worker lives for.
    """

    def __init__(self) -> None:
        self.fuses: list[int] = []
        self.workers: dict[int, int] = {}
        self.killed = 0
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "tests.imports.faults.forking"],
            cwd=ROOT,
            env={**make_environment(), "PYTHONWARNINGS": "ignore"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def close(self) -> None:
        kill_pool(self.parent)
        self.parent.stdin.close()
        self.parent.stdout.close()

    def provide(self, count: int, fuses: Iterable[int]) -> None:
        """Have so many workers, new ones as far as there are fuses."""
        self.fuses = list(fuses)
        for pid in [pid for pid, fuse in self.workers.items() if fuse]:
            self.end(pid)
        for pid in list(self.workers)[max(0, count - len(self.fuses)) :]:
            self.end(pid)
        while len(self.workers) < count:
            self.fork()

    def fork(self) -> None:
        """Start a worker, and return when it takes messages."""
        fuse = self.fuses.pop(0) if self.fuses else 0
        self.parent.stdin.write(b"%d\n" % fuse)
        self.parent.stdin.flush()
        assert select.select([self.parent.stdout], [], [], PATIENCE)[0], "no worker has started"
        self.workers[int(self.parent.stdout.readline())] = fuse

    def end(self, pid: int) -> None:
        """Kill a worker, if it still lives, as the kernel would when memory runs out."""
        del self.workers[pid]
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def kill(self, pid: int) -> None:
        """Kill a worker, if none of the rows would be blamed for it."""
        if may_kill(connection):
            self.end(pid)
            self.killed += 1

    def replace_dead(self, count: int) -> None:
        """Put others in the place of workers that have killed themselves or were killed."""
        for pid in [pid for pid in self.workers if not is_alive(pid)]:
            self.end(pid)
            self.killed += 1
        while len(self.workers) < count:
            self.fork()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
