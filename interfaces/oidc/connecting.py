"""What `create_connection oidc` does: an application without a browser."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client
from django.core.management.base import CommandError

from accounts.models import User
from interfaces.oidc.claims import OPENID, SCOPES
from interfaces.oidc.models import Application
from interfaces.oidc.redirects import find_fault
from interfaces.oidc.services import save_application

PERMISSION = "oidc.add_application"


def add_arguments(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("oidc", "applications that users sign in to")
    group.add_argument("--redirect-uri", action="append", default=[], metavar="URL")
    group.add_argument("--post-logout-uri", action="append", default=[], metavar="URL")
    group.add_argument("--public", action="store_true", help="it can keep no secret")
    group.add_argument("--trusted", action="store_true", help="users are not asked for consent")
    group.add_argument(
        "--scope",
        action="append",
        default=[],
        choices=list(SCOPES),
        help="what it may ask for (default: everything)",
    )


def create(
    actor: User,
    *,
    name: str,
    redirect_uri: list[str],
    post_logout_uri: list[str],
    public: bool,
    trusted: bool,
    scope: list[str],
    off: bool,
    **_: Any,
) -> dict[str, str]:
    """Return what an application needs; raises CommandError."""
    if not actor.has_perm(PERMISSION):
        raise CommandError(f"{actor} needs the permission {PERMISSION}.")
    for uri in [*redirect_uri, *post_logout_uri]:
        if fault := find_fault(uri, is_public=public):
            raise CommandError(f"{uri}: {fault}")
    application = Application(
        name=name,
        type=Client.Type.PUBLIC if public else Client.Type.CONFIDENTIAL,
        is_on=not off,
        skip_consent=trusted,
        redirect_uris="\n".join(redirect_uri),
        post_logout_uris="\n".join(post_logout_uri),
    )
    application.set_scopes(scope or [each for each in SCOPES if each != OPENID])
    secret = save_application(application)
    made = {
        "kind": "oidc",
        "url": get_adapter().get_issuer(),
        "client_id": application.pk,
        "client_secret": secret,
    }
    return {name: value for name, value in made.items() if value}
