"""The embedded PostgreSQL: one cluster, reached over loopback TCP with a generated password."""

import locale
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg import sql

from importer_site.embedded.binaries import Program, find_postgres
from importer_site.embedded.children import stop_orphan
from importer_site.embedded.errors import EmbeddedServiceError
from importer_site.embedded.places import write_private_file
from importer_site.embedded.server import STOP_PATIENCE, Server

USER = DATABASE = "userferry"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # A socket path has a length limit that a deep checkout breaks; loopback has none.
    "unix_socket_directories": "",
    "shared_buffers": "256MB",
    # A large import should not run beside one checkpoint after the other.
    "max_wal_size": "4GB",
    # Half a second to compile a query that, on one machine, is answered sooner without.
    "jit": "off",
    "max_connections": "100",
    "cluster_name": "userferry",
    # A message about a row that does not fit would quote the row.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


class Postgres(Server):
    """PostgreSQL, initialised on first use."""

    name = "postgres"
    # Fast shutdown: SIGTERM would wait for every client to leave.
    stop_signal = signal.SIGINT

    @property
    def cluster(self) -> Path:
        return self.home / "cluster"

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{DATABASE}"

    def find_program(self) -> Program:
        return find_postgres(self.environment, data_major=self._read_data_major())

    def prepare(self) -> None:
        if not self.cluster.exists():
            self._initialise()
        self.give_to_account(self.cluster)
        stop_orphan(
            self.cluster / "postmaster.pid",
            marker=str(self.cluster),
            stop_signal=self.stop_signal,
            patience=STOP_PATIENCE,
        )

    def launch(self) -> subprocess.Popen[bytes]:
        command = [str(self.program.path), "-D", str(self.cluster), "-p", str(self.port)]
        for name, setting in SETTINGS.items():
            command += ["-c", f"{name}={setting}"]
        return self.run_as_account(command)

    def is_ready(self) -> bool:
        try:
            with self._connect("postgres") as connection:
                query = "SELECT 1 FROM pg_database WHERE datname = %s"
                if not connection.execute(query, [DATABASE]).fetchone():
                    connection.execute(
                        sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE))
                    )
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=USER,
            password=self.password,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def _read_data_major(self) -> int | None:
        try:
            return int((self.cluster / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None

    def _initialise(self) -> None:
        """Run initdb in a folder beside the final one: an interrupted one leaves no cluster."""
        partial = self.home / "cluster.partial"
        password_file = self.home / "initdb.password"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        write_private_file(password_file, self.password)
        self.give_to_account(partial)
        self.give_to_account(password_file)
        try:
            initdb = self.run_as_account(
                [
                    self.program.path.with_name("initdb"),
                    f"--pgdata={partial}",
                    f"--username={USER}",
                    f"--pwfile={password_file}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    f"--lc-ctype={find_character_locale()}",
                ]
            )
            if initdb.wait() != 0:
                raise EmbeddedServiceError(
                    f"initdb failed; its log {self.log} ends with:\n{self._read_log_tail()}"
                )
        finally:
            password_file.unlink()
        partial.rename(self.cluster)


def find_character_locale() -> str:
    """Return a locale that knows upper and lower case beyond ASCII; sorting stays bytewise."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_US.UTF-8"):
            with suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
