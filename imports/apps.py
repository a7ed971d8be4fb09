"""The imports application."""

from django.apps import AppConfig
from django.db.models.signals import pre_delete

from imports.permission_areas import AREAS


class ImportsConfig(AppConfig):
    name = "imports"
    verbose_name = "Imports"
    permission_areas = AREAS

    def ready(self) -> None:
        from imports.services.directories.tombstones import bury

        pre_delete.connect(bury, sender="accounts.User", dispatch_uid="bury")
