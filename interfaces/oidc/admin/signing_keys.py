"""The admin of signing keys: which there are, and the button that rotates them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from interfaces.oidc import keys
from interfaces.oidc.models import SigningKey

ROTATE = "oidc.add_signingkey"


@admin.register(SigningKey)
class SigningKeyAdmin(admin.ModelAdmin):
    """Keys are made and rotated, never entered; private keys are not shown."""

    change_list_template = "admin/oidc/signingkey/change_list.html"
    when_empty = "The first key is made when an application first needs one."
    list_display = ["__str__", "describe_use", "active_from", "expires_at"]
    list_display_links = None
    actions = None
    readonly_fields = ["show_id", "describe_use", "created_at", "active_from", "expires_at"]

    @admin.display(description="Key id")
    def show_id(self, key: SigningKey) -> str:
        return format_html('<code class="uf-break">{}</code>', key.key_id)

    @admin.display(description="Use")
    def describe_use(self, key: SigningKey) -> str:
        now = timezone.now()
        if key.expires_at and key.expires_at <= now:
            return "expired"
        if key.active_from > now:
            return "published, signs later"
        newest = SigningKey.objects.filter(active_from__lte=now).first()
        return "signs new tokens" if newest == key else "verifies tokens that it signed"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may_go = obj is None or obj.expires_at is not None
        return may_go and super().has_delete_permission(request, obj)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), "may_rotate": request.user.has_perm(ROTATE)}
        return super().changelist_view(request, context)

    def get_urls(self) -> list[URLPattern]:
        rotate = self.admin_site.admin_view(require_POST(self.rotate))
        return [path("rotate/", rotate, name="oidc_signingkey_rotate"), *super().get_urls()]

    def rotate(self, request: HttpRequest) -> HttpResponse:
        """Make another key; it signs at once if the old one is no longer to be trusted."""
        if not request.user.has_perm(ROTATE):
            raise PermissionDenied
        key = keys.rotate(at_once="at_once" in request.POST)
        self.log_addition(request, key, "Rotated the signing key.")
        messages.success(
            request, f"The key {key} signs new tokens from {key.active_from:%H:%M} UTC."
        )
        return redirect("admin:oidc_signingkey_changelist")
