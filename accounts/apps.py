"""The accounts application."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import register

from accounts import hashing
from accounts.checks import check_password_limits
from accounts.hashing.sealed import set_opener
from accounts.passwords.sealing import open_secret
from accounts.permission_areas import AREAS


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"
    permission_areas = AREAS

    def ready(self) -> None:
        hashing.set_limits(
            hashing.Limits(settings.PASSWORD_CPU_SECONDS, settings.PASSWORD_MEMORY_MIB)
        )
        set_opener(open_secret)
        register(check_password_limits)
