"""Put our own admin site in the place of Django's, and say what applications are called."""

from allauth.idp.oidc import apps as idp
from django.contrib.admin import apps


class AdminConfig(apps.AdminConfig):
    # Not what INSTALLED_APPS means by a plain "importer_site".
    default = False
    default_site = "importer_site.site.Site"


class ApiAccessConfig(idp.OIDCConfig):
    default = False
    verbose_name = "API access"
