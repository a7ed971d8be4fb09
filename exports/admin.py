"""Lead from the admin's list of models to the pages of exports."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from exports.models import Export
from imports.admin.own_pages import OwnPages


@admin.register(Export)
class ExportAdmin(OwnPages):
    """Has no pages of its own; whoever may see users may export them."""

    list_page = "exports:list"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Export | None = None) -> bool:
        return request.user.has_perm("accounts.view_user")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Export | None = None) -> bool:
        return False
