"""One program of a local run: started, its lines passed on, started again when it dies, stopped."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

STOP_PATIENCE = 30.0
LONGEST_PAUSE = 30.0
# One that has run for so long was well: its next death counts as the first.
HEALTHY_SECONDS = 60.0


@dataclass(slots=True)
class Program:
    """A program under a tether, so that it ends with this process whatever ends this process.

    Every line that it prints goes to `write`, under its name. The tether inherits `leases`: the
    embedded servers stay up until the program is gone.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    leases: Sequence[int]
    write: Callable[[str], None]
    _tether: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _reader: threading.Thread | None = field(default=None, init=False)
    _started_at: float = field(default=0.0, init=False)
    _pause: float = field(default=1.0, init=False)
    _restart_at: float | None = field(default=None, init=False)

    def start(self) -> None:
        self._started_at = time.monotonic()
        self._restart_at = None
        self._tether = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "importer_site.local_run.tether", *self.command],
            env={**self.environment, "PYTHONUNBUFFERED": "1"},
            pass_fds=self.leases,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(
            target=self._pass_lines_on, args=[self._tether], daemon=True
        )
        self._reader.start()

    def is_running(self) -> bool:
        return self._tether is not None and self._tether.poll() is None

    def revive(self) -> None:
        """Start the program again if it has died, after a pause that doubles with each death."""
        if self.is_running() or self._tether is None:
            return
        now = time.monotonic()
        if self._restart_at is None:
            if now - self._started_at > HEALTHY_SECONDS:
                self._pause = 1.0
            self._restart_at = now + self._pause
            self.write(
                f"{self.name} ended unexpectedly (status {self._tether.returncode});"
                f" starting it again in {self._pause:.0f} s."
            )
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
        elif now >= self._restart_at:
            self._close()
            self.start()

    def stop(self, is_hurried: Callable[[], bool]) -> None:
        """Ask the program to stop; kill it when it takes too long, or in a hurry."""
        if self._tether is None:
            return
        self._tether.terminate()
        deadline = time.monotonic() + STOP_PATIENCE
        while self.is_running() and time.monotonic() < deadline and not is_hurried():
            time.sleep(0.05)
        if self.is_running():
            self._tether.terminate()
            self._tether.wait()
        self._close()

    def _close(self) -> None:
        if self._tether and self._tether.stdin and self._tether.stdout and self._reader:
            self._tether.stdin.close()
            self._reader.join()
            self._tether.stdout.close()

    def _pass_lines_on(self, tether: subprocess.Popen[bytes]) -> None:
        # Read on when our own output is gone: a full pipe would block the program.
        for line in tether.stdout or ():
            with suppress(OSError):
                self.write(f"{self.name:<6} | {line.decode(errors='replace').rstrip()}")
