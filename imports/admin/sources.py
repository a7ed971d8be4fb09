"""Lead from the admin's list of models to the pages of the migration progress."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from imports.admin.own_pages import OwnPages
from imports.models import SourceDay


@admin.register(SourceDay)
class SourceAdmin(OwnPages):
    """Has no pages of its own; whoever may see imports may see their sources."""

    list_page = "imports:sources"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: SourceDay | None = None) -> bool:
        return request.user.has_perm("imports.view_importjob")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SourceDay | None = None) -> bool:
        return False
