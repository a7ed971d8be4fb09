"""Sign users in by e-mail, user name or phone, and read their permissions from their roles."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import hashing
from accounts.models import User
from accounts.passwords.turns import take_turn


class AccountBackend(AuthenticationBackend):
    """allauth's sign-in; permissions come from roles instead of Django's own groups."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Return the user; nobody is looked for with a password that is too long."""
        if hashing.is_too_long(credentials.get("password") or ""):
            return None
        # Before anybody is looked for: whoever has to wait is not told who has an account.
        with take_turn():
            user: User | None = super().authenticate(request, **credentials)
        return user

    def _get_user_permissions(self, user_obj: User) -> QuerySet[Permission]:
        return Permission.objects.filter(role__in=user_obj.effective_roles)

    def _get_group_permissions(self, user_obj: Any) -> QuerySet[Permission]:
        return Permission.objects.none()
