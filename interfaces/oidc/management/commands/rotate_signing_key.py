"""`manage.py rotate_signing_key`: makes the next key that ID tokens are signed with."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from interfaces.oidc import keys


class Command(BaseCommand):
    help = (
        "Makes the next key that tokens are signed with. It is published at once and signs an hour"
        " later, so that applications know it by then; the old one is published until the tokens"
        " that it signed have expired. Keys are rotated every 90 days without this command."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at-once",
            action="store_true",
            help="sign with the new key now, because the old one may be known to others",
        )

    def handle(self, *, at_once: bool, **options: Any) -> None:
        key = keys.rotate(at_once=at_once)
        self.stdout.write(f"The key {key} signs new tokens from {key.active_from:%H:%M} UTC.")
