"""`userferry GROUP ACTION`: every operation of the API as a command, from the same table."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from userferry.api import OPERATIONS, Client
from userferry.transport import BYTES, FORM, ApiError, Operation

EPILOG = """\
USERFERRY_URL is the URL of the installation. USERFERRY_TOKEN is an access token, or that of a
connection for `records`; else USERFERRY_CLIENT_ID and USERFERRY_CLIENT_SECRET are those of an API
client. JSON is printed to standard output; a refused request exits with 1."""


def main(arguments: list[str] | None = None) -> int:
    """Call what the arguments name, and print what it answers."""
    given = vars(build_parser().parse_args(arguments))
    operation: Operation = given.pop("operation")
    for name in ("group", "action"):
        given.pop(name)
    environment = os.environ
    client = Client(
        environment.get("USERFERRY_URL", "http://localhost:8000"),
        token=environment.get("USERFERRY_TOKEN", ""),
        client_id=environment.get("USERFERRY_CLIENT_ID", ""),
        client_secret=environment.get("USERFERRY_CLIENT_SECRET", ""),
    )
    try:
        answer = client.call(operation, **given)
    except ApiError as error:
        print(error, file=sys.stderr)  # noqa: T201
        for fault in error.problem.get("faults", ()):
            print(f"  {fault}", file=sys.stderr)  # noqa: T201
        return 1
    except OSError as error:
        print(f"{client.url} cannot be reached: {error}", file=sys.stderr)  # noqa: T201
        return 1
    if isinstance(answer, bytes):
        sys.stdout.buffer.write(answer)
    elif answer is not None:
        print(json.dumps(answer, indent=2, ensure_ascii=False))  # noqa: T201
    return 0


def build_parser() -> argparse.ArgumentParser:
    """Return the parser: a command for each group, and in it one for each action."""
    parser = argparse.ArgumentParser(prog="userferry", description=__doc__, epilog=EPILOG)
    groups: dict[str, Any] = {}
    commands = parser.add_subparsers(dest="group", required=True, metavar="GROUP")
    for operation in OPERATIONS.values():
        group, action = operation.command
        if group not in groups:
            actions = commands.add_parser(group)
            groups[group] = actions.add_subparsers(dest="action", required=True, metavar="ACTION")
        summary = operation.summary.replace("%", "%%")
        command = groups[group].add_parser(action, help=summary, description=summary)
        add_arguments(command, operation)
    return parser


def add_arguments(command: argparse.ArgumentParser, operation: Operation) -> None:
    """Add the path's parameters in their order, a file or body, and all else as options."""
    command.set_defaults(operation=operation)
    for each in operation.parameters:
        described = each.description.replace("%", "%%")
        if each.place == "path":
            command.add_argument(each.argument, help=described)
        else:
            option = f"--{each.argument.strip('_').replace('_', '-')}"
            command.add_argument(option, dest=each.argument, help=described)
    if FORM in operation.media:
        command.add_argument("file", type=Path, help="The file to upload.")
        command.add_argument("--options", type=json.loads, help="Options of the job, as JSON.")
    elif BYTES in operation.media:
        command.add_argument("content", type=Path, help="A file with the part.")
    elif operation.media:
        text = "JSON, or the name of a file with JSON or one object a line; - for standard input."
        command.add_argument("body", nargs="?", type=read_body, help=text)


def read_body(written: str) -> Any:
    """Return what JSON says, on the command line or in a file: also one object in each line."""
    if written.startswith(("{", "[")):
        return json.loads(written)
    text = sys.stdin.read() if written == "-" else Path(written).read_text("utf-8")
    try:
        return json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]


if __name__ == "__main__":
    sys.exit(main())
