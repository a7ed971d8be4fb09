"""Mapping templates in the admin: their names, and what each version says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from imports.core.records.targets import get_label
from imports.models import MappingTemplate, TemplateVersion


class TemplateVersionInline(admin.TabularInline):
    """The versions of a template, newest first: they never change, and can be exported."""

    model = TemplateVersion
    fields = readonly_fields = ("number", "created_at", "created_by", "rules", "export")
    can_delete = False
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("imports.view_mappingtemplate")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="Columns and fields")
    def rules(self, version: TemplateVersion) -> str:
        """Return the fields that something goes to, each with where it comes from."""
        return format_html_join(
            mark_safe("<br>"),
            "{} → {}",
            (
                (rule["source"] or rule["template"], get_label(rule["target"]))
                for rule in version.mapping["rules"]
            ),
        )

    @admin.display(description="Export")
    def export(self, version: TemplateVersion) -> str:
        address = reverse("imports:export_template", args=[version.pk])
        return format_html('<a href="{}" download>Export version {}</a>', address, version.number)


@admin.register(MappingTemplate)
class MappingTemplateAdmin(admin.ModelAdmin):
    """Mapping templates; one is made on the mapping page of a job, or imported from a file."""

    when_empty = (
        "Mapping templates reuse a column mapping for similar files. Save one on the mapping "
        "page of a job."
    )
    list_display = ("name", "description", "latest", "saved", "used")
    search_fields = ("name", "description")
    fields = ("name", "description")
    inlines = (TemplateVersionInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[MappingTemplate]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                latest_number=Max("versions__number"),
                latest_at=Max("versions__created_at"),
                job_count=Count("versions__jobs", distinct=True),
            )
        )

    @admin.display(description="Latest version", ordering="latest_number")
    def latest(self, template: Any) -> int:
        return int(template.latest_number or 0)

    @admin.display(description="Last saved", ordering="latest_at")
    def saved(self, template: Any) -> datetime | None:
        saved: datetime | None = template.latest_at
        return saved

    @admin.display(description="Jobs", ordering="job_count")
    def used(self, template: Any) -> int:
        return int(template.job_count)

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        return redirect("imports:import_template")
