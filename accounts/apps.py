"""The accounts application."""

from __future__ import annotations

from django.apps import AppConfig

from accounts.permission_areas import AREAS


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"
    permission_areas = AREAS
