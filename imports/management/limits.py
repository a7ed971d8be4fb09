"""The limits of a job on the command line: its rate limit and its failure threshold."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping
from typing import Any

from accounts.models import User
from imports.models import ImportJob
from imports.services.jobs.rate_limits import set_limits


def add_limits(parser: ArgumentParser) -> None:
    """Add the options; one that is not given leaves the job's as it is."""
    parser.add_argument(
        "--throttle",
        dest="rate_limit",
        type=read_number,
        metavar="N",
        help="write at most N records a second, all workers together; 0 for no limit",
    )
    parser.add_argument(
        "--halt-at",
        dest="failure_threshold",
        type=read_percentage,
        metavar="PERCENT",
        help="pause the job automatically when more than this percentage of its records fails; "
        "“never” for no threshold",
    )
    parser.add_argument(
        "--halt-sample",
        dest="failure_sample",
        type=read_number,
        metavar="N",
        help="the number of records to write before the threshold applies",
    )


def change_limits(job: ImportJob, options: Mapping[str, Any], actor: User) -> None:
    """Set those limits of a job that were given."""
    rate, threshold = options["rate_limit"], options["failure_threshold"]
    if threshold is None:
        threshold = job.failure_threshold
    elif threshold < 0:
        threshold = None
    set_limits(
        job,
        rate_limit=job.rate_limit if rate is None else rate or None,
        failure_threshold=threshold,
        failure_sample=options["failure_sample"] or job.failure_sample,
        actor=actor,
    )


def read_number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    raise ArgumentTypeError("give a whole number")


def read_percentage(text: str) -> int:
    """Return a percentage; -1 for “never”."""
    if text == "never":
        return -1
    if text.isdecimal() and int(text) < 100:
        return int(text)
    raise ArgumentTypeError("give a number from 0 to 99, or “never”")
