"""Mapping templates: mappings kept for the next file of the same kind, every version of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class MappingTemplate(models.Model):
    """A mapping with a name. Its versions never change; a change is a new version."""

    name = models.CharField(max_length=200, unique=True)
    description = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TemplateVersion(models.Model):
    """One version of a mapping template, with the columns of the file that it was made for."""

    template = models.ForeignKey(MappingTemplate, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    mapping = models.JSONField()
    columns = models.JSONField(default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        # Shown and managed as a part of its template.
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="template_version_unique")
        ]

    def __str__(self) -> str:
        return f"{self.template.name}, version {self.number}"
