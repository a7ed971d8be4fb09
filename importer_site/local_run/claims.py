"""What a local run must have to itself: its data directory and its port."""

import errno
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import CommandError

from importer_site.embedded import DataDirectory
from importer_site.embedded.lease import FileLock


@contextmanager
def claim_directory(directory: DataDirectory, address: str) -> Iterator[None]:
    """Hold the data directory, so that a second run says where the first one is."""
    path = _get_path(directory)
    with FileLock(path) as lock:
        if not lock.try_seize():
            first = json.loads(path.read_text())
            raise CommandError(
                f"Userferry runs already, at {first['address']} (process {first['pid']}). Use that"
                " one, stop it with Ctrl-C, or give this one a place of its own:"
                " make run PORT=8001 USERFERRY_DATA_DIR=.userferry-2"
            )
        path.write_text(json.dumps({"address": address, "pid": os.getpid()}))
        yield


def find_address(directory: DataDirectory) -> str:
    """Return the URL of the run that has the data directory, or had it last; empty without one."""
    path = _get_path(directory)
    stored = path.read_text() if path.exists() else ""
    return json.loads(stored)["address"] if stored else ""


def _get_path(directory: DataDirectory) -> Path:
    return directory.run / "supervisor"


def check_port(host: str, port: int) -> None:
    """Refuse a port that can't be listened on before anything is started for it."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        raise CommandError(
            f"{host} is not an address to listen on. Choose another --host."
        ) from None
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen()
        except OSError as error:
            problem = {
                errno.EADDRINUSE: "is in use by another program. Stop that one, or choose",
                errno.EACCES: "may be opened by root only. Choose",
            }.get(error.errno or 0, f"of {host} can't be opened ({error.strerror}). Choose")
            suggestion = 8000 if port < 1024 else port + 1
            raise CommandError(
                f"Port {port} {problem} another port: make run PORT={suggestion}"
            ) from None
