"""Use an embedded server: take a lease on it, and start its keeper where there is none."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from importer_site.embedded.children import open_log
from importer_site.embedded.errors import EmbeddedServiceError
from importer_site.embedded.lease import FileLock
from importer_site.embedded.places import PROJECT_DIR, DataDirectory

START_PATIENCE = 180.0
STOP_PATIENCE = 60.0
POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class ServiceFiles:
    """The files through which the clients and the keeper of one service meet."""

    lease: Path
    start: Path
    keeper: Path
    state: Path
    log: Path

    @classmethod
    def of(cls, service: str, directory: DataDirectory) -> "ServiceFiles":
        return cls(
            lease=directory.run / f"{service}.lease",
            start=directory.run / f"{service}.start",
            keeper=directory.run / f"{service}.keeper",
            state=directory.run / f"{service}.json",
            log=directory.logs / f"{service}-keeper.log",
        )

    @contextmanager
    def take_turn(self) -> Iterator[None]:
        """Let one client at a time look whether there is a keeper, and start one."""
        with FileLock(self.start) as turn:
            turn.seize()
            yield

    def has_keeper(self) -> bool:
        """See whether a keeper is alive; only in one's turn, because looking locks for a moment."""
        with FileLock(self.keeper) as lock:
            return not lock.try_share()


@dataclass(frozen=True, slots=True)
class Lease:
    """A client's claim on a running server, which runs at least as long as the lease is held."""

    service: str
    url: str
    description: str
    lock: FileLock
    files: ServiceFiles

    def release(self) -> None:
        """Give the claim up, and wait for the server to stop unless somebody else uses it."""
        self.lock.unlock()
        deadline = time.monotonic() + STOP_PATIENCE
        while time.monotonic() < deadline and self._is_stopping():
            time.sleep(POLL_SECONDS)
        self.lock.close()

    def _is_stopping(self) -> bool:
        with self.files.take_turn():
            return self.files.has_keeper() and not self._is_shared()

    def _is_shared(self) -> bool:
        """See whether others hold the lease: it is neither free nor seized by a stopping keeper."""
        shared = not self.lock.try_seize() and self.lock.try_share()
        self.lock.unlock()
        return shared


def take_lease(service: str, directory: DataDirectory) -> Lease:
    """Return a lease on a server that answers, starting it when nobody has."""
    files = ServiceFiles.of(service, directory)
    lock = FileLock(files.lease)
    # While a keeper is stopping, this waits for its end.
    lock.share()
    with files.take_turn():
        if not files.has_keeper():
            _start_keeper(service, directory, files)
        state = _await_state(files)
    return Lease(service, state["url"], state["description"], lock, files)


def _start_keeper(service: str, directory: DataDirectory, files: ServiceFiles) -> None:
    files.state.unlink(missing_ok=True)
    with FileLock(files.keeper) as lock, open_log(files.log) as log:
        lock.seize()
        subprocess.run(  # noqa: S603
            [
                *(sys.executable, "-m", "importer_site.embedded.keeper", service),
                *("--data-dir", directory.path, "--lock", str(lock.descriptor)),
            ],
            check=True,
            cwd=PROJECT_DIR,
            start_new_session=True,
            pass_fds=[lock.descriptor],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def _await_state(files: ServiceFiles) -> dict[str, str]:
    """Wait for the keeper to say where its server is, or why it has none."""
    deadline = time.monotonic() + START_PATIENCE
    while time.monotonic() < deadline:
        alive = files.has_keeper()
        if files.state.exists():
            state: dict[str, str] = json.loads(files.state.read_text())
            if "error" in state:
                raise EmbeddedServiceError(state["error"])
            return state
        if not alive:
            break
        time.sleep(POLL_SECONDS)
    raise EmbeddedServiceError(
        f"An embedded server did not start; {files.log} ends with:\n"
        f"{files.log.read_text(errors='replace')[-2000:]}"
    )
