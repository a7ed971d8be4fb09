"""The embedded Redis-protocol server: appends to disk, so queued tasks outlive a restart."""

import json
import signal
import subprocess
from pathlib import Path

import redis

from importer_site.embedded.binaries import Program, find_redis
from importer_site.embedded.children import stop_orphan
from importer_site.embedded.places import make_directory
from importer_site.embedded.server import STOP_PATIENCE, Server

# Enough for a database to each process of a parallel test run.
DATABASES = 64


class Redis(Server):
    """Valkey or Redis; which of the two makes no difference to the application."""

    name = "redis"
    stop_signal = signal.SIGTERM

    @property
    def data(self) -> Path:
        """One folder to a kind and major version: neither reads the files of a newer one."""
        return self.home / f"{self.program.path.name}-{self.program.major}"

    @property
    def pid_file(self) -> Path:
        return self.data / "server.pid"

    @property
    def port_file(self) -> Path:
        """The server names its port in its command line: with the pid, that makes it ours."""
        return self.home / f"{self.data.name}.port"

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def find_program(self) -> Program:
        return find_redis(self.environment)

    def prepare(self) -> None:
        if not self.data.exists():
            make_directory(self.data, mode=0o700)
        self.give_to_account(self.data)
        if self.port_file.exists():
            stop_orphan(
                self.pid_file,
                marker=f"-server 127.0.0.1:{self.port_file.read_text()}",
                stop_signal=self.stop_signal,
                patience=STOP_PATIENCE,
            )

    def launch(self) -> subprocess.Popen[bytes]:
        self.port_file.write_text(str(self.port))
        child = self.run_as_account([self.program.path, "-"], stdin=subprocess.PIPE)
        # The settings go through a pipe: a command line would show the password to everybody.
        if child.stdin is None:
            raise RuntimeError("the server was started without a pipe to its settings")
        with child.stdin:
            child.stdin.write(self._write_settings().encode())
        return child

    def is_ready(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=5) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _write_settings(self) -> str:
        settings = {
            "bind": "127.0.0.1",
            "port": self.port,
            "requirepass": self.password,
            "databases": DATABASES,
            "dir": json.dumps(str(self.data)),
            "pidfile": json.dumps(str(self.pid_file)),
            "appendonly": "yes",
        }
        return "".join(f"{name} {setting}\n" for name, setting in settings.items())
