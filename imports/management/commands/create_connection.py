"""`manage.py create_connection`: makes a connection and its secret without a browser."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from importlib import import_module
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from imports.core.errors import ImporterError
from imports.core.planning.conflicts import Mode
from imports.core.planning.matching import SUBJECT_ID
from imports.management.commands.import_users import find_operator
from imports.models import Connection
from imports.services.connections.connections import save_connection, switch
from imports.services.connections.kinds import KINDS, ConnectionKind
from imports.services.connections.mappings import propose_mapping
from imports.services.connections.secrets import issue_secret

# Modules of interfaces whose connections are none of ours, by kind.
MAKERS: dict[str, Any] = {
    kind: import_module(name) for kind, name in settings.CONNECTION_MAKERS.items()
}
DESCRIPTION = """\
Makes a connection, by which another program writes users, or asks about them, with the permissions
of whoever it acts for, switches it on and prints its URL and credentials. The secret is printed
only this once.

With --json, the output is one object with kind, url, and tenant, token_url, client_id,
client_secret or token as the kind has them."""


class Command(BaseCommand):
    help = DESCRIPTION

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "kind", choices=[*KINDS, *MAKERS], help="the interface the program uses"
        )
        parser.add_argument("--name", required=True, help="the name of the connection")
        parser.add_argument(
            "--tenant", default="", help="the tenant in the URLs, if the kind has one"
        )
        parser.add_argument("--source", help="the source system in reports (default: the name)")
        parser.add_argument(
            "--mode",
            choices=[mode.value for mode in Mode],
            default=Mode.UPDATE.value,
            help="what happens to users who exist already (default: update)",
        )
        parser.add_argument(
            "--matching-key",
            default=SUBJECT_ID,
            help="by which value existing users are found (default: subject_id)",
        )
        parser.add_argument(
            "--secret-scope",
            dest="secret_scopes",
            action="append",
            default=[],
            help="a scope of its secret; repeat it for several (default: those of the kind)",
        )
        parser.add_argument("--off", action="store_true", help="do not switch it on yet")
        parser.add_argument(
            "--as", dest="operator", metavar="USER", help="whom the connection acts for"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        for maker in MAKERS.values():
            maker.add_arguments(parser)

    def handle(self, *, kind: str, operator: str | None, **options: Any) -> None:
        try:
            actor = find_operator(operator)
            if kind in MAKERS:
                made = MAKERS[kind].create(actor, **options)
            else:
                made = create(KINDS[kind], actor, **options)
        except ImporterError as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps(made, indent=2))
        else:
            for name, value in made.items():
                self.stdout.write(f"{name:14}{value}")


@transaction.atomic
def create(
    kind: ConnectionKind,
    actor: User,
    *,
    name: str,
    tenant: str,
    source: str | None,
    mode: str,
    matching_key: str,
    secret_scopes: list[str],
    off: bool,
    **_: Any,
) -> dict[str, str]:
    """Return what a program needs to use a new connection; raises ImporterError or CommandError."""
    if kind.tenant_is_name:
        tenant = tenant or slugify(name)
    if kind.has_tenant is not bool(tenant):
        needs = "requires --tenant" if kind.has_tenant else "has no tenant"
        raise CommandError(f"A connection of the kind “{kind.name}” {needs}.")
    connection = Connection(
        kind=kind.name,
        name=name,
        tenant=tenant,
        source=source or name,
        mode=mode,
        matching_key=matching_key,
        owner=actor,
    )
    try:
        connection.full_clean()
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from None
    save_connection(connection, propose_mapping(kind.provider), actor=actor)
    secret = issue_secret(connection, actor=actor, scopes=secret_scopes)
    if not off:
        switch(connection, is_on=True, actor=actor)
    return describe(connection, kind, secret)


def describe(connection: Connection, kind: ConnectionKind, secret: str) -> dict[str, str]:
    made = {
        "kind": kind.name,
        "url": urljoin(settings.PUBLIC_URL, kind.get_path(connection.tenant)),
        "tenant": connection.tenant,
        "token_url": kind.token_path
        and urljoin(settings.PUBLIC_URL, kind.get_token_path(connection.tenant)),
        "client_id": connection.client_id,
        "client_secret" if kind.has_client else "token": secret,
    }
    return {name: value for name, value in made.items() if value}
