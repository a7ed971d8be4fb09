"""Run one program, and end it and all it started when the process that asked for it is gone.

That one holds the other end of the pipe that is standard input here: the kernel closes it even
on kill -9. A first SIGTERM asks the program to stop, a second one kills it.
"""

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from itertools import chain, repeat

from importer_site.embedded.children import start_child

PATIENCE = 20.0
POLL_SECONDS = 0.2


def main() -> None:
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    program = start_child(
        sys.argv[1:],
        death_signal=signal.SIGTERM,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
    )
    stops = chain([program.terminate], repeat(lambda: kill_group(program)))
    signal.signal(signal.SIGTERM, lambda *_: next(stops)())
    status = wait(program)
    kill_group(program)
    sys.exit(status if status >= 0 else 128 - status)


def wait(program: subprocess.Popen[bytes]) -> int:
    """Return the program's exit status once it has ended, by itself or because the pipe closed."""
    while program.poll() is None:
        readable, _, _ = select.select([sys.stdin], [], [], POLL_SECONDS)
        if readable:
            program.terminate()
            with suppress(subprocess.TimeoutExpired):
                return program.wait(PATIENCE)
            kill_group(program)
    return program.wait()


def kill_group(program: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the program and of the processes it started."""
    # macOS says PermissionError of a group that has only a zombie left.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(program.pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
