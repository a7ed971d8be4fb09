"""Start a server so that it cannot outlive its keeper, and end it for certain."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from importer_site.embedded.system_account import SystemAccount

PR_SET_PDEATHSIG = 1


def start_child(
    command: Sequence[str | Path],
    *,
    death_signal: signal.Signals,
    account: SystemAccount | None = None,
    **options: Any,
) -> subprocess.Popen[bytes]:
    """Start a program that gets `death_signal` from the kernel when this process dies (Linux)."""
    if account:
        options |= account.popen_options()
    return subprocess.Popen(  # noqa: S603
        command, preexec_fn=_tie_to_parent(death_signal), **options
    )


def _tie_to_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    """Return what the child runs before exec; it comes after setuid, which clears the setting."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def tie() -> None:
        prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:
            os.kill(os.getpid(), death_signal)

    return tie


def stop_child(
    child: subprocess.Popen[bytes], *, stop_signal: signal.Signals, patience: float
) -> None:
    """Ask a child to stop, and kill it when it has not done so after `patience` seconds."""
    if child.poll() is None:
        child.send_signal(stop_signal)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def stop_orphan(
    pid_file: Path, *, marker: str, stop_signal: signal.Signals, patience: float
) -> None:
    """Stop a server that a killed keeper left, known by a marker in its command line."""
    try:
        pid = int(pid_file.read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    deadline = time.monotonic() + patience
    pending: signal.Signals | None = stop_signal
    while marker in _read_command_line(pid):
        if time.monotonic() > deadline:
            pending = signal.SIGKILL
        if pending:
            os.kill(pid, pending)
            pending = None
        time.sleep(0.1)


def _read_command_line(pid: int) -> str:
    """Return a process's command line, empty when there is no such process."""
    if sys.platform.startswith("linux"):
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            return ""
    listing = subprocess.run(  # noqa: S603
        ["ps", "-o", "command=", "-p", str(pid)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return listing.stdout


def open_log(path: Path) -> IO[bytes]:
    """Open a log for a new run; the one before it is kept beside it."""
    if path.exists():
        path.replace(path.with_suffix(".previous.log"))
    return path.open("ab")
