"""`manage.py export_users`: the users of a selection as a file of a target, without a browser."""

from __future__ import annotations

import json
import signal
import sys
import time
from argparse import ArgumentParser
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from accounts.models import User
from exports.files import FileExists, refuse_existing, write_file
from exports.models import Channel
from exports.selection import Selection, SelectionError
from exports.services.exporting import (
    Order,
    PermissionMissing,
    begin_export,
    preview_export,
    require_permissions,
    stream_export,
)
from exports.targets import TARGETS, Target
from exports.words import describe_excluded
from imports.management.commands.import_users import INTERRUPTED, find_operator, interrupt
from imports.management.job_making import stop_for_usage

YES = "yes"
DESCRIPTION = """\
Exports users to a new file, which only its owner can read. Administrators are excluded.

The name of the file chooses its form: .json for a JSON array, anything else for one record in each
line. The file gets its name when it is complete; until then, and where something goes wrong, there
is none.

With --with-passwords, it also has password hashes, authenticator app secrets, recovery codes and
passkeys. That is asked again at a terminal. Every export is in the activity log of exports.

Exit status: 0 success, 1 error, 2 wrong usage, 130 interrupted."""


class Command(BaseCommand):
    help = DESCRIPTION
    # They load every page; `run` and `check` do them.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("target", choices=list(TARGETS), help="the system that the file is for")
        parser.add_argument("file", type=Path, metavar="FILE", help="the file to be written")
        parser.add_argument("--source", default="", help="users of one source system")
        parser.add_argument("--group", default="", help="members of the group with this key")
        parser.add_argument("--search", default="", help="users with an identifier that begins so")
        parser.add_argument("--job", type=int, help="users whom an import job created or updated")
        parser.add_argument(
            "--with-passwords", action="store_true", help="with password hashes and authenticators"
        )
        parser.add_argument("--dry-run", action="store_true", help="count, and write no file")
        parser.add_argument("--as", dest="operator", metavar="USER", help="who exports")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *, file: Path, operator: str | None, dry_run: bool, **options: Any) -> None:
        signal.signal(signal.SIGTERM, interrupt)
        order, actor = read_order(file, **options), find_operator(operator)
        try:
            result = self.preview(order, actor) if dry_run else self.export(order, actor, file)
        except (SelectionError, FileExists) as error:
            stop_for_usage(str(error))
        except PermissionMissing as error:
            raise CommandError(str(error)) from None
        except DatabaseError as error:
            raise CommandError(f"The database failed, and no file was written: {error}") from None
        except OSError as error:
            raise CommandError(f"The file was not written: {error}") from None
        except KeyboardInterrupt:
            raise CommandError(
                "Interrupted. No file was written.", returncode=INTERRUPTED
            ) from None
        if options["json"]:
            self.stdout.write(json.dumps({"target": order.target.name, **result}))
        else:
            self.report(result)

    def preview(self, order: Order, actor: User) -> dict[str, Any]:
        require_permissions(actor, with_credentials=order.with_credentials)
        preview = preview_export(order, actor)
        return describe(order, preview.users, dict(preview.excluded))

    def export(self, order: Order, actor: User, file: Path) -> dict[str, Any]:
        refuse_existing(file)
        require_permissions(actor, with_credentials=order.with_credentials)
        if order.with_credentials and sys.stdin.isatty():
            self.ask()
        started = time.monotonic()
        export = begin_export(order, actor=actor, channel=Channel.COMMAND, taker=file.name)
        with closing(stream_export(export, order, actor)) as pieces:
            size = write_file(file, pieces)
        seconds = round(time.monotonic() - started, 3)
        return {
            **describe(order, export.users, export.excluded),
            "file": str(file),
            "bytes": size,
            "seconds": seconds,
            "export": export.pk,
        }

    def ask(self) -> None:
        """Have somebody at a terminal say again that they want what people sign in with."""
        self.stderr.write(
            "The file will have password hashes, authenticator app secrets and recovery codes:"
            " whoever reads it can sign in as these users, or try to guess their passwords."
        )
        self.stderr.write(f"Type “{YES}” to write it: ", ending="")
        self.stderr.flush()
        if sys.stdin.readline().strip().lower() != YES:
            raise CommandError("No file was written.")

    def report(self, result: dict[str, Any]) -> None:
        lines = [f"{result['users']:>10,} users"]
        if "file" in result:
            lines[0] += f" in {result['file']} ({result['bytes']:,} bytes)"
        lines += [f"{count:>10,} {words}" for words, count in describe_excluded(result["excluded"])]
        self.stdout.write("\n".join(lines))


def read_order(file: Path, *, target: str, with_passwords: bool, **options: Any) -> Order:
    chosen = TARGETS[target]
    names = ("source", "group", "search", "job")
    selection = Selection(**{name: options[name] for name in names})
    return Order(chosen, find_shape(chosen, file), selection, with_passwords)


def find_shape(target: Target, file: Path) -> str:
    """Return the form that the name of a file stands for; the usual one where it says nothing."""
    endings = {f".{shape.ending}": name for name, shape in target.shapes.items()}
    return endings.get(file.suffix.lower(), next(iter(target.shapes)))


def describe(order: Order, users: int, excluded: dict[str, int]) -> dict[str, Any]:
    return {"users": users, "excluded": excluded, "with_passwords": order.with_credentials}
