"""Ask for a recent sign-in before an action that a session alone does not allow."""

from __future__ import annotations

import time

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest
from django.utils.http import urlencode


def is_sign_in_recent(request: HttpRequest) -> bool:
    """Return whether the user signed in, or confirmed their identity, a short while ago.

    allauth's own question (`did_recently_reauthenticate`, 65.21) does not count a sign-in, and
    says yes of everybody who has neither a password nor a second factor here.
    """
    records = get_authentication_records(request, request.user)
    latest = max((record["at"] for record in records), default=0.0)
    return bool(time.time() - latest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def find_confirmation_page(request: HttpRequest, *, then: str) -> str | None:
    """Return the URL of the page that asks for password or second factor and leads on to `then`.

    None for somebody who has neither here, as with an external login alone: they sign
    in again.
    """
    methods = get_adapter().get_reauthentication_methods(request.user)
    if not methods:
        return None
    return f"{methods[0]['url']}?{urlencode({REDIRECT_FIELD_NAME: then})}"
