"""What can be done with applications: make one, rotate its secret, end what it was granted."""

from __future__ import annotations

import secrets
from datetime import timedelta

from allauth.idp.oidc import app_settings
from allauth.idp.oidc.models import Client
from django.db import transaction
from django.utils import timezone

from interfaces.oidc.claims import OFFLINE, OPENID
from interfaces.oidc.models import Application, ApplicationUser, Grant

# What tells a leaked secret, to people and to scanners of repositories.
PREFIX = "ufa_"


def save_application(application: Application) -> str:
    """Store an application, new or changed; return the secret of a new one that has one.

    What follows from its settings is set here: it is a client without an owner, for users alone.
    """
    is_new = application._state.adding
    secret = ""
    if is_new:
        secret = make_secret(application)
    scopes = application.get_scopes()
    grants = [Client.GrantType.AUTHORIZATION_CODE]
    if OFFLINE in scopes:
        grants.append(Client.GrantType.REFRESH_TOKEN)
    application.owner = None
    application.set_scopes(list(dict.fromkeys([OPENID, *scopes])))
    application.set_default_scopes([OPENID])
    application.set_grant_types(grants)
    application.set_response_types([Client.ResponseType.CODE])
    application.save()
    return secret


def make_secret(application: Application) -> str:
    """Give an application a secret, unless it is public; return it: it cannot be read again."""
    if application.is_public:
        application.secret = ""
        return ""
    # Of characters that no form of encoding changes, between client and server.
    secret = PREFIX + secrets.token_hex(32)
    application.set_secret(secret)
    return secret


@transaction.atomic
def rotate_secret(application: Application) -> str:
    """Return another secret; the one before stays valid until it is revoked."""
    application.refresh_from_db(from_queryset=Application.objects.select_for_update())
    application.former_secret = application.secret
    secret = make_secret(application)
    application.save(update_fields=["secret", "former_secret"])
    return secret


def revoke_former_secret(application: Application) -> None:
    application.former_secret = ""
    application.save(update_fields=["former_secret"])


@transaction.atomic
def withdraw(account: ApplicationUser) -> None:
    """Have an application ask its user again, and accept none of its tokens."""
    for grant in account.grants.all():
        grant.revoke()
    account.scopes = []
    account.save(update_fields=["scopes"])


def delete_ended_grants() -> None:
    """Delete the sign-ins that no token is left of: those without a refresh token soon."""
    now = timezone.now()
    soon = now - 2 * timedelta(seconds=app_settings.ACCESS_TOKEN_EXPIRES_IN)
    for grant in Grant.objects.filter(created_at__lt=soon).iterator():
        if not grant.list_tokens().exists():
            grant.delete()
