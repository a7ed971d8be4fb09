"""The exports application."""

from django.apps import AppConfig

from exports.permission_areas import AREAS


class ExportsConfig(AppConfig):
    name = "exports"
    verbose_name = "Exports"
    permission_areas = AREAS
