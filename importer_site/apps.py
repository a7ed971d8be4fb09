"""Set up what Django's applications take from the site: admin, names and work queue."""

from allauth.idp.oidc import apps as idp
from django.contrib.admin import apps

from importer_site.celery import app


class AdminConfig(apps.AdminConfig):
    # Not what INSTALLED_APPS means by a plain "importer_site".
    default = False
    default_site = "importer_site.site.Site"

    def ready(self) -> None:
        super().ready()
        # For every thread: applications send to and answer for whichever queue is current.
        app.set_default()


class ApiAccessConfig(idp.OIDCConfig):
    default = False
    verbose_name = "API access"
