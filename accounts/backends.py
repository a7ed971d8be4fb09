"""Signs users in by e-mail, user name or phone, and reads their permissions from their roles."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import Permission
from django.db.models import QuerySet

from accounts.models import User


class AccountBackend(AuthenticationBackend):
    """allauth's sign-in; permissions come from roles instead of Django's own groups."""

    def _get_user_permissions(self, user_obj: User) -> QuerySet[Permission]:
        return Permission.objects.filter(role__in=user_obj.effective_roles)

    def _get_group_permissions(self, user_obj: Any) -> QuerySet[Permission]:
        return Permission.objects.none()
