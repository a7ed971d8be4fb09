"""The programs of a local run as a group: started in order, watched, stopped in reverse order."""

import http.client
import os
import signal
import ssl
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from django.core.management.base import CommandError

from importer_site import embedded
from importer_site.local_run.certificates import Certificates
from importer_site.local_run.program import Program
from importer_site.local_run.workers import UNCHECKED

WEB_PATIENCE = 90.0
POLL_SECONDS = 0.1
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def list_programs(
    *,
    bind: str,
    concurrency: int,
    temporary: Path,
    write: Callable[[str], None],
    certificates: Certificates | None = None,
) -> list[Program]:
    """Return what a Userferry consists of, each after what it needs.

    With `certificates`, the web server speaks HTTPS.

    They print warnings and errors only, unless LOG_LEVEL says otherwise: the lines of every
    periodic task would scroll the first administrator's password away. Whoever starts them has
    checked the site: worker and scheduler need not load every page to do that again.
    """
    level = os.environ.get("LOG_LEVEL", "WARNING").upper()
    celery = [sys.executable, "-m", "celery", "--quiet", "--app", "importer_site"]
    log = ["--loglevel", level]
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:importer_site.gunicorn"]
    if certificates:
        gunicorn += ["--certfile", str(certificates.certificate)]
        gunicorn += ["--keyfile", str(certificates.key)]
    commands = {
        "worker": [*celery, "worker", *log, "--concurrency", str(concurrency)],
        # One process of its own: two schedulers would send every periodic task twice.
        "beat": [*celery, "beat", *log, "--pidfile", "", "--schedule", str(temporary / "schedule")],
        "web": [*gunicorn, "--bind", bind],
    }
    # An upload is moved, not copied, when its temporary file is on the disk where it will stay.
    environment = {**os.environ, **UNCHECKED, "TMPDIR": str(temporary), "LOG_LEVEL": level}
    environment.pop("ADMIN_PASSWORD", None)
    leases = [lease.lock.descriptor for lease in embedded.held_leases]
    return [Program(name, line, environment, leases, write) for name, line in commands.items()]


def watch(programs: Sequence[Program]) -> None:
    """Start again whatever dies, until a signal interrupts."""
    while True:
        time.sleep(POLL_SECONDS)
        for program in programs:
            program.revive()


def await_web(web: Program, host: str, port: int, certificates: Certificates | None = None) -> None:
    """Return once the web server answers."""
    trusted = ssl.create_default_context(cafile=certificates.authority) if certificates else None
    deadline = time.monotonic() + WEB_PATIENCE
    while web.is_running() and time.monotonic() < deadline:
        connection = (
            http.client.HTTPSConnection(host, port, timeout=WEB_PATIENCE, context=trusted)
            if trusted
            else http.client.HTTPConnection(host, port, timeout=WEB_PATIENCE)
        )
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            time.sleep(POLL_SECONDS)
        else:
            return
        finally:
            connection.close()
    raise CommandError("The web server did not start. What it printed above says why.")


def stop_programs(programs: Sequence[Program]) -> None:
    """Stop the last started first; a further signal kills what is still busy."""
    hurries: list[int] = []
    for number in STOP_SIGNALS:
        signal.signal(number, lambda received, _: hurries.append(received))
    for program in reversed(programs):
        program.stop(is_hurried=lambda: bool(hurries))


def interrupt_on_signals() -> None:
    """Make every signal to stop a KeyboardInterrupt, also where a shell has them ignored."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.default_int_handler)
