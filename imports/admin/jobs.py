"""Show imports in the admin: in its index and sidebar, and on the page of an imported user."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin import UserPanel, register_user_panel
from accounts.models import User
from imports.admin.own_pages import OwnPages
from imports.models import ImportJob
from imports.selectors import list_records_of_user


@admin.register(ImportJob)
class ImportJobAdmin(OwnPages):
    """Import jobs are made, looked at and moved on by our own pages alone."""

    list_page = "imports:job_list"
    add_page = "imports:upload"
    object_page = "imports:job"

    def has_change_permission(self, request: HttpRequest, obj: ImportJob | None = None) -> bool:
        return False


@register_user_panel
def build_origin_panel(user: User) -> UserPanel:
    """Say which jobs and rows a user came from, newest first."""
    return UserPanel(
        title="Import history",
        template="imports/sources/user_origin.html",
        context={"records": list_records_of_user(user)},
    )
