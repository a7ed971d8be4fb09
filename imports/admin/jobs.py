"""Shows imports in the admin: in its index and sidebar, and on the page of an imported user."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.admin import UserPanel, register_user_panel
from accounts.models import User
from imports.models import ImportJob
from imports.selectors import list_records_of_user


@admin.register(ImportJob)
class ImportJobAdmin(admin.ModelAdmin):
    """Leads from where the admin lists its models to the pages of our own."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        return redirect("imports:job_list")

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        return redirect("imports:upload")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        if object_id.isdecimal():
            return redirect("imports:job", int(object_id))
        return redirect("imports:job_list")

    def has_change_permission(self, request: HttpRequest, obj: ImportJob | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ImportJob | None = None) -> bool:
        # Its records would be left without their job.
        return False


@register_user_panel
def build_origin_panel(user: User) -> UserPanel:
    """Say which jobs and rows a user came from, newest first."""
    return UserPanel(
        title="Where this user came from",
        template="imports/includes/user_origin.html",
        context={"records": list_records_of_user(user)},
    )
