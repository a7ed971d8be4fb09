#!/usr/bin/env python
"""Run a management command, with the embedded servers up for as long as it runs."""

import os
import sys
from functools import partial

import django
from django.core.management import execute_from_command_line

from importer_site import embedded
from importer_site.local_run.claims import find_address

NEED_NO_SERVER = {
    "collectstatic",
    "compilemessages",
    "findstatic",
    "help",
    "makemessages",
    "startapp",
    "version",
}
NEED_NO_SERVER_FLAGS = {"--help", "-h", "--version"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "importer_site.settings")
    arguments = sys.argv[1:]
    if needs_servers(arguments):
        try:
            if arguments[0] == "run":
                # Whoever starts a whole Userferry sees at once what takes its time.
                embedded.acquire(make_keys=True, write=partial(print, flush=True))
            else:
                embedded.acquire()
                point_at_run()
        except embedded.EmbeddedServiceError as error:
            sys.exit(f"error: {error}")
    else:
        embedded.stand_in()
    try:
        if needs_servers(arguments):
            prepare_database(arguments[0])
        execute_from_command_line(sys.argv)
    finally:
        # Not left to the end of the process: whoever comes next finds no server half stopped.
        embedded.release()


def point_at_run() -> None:
    """Let links that a command prints or sends lead to the run beside it, whatever its port."""
    directory = embedded.DataDirectory.from_environment(os.environ)
    if embedded.has_database() and (address := find_address(directory)):
        os.environ.setdefault("PUBLIC_URL", address)


def prepare_database(command: str) -> None:
    """Migrate an embedded database, which nobody else takes care of; refuse another that is behind.

    Exits with 1 where somebody has to migrate first.
    """
    django.setup()
    # Its imports need the settings.
    from importer_site.local_run.preparing import is_behind, prepare_for

    if embedded.has_database():
        prepare_for(command, lambda line: print(line, file=sys.stderr))  # noqa: T201
    elif is_behind(command):
        sys.exit("error: The database is behind this version. Run “manage.py migrate” first.")


def needs_servers(arguments: list[str]) -> bool:
    return (
        bool(arguments)
        and arguments[0] not in NEED_NO_SERVER
        and NEED_NO_SERVER_FLAGS.isdisjoint(arguments)
    )


if __name__ == "__main__":
    main()
