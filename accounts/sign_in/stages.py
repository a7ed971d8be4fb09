"""A step of signing in: whoever's password has expired chooses another before getting in."""

from __future__ import annotations

from allauth.account.stages import LoginStage
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone


class ExpiredPasswordStage(LoginStage):
    """Comes last: nobody sets a password without having shown the second factor."""

    key = "expired_password"
    urlname = "account_password_expired"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        expires_at = user.password_expires_at
        # Somebody who has no password signs in another way; there is nothing to replace.
        if expires_at is None or expires_at > timezone.now() or not user.has_usable_password():
            return None, True
        return redirect(self.urlname), True
