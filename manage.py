#!/usr/bin/env python
"""Runs a management command, with the embedded servers up for as long as it runs."""

import os
import sys

from django.core.management import execute_from_command_line

from importer_site import embedded

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
            embedded.acquire(make_keys=arguments[0] == "run")
        except embedded.EmbeddedServiceError as error:
            sys.exit(f"error: {error}")
    else:
        embedded.stand_in()
    try:
        execute_from_command_line(sys.argv)
    finally:
        # Not left to the end of the process: whoever comes next finds no server half stopped.
        embedded.release()


def needs_servers(arguments: list[str]) -> bool:
    return (
        bool(arguments)
        and arguments[0] not in NEED_NO_SERVER
        and NEED_NO_SERVER_FLAGS.isdisjoint(arguments)
    )


if __name__ == "__main__":
    main()
