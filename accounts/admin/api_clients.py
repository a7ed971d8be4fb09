"""The admin of API clients: each belongs to whoever makes it, and its secret is shown once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.idp.oidc.models import Client
from django.contrib import admin
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts.access_tokens import set_up_client


@admin.register(Client)
class ApiClientAdmin(admin.ModelAdmin):
    """Clients of one's own; a superuser sees, and can delete, those of everybody.

    Nothing of a client can be chosen but its name: one that acted as somebody else, or got other
    tokens, would give its maker more than they have.
    """

    when_empty = (
        "An API client lets a program sign in to the API. Add a client and give its id and "
        "secret to the program: the program then acts with your permissions."
    )
    list_display = ["name", "id", "owner", "created_at", "last_token_at"]
    fields = ["name", "id", "owner", "created_at", "last_token_at"]
    readonly_fields = ["id", "owner", "created_at", "last_token_at"]
    search_fields = ["name", "id"]
    ordering = ["name", "id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        clients = super().get_queryset(request).annotate(last_token=Max("token__created_at"))
        # Those without an owner are applications that users sign in to, which have their own pages.
        clients = clients.exclude(owner=None)
        if request.user.is_superuser:
            return clients.select_related("owner")
        return clients.select_related("owner").filter(owner=request.user)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ["name"]

    @admin.display(description="Last token", ordering="last_token")
    def last_token_at(self, client: Any) -> datetime | None:
        """When it last got a token: of those that are not deleted yet, some hours after expiry."""
        found: datetime | None = client.last_token
        return found

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.new_secret = set_up_client(obj, request.user)  # type: ignore[arg-type]
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the secret in the answer itself: a message would keep it in a cookie or session."""
        context = {
            **self.admin_site.each_context(request),
            "title": "Client secret",
            "breadcrumbs": [
                ("API access", reverse("admin:app_list", args=[self.opts.app_label])),
                ("Clients", reverse("admin:allauth_idp_oidc_client_changelist")),
            ],
            "opts": self.opts,
            "client": obj,
            "secret": obj.new_secret,
            "token_url": request.build_absolute_uri(reverse("api_token")),
        }
        response = TemplateResponse(request, "admin/accounts/api_client_secret.html", context)
        response["Cache-Control"] = "no-store"
        return response
