"""A whole installation of its own, every part of which can be killed: database, queue, workers."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from importer_site.embedded import DataDirectory, EmbeddedServiceError
from importer_site.embedded.postgres import Postgres
from importer_site.embedded.redis_server import Redis

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 400.0
BUSY = ("dry_running", "running")


@dataclass(frozen=True)
class Result:
    """The result of a job: the status of every row, and the users there are afterwards."""

    state: str
    error: str
    statuses: list[tuple[Any, ...]]
    users: list[tuple[Any, ...]]


@dataclass
class Arena:
    """Servers and worker pools in a folder of their own."""

    folder: Path
    chance: random.Random
    variables: dict[str, str] = field(default_factory=dict)
    happened: Counter[str] = field(default_factory=Counter)
    pools: list[subprocess.Popen[bytes]] = field(default_factory=list)
    others: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        directory = DataDirectory(self.folder)
        directory.create()
        self.postgres = Postgres(directory, os.environ)
        self.redis = Redis(directory, os.environ)
        self.postgres.start()
        self.redis.start()
        self.run("manage.py", "migrate", "--verbosity=0")

    def stop(self) -> None:
        self.end_processes()
        self.postgres.stop()
        self.redis.stop()

    def end_processes(self) -> None:
        for process in [*self.pools, *self.others]:
            kill_group(process)
        self.pools.clear()
        self.others.clear()

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "USERFERRY_DATA_DIR": str(self.folder),
            "UPLOAD_DIR": str(self.folder / "uploads"),
            "IMPORT_IDLE_SECONDS": "2",
            "DJANGO_SETTINGS_MODULE": "importer_site.settings",
            "PYTHONWARNINGS": "ignore",
            "LOG_LEVEL": "CRITICAL",
            **self.variables,
        }

    def run(self, *command: str) -> str:
        """Run one of our own programs to its end and return what it prints."""
        return subprocess.run(  # noqa: S603
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
        ).stdout.decode()

    def launch(self, *command: str, prefix: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        """Start one of our own programs as a process group that can be killed."""
        return subprocess.Popen(  # noqa: S603
            [*prefix, sys.executable, *command],
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

    def add_pool(self, processes: int = 2, prefix: tuple[str, ...] = (), *options: str) -> None:
        worker = ("-m", "celery", "-A", "importer_site", "worker", "--loglevel=CRITICAL")
        flags = (f"--concurrency={processes}", "--without-mingle", "--without-gossip", *options)
        self.pools.append(self.launch(*worker, *flags, prefix=prefix))

    def add_sweeper(self) -> None:
        """Start what the scheduler and a worker do between them elsewhere."""
        self.others.append(self.launch("-m", "tests.imports.faults.program", "sweep"))

    def start_job(self, records: list[dict[str, Any]], **options: Any) -> int:
        """Upload records and start their import; return the job's number."""
        path = self.folder / f"{self.chance.getrandbits(64):x}.ndjson"
        path.write_text("\n".join(map(json.dumps, records)))
        return int(
            self.run("-m", "tests.imports.faults.program", "start", str(path), json.dumps(options))
        )

    def wait(self, job: int, fault: str | None = None, pause: float = 0.0) -> None:
        """Return when the job is busy no more; until then let a fault happen at random moments.

        In this thread: the servers end with the thread that has started them.
        """
        deadline = time.monotonic() + PATIENCE
        # The first one soon, or a quick machine is done before anything happens.
        due = time.monotonic() + self.chance.uniform(0.1, 1.0)
        while time.monotonic() < deadline:
            with suppress(psycopg.OperationalError):
                if self.read_state(job)[0] not in BUSY:
                    return
            self._revive_pools()
            if fault and time.monotonic() > due:
                getattr(self, fault)()
                self.happened[fault] += 1
                due = time.monotonic() + self.chance.uniform(0.2, 1.8) * pause
            time.sleep(0.1)
        raise AssertionError(f"job {job} is stuck: {self.read_state(job)}")

    def _revive_pools(self) -> None:
        """Start pools again that a fault has ended while they started, as supervisors do."""
        for pool in [each for each in self.pools if each.poll() is not None]:
            self.pools.remove(pool)
            self.add_pool()

    def query(self, statement: str, *params: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.postgres.url, connect_timeout=5, autocommit=True) as connection:
            cursor = connection.execute(statement, params)
            return cursor.fetchall() if cursor.description else []

    def read_state(self, job: int) -> tuple[Any, ...]:
        return self.query("SELECT state, error, phase FROM imports_importjob WHERE id = %s", job)[0]

    def count_written(self, job: int) -> int:
        statement = "SELECT count(*) FROM imports_importrecord WHERE job_id = %s"
        return int(self.query(statement, job)[0][0])

    def read_result(self, job: int) -> Result:
        state, error, _ = self.read_state(job)
        statuses = self.query(
            "SELECT row_number, status, reason FROM imports_importrecord WHERE job_id = %s"
            " ORDER BY row_number",
            job,
        )
        users = self.query(
            "SELECT subject_id, username, email, phone, given_name,"
            " (SELECT array_agg(e.email ORDER BY e.email) FROM account_emailaddress e"
            "  WHERE e.user_id = u.id),"
            " (SELECT array_agg(s.uid ORDER BY s.uid) FROM socialaccount_socialaccount s"
            "  WHERE s.user_id = u.id)"
            " FROM accounts_user u WHERE subject_id <> 'operator' ORDER BY subject_id"
        )
        return Result(state, error, statuses, users)

    def empty(self) -> None:
        """Forget all users and jobs, but not the operator."""
        self.query("TRUNCATE imports_importjob, imports_importrecord CASCADE")
        self.query("TRUNCATE account_emailaddress, socialaccount_socialaccount CASCADE")
        self.query("DELETE FROM accounts_user WHERE subject_id <> 'operator'")

    # Faults: each leaves the installation able to go on.

    def kill_worker(self) -> None:
        """Kill one process of a pool, if there is one; the pool makes a new one."""
        pool = self.chance.choice(self.pools)
        children = Path(f"/proc/{pool.pid}/task/{pool.pid}/children").read_text().split()
        if children:
            with suppress(ProcessLookupError):
                os.kill(int(self.chance.choice(children)), signal.SIGKILL)

    def kill_pools(self) -> None:
        for pool in self.pools:
            kill_group(pool)
        self.pools.clear()
        self.add_pool()

    def lose_queue(self) -> None:
        """Kill the broker and everything that it had written down."""
        kill_server(self.redis)
        shutil.rmtree(self.redis.data)
        self.redis.start()

    def restart_postgres(self) -> None:
        kill_server(self.postgres)
        for _ in range(30):
            # Its children may not have noticed yet.
            with suppress(EmbeddedServiceError):
                self.postgres.start()
                return
            time.sleep(0.5)
        raise AssertionError("PostgreSQL does not come back")

    def cut_connections(self) -> None:
        """Have the database end one of its connections, in whatever it does just then."""
        with suppress(psycopg.OperationalError):
            self.query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " ORDER BY random() LIMIT 1"
            )


def kill_group(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def kill_server(server: Postgres | Redis) -> None:
    if server.child:
        server.child.kill()
        server.child.wait()
