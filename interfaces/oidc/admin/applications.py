"""The admin of applications: their client secrets are shown once."""

from __future__ import annotations

from typing import Any

from allauth.idp.oidc.adapter import get_adapter
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from interfaces.oidc import services
from interfaces.oidc.admin.forms import ApplicationForm, ClaimMappingForm
from interfaces.oidc.models import Application, ClaimMapping


class ClaimMappingInline(admin.TabularInline):
    """The attributes that an application is told, beside its scopes' claims."""

    model = ClaimMapping
    form = ClaimMappingForm
    extra = 0
    verbose_name = "claim of an attribute"
    verbose_name_plural = "claims of attributes (with the scope “profile”)"

    # A part of the application, without permissions of its own.
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view") or self._may(request, "change")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change") or self._may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change")

    def _may(self, request: HttpRequest, action: str) -> bool:
        return request.user.has_perm(f"oidc.{action}_application")


@admin.register(Application)
class ApplicationAdmin(admin.ModelAdmin):
    """Applications that users sign in to."""

    form = ApplicationForm
    inlines = [ClaimMappingInline]
    change_form_template = "admin/oidc/application/change_form.html"
    when_empty = (
        "Add each application that signs its users in here by OpenID Connect, with the URLs that "
        "users are sent back to."
    )
    list_display = ["name", "type_shown", "is_on", "is_trusted", "last_used_at"]
    search_fields = ["name", "id"]
    readonly_fields = ["id", "type_shown", "issuer", "created_at", "last_used_at"]
    filter_horizontal = ["groups", "roles"]
    ordering = ["name"]

    def get_fieldsets(self, request: HttpRequest, obj: Application | None = None) -> Any:
        facts = ["type_shown", "id", "issuer", "created_at", "last_used_at"] if obj else ["type"]
        return [
            (None, {"fields": ["name", "is_on", *facts]}),
            (
                "Signing in and out",
                {"fields": ["redirect_uris", "post_logout_uris", "requires_pkce"]},
            ),
            (
                "What it is told",
                {"fields": ["skip_consent", "scopes", "memberships", "subject_source"]},
            ),
            ("Who may use it", {"fields": ["groups", "roles", *self._list_sources(request, obj)]}),
        ]

    def _list_sources(self, request: HttpRequest, obj: Application | None) -> list[str]:
        form = ApplicationForm(instance=obj)
        return ["sources"] if "sources" in form.fields else []

    @admin.display(description="Trusted", boolean=True, ordering="skip_consent")
    def is_trusted(self, application: Application) -> bool:
        return application.is_trusted

    @admin.display(description="Kind", ordering="type")
    def type_shown(self, application: Application) -> str:
        return application.get_type_display()

    @admin.display(description="Issuer")
    def issuer(self, application: Application) -> str:
        issuer: str = get_adapter().get_issuer()
        return issuer

    def save_model(self, request: HttpRequest, obj: Application, form: Any, change: bool) -> None:
        obj.new_secret = services.save_application(obj)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        if obj.new_secret:
            return self._show_secret(request, obj, obj.new_secret)
        self.message_user(request, f"“{obj}” was added. Its client id is {obj.pk}.")
        return redirect("admin:oidc_application_change", obj.pk)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path(
                "<str:pk>/secret/",
                wrap(require_POST(self.create_secret)),
                name="oidc_application_secret",
            ),
            path(
                "<str:pk>/secret/revoke/",
                wrap(require_POST(self.revoke_secret)),
                name="oidc_application_revoke_secret",
            ),
        ]
        return [*own, *super().get_urls()]

    def create_secret(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Answer with another client secret; the one before stays valid."""
        application = self._find_changeable(request, pk)
        if application.is_public or application.former_secret:
            messages.error(request, "Revoke the former secret first, then create another one.")
            return redirect("admin:oidc_application_change", pk)
        secret = services.rotate_secret(application)
        self.log_change(request, application, "Created a client secret.")
        return self._show_secret(request, application, secret)

    def revoke_secret(self, request: HttpRequest, pk: str) -> HttpResponse:
        application = self._find_changeable(request, pk)
        services.revoke_former_secret(application)
        self.log_change(request, application, "Revoked the former client secret.")
        messages.success(request, "The former secret is revoked.")
        return redirect("admin:oidc_application_change", pk)

    def _find_changeable(self, request: HttpRequest, pk: str) -> Application:
        application = get_object_or_404(Application, pk=pk)
        if not self.has_change_permission(request, application):
            raise PermissionDenied
        return application

    def _show_secret(
        self, request: HttpRequest, application: Application, secret: str
    ) -> HttpResponse:
        """Show a secret in the answer itself: a message would keep it in a cookie or session."""
        context = {
            **self.admin_site.each_context(request),
            "title": "Client secret",
            "breadcrumbs": [
                ("Applications", reverse("admin:oidc_application_changelist")),
                (str(application), reverse("admin:oidc_application_change", args=[application.pk])),
            ],
            "opts": self.opts,
            "application": application,
            "secret": secret,
            "issuer": get_adapter().get_issuer(),
        }
        response = TemplateResponse(request, "admin/oidc/application/secret.html", context)
        response["Cache-Control"] = "no-store"
        return response
