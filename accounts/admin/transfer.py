"""Import and export in the admin: who may, in which formats, and only as it was previewed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from import_export.admin import ExportMixin, ImportExportMixin
from import_export.forms import ConfirmImportForm, ExportForm
from import_export.results import Result

from accounts.admin.formats import EXPORT_FORMATS, IMPORT_FORMATS

CHANGED = (
    "The result of this import has changed since the preview. Nothing was imported. Review the "
    "new preview and confirm again."
)


class FormatChosenForm(ExportForm):
    """Offers the first format instead of none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("format", "0")


class ConfirmShownForm(ConfirmImportForm):
    """Carries a digest of the preview."""

    as_shown = forms.CharField(required=False, widget=forms.HiddenInput)


class PreviewChanged(Exception):
    """The import would do something else than its preview showed; holds what it would do now."""

    def __init__(self, result: Result, form: ConfirmShownForm) -> None:
        super().__init__()
        self.result = result
        self.form = form


class ExportsSafely(ExportMixin):
    """Export only, for whoever may see the list."""

    export_form_class = FormatChosenForm

    def get_export_formats(self) -> list[type]:
        return EXPORT_FORMATS


class ImportsAndExports(ImportExportMixin):
    """A file creates and changes, so importing one takes both permissions.

    What is confirmed is what was previewed: row by row the status, and each value before and
    after. Otherwise nothing is imported, and what would happen now is shown.
    """

    export_form_class = FormatChosenForm
    confirm_form_class = ConfirmShownForm

    def get_export_formats(self) -> list[type]:
        return EXPORT_FORMATS

    def get_import_formats(self) -> list[type]:
        return IMPORT_FORMATS

    def get_import_form_initial(self, request: HttpRequest) -> dict[str, Any]:
        return {"format": "0", **super().get_import_form_initial(request)}

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        # All rows or none.
        return {**super().get_import_data_kwargs(**kwargs), "rollback_on_validation_errors": True}

    def has_import_permission(self, request: HttpRequest, *args: Any) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response = super().import_action(request, **kwargs)
        context = getattr(response, "context_data", None) or {}
        if "confirm_form" in context:
            context["confirm_form"].initial["as_shown"] = digest_preview(context["result"])
        return response

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                return super().process_import(request, **kwargs)
        except PreviewChanged as changed:
            messages.error(request, CHANGED)
            return self._preview_again(request, changed.result, changed.form)

    def process_dataset(
        self, dataset: Any, form: ConfirmShownForm, request: HttpRequest, **kwargs: Any
    ) -> Result:
        # Nobody changes one of them between the comparison and the end of the import.
        list(self.model._default_manager.select_for_update(no_key=True).values_list("pk"))
        result = super().process_dataset(dataset, form, request, **kwargs)
        if digest_preview(result) != form.cleaned_data["as_shown"]:
            raise PreviewChanged(result, form)
        return result

    def _preview_again(
        self, request: HttpRequest, result: Result, form: ConfirmShownForm
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Import",
            "opts": self.model._meta,
            "result": result,
            "form": self.get_import_form_class(request)(
                self.get_import_formats(),
                self.get_import_resource_classes(request),
                initial=self.get_import_form_initial(request),
            ),
        }
        if not result.has_errors() and not result.has_validation_errors():
            shown = {**form.cleaned_data, "as_shown": digest_preview(result)}
            context["confirm_form"] = ConfirmShownForm(initial=shown)
        return TemplateResponse(request, [self.import_template_name], context, status=409)


def digest_preview(result: Result) -> str:
    """Return a digest of what a preview shows: of each row its status and its values."""
    rows = [[row.import_type, [str(cell) for cell in row.diff or ()]] for row in result.rows]
    return hashlib.sha256(json.dumps([result.diff_headers, rows]).encode()).hexdigest()
