"""Puts our own admin site in the place of Django's."""

from django.contrib.admin import apps


class AdminConfig(apps.AdminConfig):
    # Not what INSTALLED_APPS means by a plain "importer_site".
    default = False
    default_site = "importer_site.site.Site"
