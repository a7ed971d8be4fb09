"""The process that owns one embedded server, for as long as any client holds a lease on it.

It is a session of its own, so that Ctrl-C reaches the clients first, and it ends by itself when
the last lease is gone: the kernel releases the lease of a client that was killed, too.
"""

import argparse
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from types import FrameType

from importer_site.embedded.client import ServiceFiles
from importer_site.embedded.lease import FileLock
from importer_site.embedded.places import DataDirectory, write_private_file
from importer_site.embedded.postgres import Postgres
from importer_site.embedded.redis_server import Redis
from importer_site.embedded.server import Server

POLL_SECONDS = 0.2
RESTART_PAUSE = 1.0
SERVERS: dict[str, type[Server]] = {server.name: server for server in (Postgres, Redis)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("service", choices=SERVERS)
    parser.add_argument("--data-dir", type=Path, required=True)
    # Passed down locked; it stays so until this process ends and says that a keeper is alive.
    parser.add_argument("--lock", type=int, required=True)
    arguments = parser.parse_args()
    os.set_inheritable(arguments.lock, False)
    if os.fork():
        os._exit(0)  # the client that started the keeper need not wait for its end
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _exit)
    os.umask(0o077)
    directory = DataDirectory(arguments.data_dir)
    files = ServiceFiles.of(arguments.service, directory)
    # The keeper's lock goes first: whoever then gets a lease sees that there is no keeper.
    with FileLock(files.lease) as lease, FileLock.adopt(files.keeper, arguments.lock):
        try:
            keep(SERVERS[arguments.service](directory, os.environ), lease, files.state)
        except Exception as error:
            traceback.print_exc()
            write_private_file(files.state, json.dumps({"error": str(error)}))


def keep(server: Server, lease: FileLock, state: Path) -> None:
    """Run the server until no client holds a lease."""
    try:
        server.start()
        about = {"url": server.url, "description": server.description}
        write_private_file(state, json.dumps(about))
        # Once seized, the lease makes newcomers wait until this keeper is gone.
        while not lease.try_seize():
            time.sleep(POLL_SECONDS)
            if not server.is_running():
                time.sleep(RESTART_PAUSE)
                server.start()
    finally:
        state.unlink(missing_ok=True)
        server.stop()


def _exit(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
