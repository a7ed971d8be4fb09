"""Import and export in the admin: who may, and in which formats."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from import_export.admin import ExportMixin, ImportExportMixin

from accounts.admin.formats import EXPORT_FORMATS, IMPORT_FORMATS


class ExportsSafely(ExportMixin):
    """Export only, for whoever may see the list."""

    def get_export_formats(self) -> list[type]:
        return EXPORT_FORMATS


class ImportsAndExports(ImportExportMixin):
    """A file creates and changes, so importing one takes both permissions."""

    def get_export_formats(self) -> list[type]:
        return EXPORT_FORMATS

    def get_import_formats(self) -> list[type]:
        return IMPORT_FORMATS

    def has_import_permission(self, request: HttpRequest, *args: Any) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)
