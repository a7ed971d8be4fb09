"""The arguments of `manage.py import_users`."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path

from imports.core.inspection.reading import CHOICES
from imports.core.planning.conflicts import Mode
from imports.core.planning.matching import MATCHING_KEYS, SUBJECT_ID
from imports.core.providers import PROVIDERS
from imports.management.limits import add_limits
from imports.services.mapping.mappings import MAX_CHUNK_ROWS, MIN_CHUNK_ROWS

AUTO = "auto"


def add_import_arguments(parser: ArgumentParser) -> None:
    """Add what says which file is imported, by what policies, and how it runs."""
    _add_file(parser)
    _add_rules(parser)
    _add_run(parser)


def _add_file(parser: ArgumentParser) -> None:
    parser.add_argument(
        "file", nargs="?", type=Path, help="the export file; see docs/reading.md for the formats"
    )
    parser.add_argument(
        "--read",
        action="append",
        default=[],
        type=read_pair,
        metavar="OPTION=VALUE",
        help=f"how to read the file, where detection is wrong ({', '.join(CHOICES)}),"
        " such as path=data.users or has_header=no; may be repeated",
    )
    parser.add_argument(
        "--provider",
        choices=[AUTO, *PROVIDERS],
        default=AUTO,
        help="the source system (default: detect it)",
    )
    parser.add_argument(
        "--mapping",
        type=Path,
        help=(
            "a mapping file (docs/mapping.md) or an exported mapping template (default: the "
            "suggested mapping)"
        ),
    )
    parser.add_argument(
        "--template",
        metavar="NAME[@VERSION]",
        help="the name of a saved mapping template (default version: the latest)",
    )
    parser.add_argument(
        "--answers",
        type=Path,
        help="a JSON file with answers to the questions of the source system, by name, such as the "
        "signer key of its hashes, and to decisions, by CODE:COLUMN (docs/dry-run.md)",
    )
    parser.add_argument(
        "--corrections",
        type=Path,
        help="a JSON file with corrections of error groups (docs/results.md), which the import "
        "makes; with --resume of a completed job, the failed records are retried with them",
    )


def _add_rules(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--mode",
        choices=[mode.value for mode in Mode],
        default=Mode.SKIP.value,
        help="what to do with records of existing users (default: skip)",
    )
    parser.add_argument(
        "--match",
        default=SUBJECT_ID,
        metavar="KEY",
        help="by what existing users are found: "
        + ", ".join(MATCHING_KEYS)
        + ", or attribute:NAME of a unique attribute (default: subject_id)",
    )
    parser.add_argument(
        "--on",
        action="append",
        default=[],
        type=read_pair,
        metavar="REASON=RESOLUTION",
        help="what to do on a kind of conflict, where the mode does not decide, such as "
        "authenticator_exists=fail; see docs/conflicts.md; may be repeated",
    )
    parser.add_argument(
        "--field",
        action="append",
        default=[],
        type=read_pair,
        metavar="FIELD=POLICY",
        help="what an update does with a field or part, such as profile.phone=fill or "
        "profile=newer; may be repeated",
    )


def _add_run(parser: ArgumentParser) -> None:
    add_limits(parser)
    parser.add_argument(
        "--dry-run", action="store_true", help="only start a dry run; write no users"
    )
    parser.add_argument(
        "--chunk-size",
        type=read_chunk_size,
        metavar="N",
        help=f"records written together, {MIN_CHUNK_ROWS} to {MAX_CHUNK_ROWS}",
    )
    parser.add_argument(
        "--as",
        dest="operator",
        metavar="USER",
        help="subject id or e-mail address of the user who runs the import; it grants no role "
        "beyond their permissions (default: the first active superuser)",
    )
    parser.add_argument(
        "--disable-missing",
        action="store_true",
        help="after the import, disable users of the source system who are missing from the file; "
        "with --resume, also of a completed job (docs/leavers.md)",
    )
    parser.add_argument(
        "--confirm-missing",
        action="store_true",
        help="with --disable-missing: confirm that the file has all users of the source system, "
        "where something speaks against it",
    )
    parser.add_argument(
        "--resume",
        type=int,
        metavar="JOB",
        help="resume a paused, stopped or approved job instead of importing a file; or, with "
        "--corrections, retry the failed records of a completed one",
    )
    parser.add_argument(
        "--digest",
        help="with --resume: the digest of the job that was reviewed, from a refusal or the API; a "
        "job that has changed since is refused",
    )
    parser.add_argument("--json", action="store_true", help="print the totals as one JSON object")


def read_pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator:
        raise ArgumentTypeError(
            f"“{text}” is not NAME=VALUE. Write a name, an equals sign and a value",
        )
    return name.strip(), value.strip()


def read_chunk_size(text: str) -> int:
    if text.isdecimal() and MIN_CHUNK_ROWS <= int(text) <= MAX_CHUNK_ROWS:
        return int(text)
    raise ArgumentTypeError(f"give a number from {MIN_CHUNK_ROWS} to {MAX_CHUNK_ROWS}")
