"""The admin site: one sign-in with everybody else's, and one page per user instead of many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.db.models import Model
from django.db.models.base import ModelBase
from django.utils.decorators import method_decorator

# Django's own groups are not used, and what belongs to one user is shown on that user's page,
# masked; a page of its own would show secrets and go round the checks of the user page.
NOT_SHOWN = frozenset(
    {
        "account.emailaddress",
        "account.emailconfirmation",
        "allauth_idp_oidc.token",
        "auth.group",
        "mfa.authenticator",
        "socialaccount.socialaccount",
        "socialaccount.socialtoken",
    }
)


@method_decorator(secure_admin_login, name="login")
class Site(admin.AdminSite):
    """Userferry's admin."""

    site_header = "Userferry"
    site_title = "Userferry"
    index_title = "Administration"
    site_url = "/"

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: Any = None,
        **options: Any,
    ) -> None:
        models = (
            [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else model_or_iterable
        )
        # Ours come first, and allauth's own page of a model we have one for is not wanted.
        shown = [
            model
            for model in models
            if model._meta.label_lower not in NOT_SHOWN and not self.is_registered(model)
        ]
        super().register(shown, admin_class, **options)
