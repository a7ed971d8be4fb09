"""What the embedded servers have in common: a home, a port, a password, a life."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from importer_site.embedded.binaries import Flavour, Program
from importer_site.embedded.children import open_log, start_child, stop_child
from importer_site.embedded.errors import EmbeddedServiceError
from importer_site.embedded.places import DataDirectory, write_private_file
from importer_site.embedded.system_account import choose_account

START_PATIENCE = 120.0  # crash recovery of a large database takes its time
STOP_PATIENCE = 30.0
PORT_ATTEMPTS = 5


class Server(ABC):
    """One embedded server: prepared once, then started, watched and stopped by its keeper."""

    name: str
    stop_signal: signal.Signals

    def __init__(self, directory: DataDirectory, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.account = choose_account()
        self.home = directory.get_service_home(self.name, self.account)
        self.log = directory.logs / f"{self.name}.log"
        self.password = self._read_password()
        self.program = self._make_runnable(self.find_program())
        self.port = 0
        self.child: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def find_program(self) -> Program: ...

    @abstractmethod
    def prepare(self) -> None:
        """Make the data ready for a first start; end a server that a killed keeper left."""

    @abstractmethod
    def launch(self) -> subprocess.Popen[bytes]: ...

    @abstractmethod
    def is_ready(self) -> bool:
        """Connect with the password and see whether the server answers."""

    @property
    @abstractmethod
    def url(self) -> str: ...

    @property
    def description(self) -> str:
        return f"{self.program}, data in {self.home}"

    def start(self) -> None:
        """Start on a free port and return once the server answers."""
        self.prepare()
        for _ in range(PORT_ATTEMPTS):
            self.port = self.port or find_free_port()
            self.child = self.launch()
            if self._await_readiness():
                return
            if "Address already in use" not in self._read_log_tail():
                break
            self.port = 0
        raise EmbeddedServiceError(
            f"{self.program} did not start; its log {self.log} ends with:\n{self._read_log_tail()}"
        )

    def is_running(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def stop(self) -> None:
        if self.child:
            stop_child(self.child, stop_signal=self.stop_signal, patience=STOP_PATIENCE)

    def run_as_account(
        self, command: Sequence[str | Path], **options: Any
    ) -> subprocess.Popen[bytes]:
        """Start a program of this server, its output going to the server's log."""
        with open_log(self.log) as log:
            return start_child(
                command,
                death_signal=self.stop_signal,
                account=self.account,
                cwd=self.home,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                stdout=log,
                stderr=subprocess.STDOUT,
                **options,
            )

    def give_to_account(self, path: Path) -> None:
        """Hand a tree to the account, which differs from before when accounts came or went."""
        if self.account is None or path.stat().st_uid == self.account.uid:
            return
        for member in (path, *path.rglob("*")):
            os.chown(member, self.account.uid, self.account.gid, follow_symlinks=False)

    def _await_readiness(self) -> bool:
        deadline = time.monotonic() + START_PATIENCE
        while self.is_running() and time.monotonic() < deadline:
            if self.is_ready():
                return True
            time.sleep(0.05)
        self.stop()
        return False

    def _read_log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-2000:]

    def _read_password(self) -> str:
        path = self.home / "password"
        with contextlib.suppress(FileNotFoundError):
            return path.read_text()
        password = secrets.token_urlsafe(24)
        write_private_file(path, password)
        return password

    def _make_runnable(self, program: Program) -> Program:
        """Return the program, copied to where the account can reach it when it can't."""
        if self.account is None or self.account.can_run(program.path):
            return program
        if program.flavour is Flavour.SYSTEM:
            raise EmbeddedServiceError(
                f"{program} can't be reached by the account that root would run it as."
                " Set USERFERRY_SERVICES=wheel, or run as an ordinary user."
            )
        number = ".".join(map(str, program.version))
        target = self.home / f"programs-{number}"
        if not target.exists():
            copy_programs(program.root, target)
        moved = target / program.root.name / program.path.relative_to(program.root)
        return Program(moved, program.version, program.flavour, target)


def copy_programs(root: Path, target: Path) -> None:
    """Copy a tree of programs, whole or not at all, readable by everybody."""
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o755)
    # Shared libraries that a wheel brings lie beside its package, in a folder with this suffix.
    for source in (root, root.with_name(f"{root.name}.libs")):
        if source.is_dir():
            shutil.copytree(source, partial / source.name, symlinks=True)
        elif source.exists():
            shutil.copy2(source, partial / source.name)
    for folder, _, files in os.walk(partial):
        for path in (Path(folder), *(Path(folder, name) for name in files)):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if os.access(path, os.X_OK) else 0o444))
    partial.rename(target)


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
