"""Import and export in the admin: who may, and in which formats."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from import_export.admin import ExportMixin, ImportExportMixin
from import_export.forms import ExportForm

from accounts.admin.formats import EXPORT_FORMATS, IMPORT_FORMATS


class FormatChosenForm(ExportForm):
    """Offers the first format instead of none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("format", "0")


class ExportsSafely(ExportMixin):
    """Export only, for whoever may see the list."""

    export_form_class = FormatChosenForm

    def get_export_formats(self) -> list[type]:
        return EXPORT_FORMATS


class ImportsAndExports(ImportExportMixin):
    """A file creates and changes, so importing one takes both permissions."""

    export_form_class = FormatChosenForm

    def get_export_formats(self) -> list[type]:
        return EXPORT_FORMATS

    def get_import_formats(self) -> list[type]:
        return IMPORT_FORMATS

    def get_import_form_initial(self, request: HttpRequest) -> dict[str, Any]:
        return {"format": "0", **super().get_import_form_initial(request)}

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        # All rows or none, should something have changed since the preview.
        return {**super().get_import_data_kwargs(**kwargs), "rollback_on_validation_errors": True}

    def has_import_permission(self, request: HttpRequest, *args: Any) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)
