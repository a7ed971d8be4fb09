"""`manage.py limit_import`: changes a job's rate limit and failure threshold while it runs."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from imports.core.planning.wording import describe_limits
from imports.management.commands.import_users import find_job, find_operator
from imports.management.limits import add_limits, change_limits
from imports.services.jobs.rate_limits import read_limits


class Command(BaseCommand):
    help = "Changes the limits of an import job. They apply immediately, to all workers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("job", type=int, help="the number of the job")
        add_limits(parser)
        parser.add_argument(
            "--as", dest="operator", metavar="USER", help="the user to show in the activity log"
        )

    def handle(self, *, job: int, operator: str | None, **options: Any) -> None:
        found = find_job(job)
        change_limits(found, options, find_operator(operator))
        self.stdout.write(f"Job {found.pk}: {describe_limits(read_limits(found))}.")
