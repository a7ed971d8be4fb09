"""Workers that start in a moment, so that each of many examples can kill some."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from contextlib import suppress

from django.db import connection

from tests.imports.faults.forking import may_kill
from tests.workers import Forker, is_alive, make_environment


class Nursery:
    """Real Celery workers on the test's own database and queue, each one process.

    The next ones to be started get fuses, as long as there are any: how many statements to the
    database a worker lives for.
    """

    def __init__(self) -> None:
        self.fuses: list[int] = []
        self.workers: dict[int, int] = {}
        self.killed = 0
        self.forker = Forker("tests.imports.faults.forking", make_environment())

    def close(self) -> None:
        self.forker.close()

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
        self.workers[self.forker.fork(str(fuse))] = fuse

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
