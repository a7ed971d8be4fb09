"""`manage.py run`: a whole Userferry on this machine until Ctrl-C."""

import os
import shutil
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from importer_site import embedded
from importer_site.local_run.administrator import Administrator
from importer_site.local_run.certificates import Certificates, prepare_certificates
from importer_site.local_run.claims import check_port, claim_directory
from importer_site.local_run.preparing import prepare_site
from importer_site.local_run.supervisor import (
    await_web,
    interrupt_on_signals,
    list_programs,
    stop_programs,
    watch,
)

LOOPBACK = ("localhost", "127.0.0.1", "::1")
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104


class Command(BaseCommand):
    help = (
        "Run everything on this machine: database, queue, worker, scheduler and web server."
        " Ctrl-C stops all of it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="the port to listen on")
        parser.add_argument(
            "--tls",
            action="store_true",
            help="serve over HTTPS, with a certificate authority made on the spot",
        )
        parser.add_argument(
            "--concurrency",
            type=int,
            default=os.cpu_count() or 1,
            help="how many chunks are imported at a time (default: one to a core)",
        )

    def handle(self, *, host: str, port: int, tls: bool, concurrency: int, **options: Any) -> None:
        self.output = threading.Lock()
        interrupt_on_signals()
        visible_host = ANY_ADDRESS.get(host, host)
        address = f"http{'s' if tls else ''}://{bracket(visible_host)}:{port}/"
        data = embedded.DataDirectory.from_environment(os.environ)
        with claim_directory(data, address):
            check_port(host, port)
            administrator = self.prepare_site()
            os.environ.setdefault("PUBLIC_URL", address)
            certificates = prepare_https(data, visible_host) if tls else None
            programs = list_programs(
                bind=f"{bracket(host)}:{port}",
                concurrency=concurrency,
                temporary=make_temporary_directory(data),
                write=self.print_line,
                certificates=certificates,
            )
            try:
                self.print_line("Starting web server, worker and scheduler …")
                # Whoever waits for the first page has both cores to themselves.
                *others, web = programs
                web.start()
                await_web(web, visible_host, port, certificates)
                for program in others:
                    program.start()
                self.announce(address, administrator, data, certificates)
                watch(programs)
            except KeyboardInterrupt:
                self.print_line("Stopping. Ctrl-C once more does not wait for work in progress.")
            finally:
                stop_programs(programs)
                embedded.release()
        self.print_line("Stopped.")

    def prepare_site(self) -> Administrator | None:
        for lease in embedded.held_leases:
            self.print_line(f"Started {lease.description}")
        self.print_line("Collecting static files …")
        call_command("collectstatic", interactive=False, verbosity=0)
        return prepare_site(self.print_line)

    def announce(
        self,
        address: str,
        administrator: Administrator | None,
        data: embedded.DataDirectory,
        certificates: Certificates | None,
    ) -> None:
        lines = ["", f"Userferry is at {address}"]
        if certificates:
            lines.append(f"Its clients have to trust {certificates.authority}")
        if administrator:
            lines.append(f"Sign in as {administrator.email}")
        if administrator and administrator.is_generated:
            lines.append(f"with the password {administrator.password} (it is not shown again)")
        lines += [f"Its data is in {data.path}", "Ctrl-C stops it.", ""]
        self.print_line("\n".join(lines))

    def print_line(self, line: str) -> None:
        with self.output:
            self.stdout.write(line)
            self.stdout.flush()


def prepare_https(data: embedded.DataDirectory, host: str) -> Certificates:
    """Return the certificates of the site, and have the programs know that it speaks HTTPS."""
    os.environ["HTTPS"] = "1"
    # Browsers would keep to HTTPS for everything else on this machine, too.
    os.environ.setdefault("HSTS", "0")
    # Patterns of host names are for names that nobody here knows.
    own = (name.strip("[]") for name in settings.ALLOWED_HOSTS if name[0] not in ".*")
    return prepare_certificates(data.path / "https", {*LOOPBACK, host, *own})


def bracket(host: str) -> str:
    """Write an IPv6 address as addresses with a port have it."""
    return f"[{host}]" if ":" in host else host


def make_temporary_directory(data: embedded.DataDirectory) -> Path:
    """Return an empty directory for files that the next run need not find."""
    path = data.path / "tmp"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(mode=0o700)
    return path
