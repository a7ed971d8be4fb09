"""A step of signing in: whoever's password has expired chooses another before getting in."""

from __future__ import annotations

from allauth.account.stages import LoginStage
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.models import User


class ExpiredPasswordStage(LoginStage):
    """Comes last: nobody sets a password without having shown the second factor."""

    key = "expired_password"
    urlname = "account_password_expired"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if not is_password_expired(self.login.user):
            return None, True
        return redirect(self.urlname), True


def is_password_expired(user: User) -> bool:
    """Return whether a user has to choose another password before getting in.

    Not somebody who has none: they sign in another way, and there is nothing to replace.
    """
    expires_at = user.password_expires_at
    is_past = expires_at is not None and expires_at <= timezone.now()
    return is_past and user.has_usable_password()
