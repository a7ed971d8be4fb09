"""The admin of API clients: each belongs to whoever makes it, and its secret is shown once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.idp.oidc.models import Client
from django import forms
from django.contrib import admin
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from accounts.access_tokens import CREDENTIALS_SCOPE, set_up_client
from accounts.sign_in.reauthentication import find_confirmation_page, is_sign_in_recent

EXPORT_CREDENTIALS = "accounts.export_credentials"
SIGN_IN_AGAIN = (
    "A client that exports credentials can only be created shortly after signing in. {} Then create"
    " the client."
)


class NewClientForm(forms.ModelForm):
    """A client to be made; whether it may export credentials is asked of those who may."""

    request: HttpRequest

    with_credentials = forms.BooleanField(
        label="May export password hashes and authenticators",
        required=False,
        help_text="The program then asks for a token with the scopes"
        f" “imports {CREDENTIALS_SCOPE}”. Leave it off for programs that only import.",
    )

    class Meta:
        model = Client
        fields = ["name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.request.user.has_perm(EXPORT_CREDENTIALS):
            del self.fields["with_credentials"]

    def clean_with_credentials(self) -> bool:
        wanted: bool = self.cleaned_data["with_credentials"]
        if wanted and not is_sign_in_recent(self.request):
            page = find_confirmation_page(self.request, then=self.request.path)
            what = (
                format_html('<a href="{}">Confirm your identity.</a>', page)
                if page
                else ("Sign out, and sign in again.")
            )
            raise forms.ValidationError(format_html(SIGN_IN_AGAIN, what))
        return wanted


@admin.register(Client)
class ApiClientAdmin(admin.ModelAdmin):
    """Clients of one's own; a superuser sees, and can delete, those of everybody.

    Nothing of a client can be chosen but its name, and whether it may export credentials: one that
    acted as somebody else, or got other tokens, would give its maker more than they have.
    """

    when_empty = (
        "An API client lets a program sign in to the API. Add a client and give its id and "
        "secret to the program: the program then acts with your permissions."
    )
    list_display = ["name", "id", "owner", "exports_credentials", "created_at", "last_token_at"]
    fields = ["name", "id", "owner", "exports_credentials", "created_at", "last_token_at"]
    readonly_fields = ["id", "owner", "exports_credentials", "created_at", "last_token_at"]
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
        if obj:
            return self.fields
        may_export = request.user.has_perm(EXPORT_CREDENTIALS)
        return ["name", "with_credentials"] if may_export else ["name"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = type("RequestForm", (NewClientForm,), {"request": request})
        return super().get_form(request, obj, change=change, **kwargs)

    @admin.display(description="Exports credentials", boolean=True)
    def exports_credentials(self, client: Any) -> bool:
        """Whether it may ask for the scope of password hashes and authenticators."""
        return CREDENTIALS_SCOPE in client.get_scopes()

    @admin.display(description="Last token", ordering="last_token")
    def last_token_at(self, client: Any) -> datetime | None:
        """When it last got a token: of those that are not deleted yet, some hours after expiry."""
        found: datetime | None = client.last_token
        return found

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.new_secret = set_up_client(
                obj,
                request.user,  # type: ignore[arg-type]
                with_credentials=form.cleaned_data.get("with_credentials", False),
            )
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
            "exports_credentials": self.exports_credentials(obj),
            "token_url": request.build_absolute_uri(reverse("api_token")),
        }
        response = TemplateResponse(request, "admin/accounts/api_client_secret.html", context)
        response["Cache-Control"] = "no-store"
        return response
