"""The imports application."""

from django.apps import AppConfig
from django.db.models.signals import pre_delete


class ImportsConfig(AppConfig):
    name = "imports"
    verbose_name = "Imports"

    def ready(self) -> None:
        from imports.services.tombstones import bury

        pre_delete.connect(bury, sender="accounts.User", dispatch_uid="bury")
