"""What people did to the source rows of failing records so that they can be imported after all."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from imports.models.jobs import ImportJob


class CorrectedRow(models.Model):
    """The corrections of its job that a row is mapped with, by their numbers."""

    pk = models.CompositePrimaryKey("job_id", "row_number")
    job = models.ForeignKey(
        ImportJob, models.CASCADE, related_name="corrected_rows", db_index=False
    )
    row_number = models.BigIntegerField()
    corrections: ArrayField[Any, Any] = ArrayField(models.PositiveIntegerField())

    def __str__(self) -> str:
        return f"corrections of row {self.row_number} of job {self.job_id}"


class RecordEdit(models.Model):
    """One change of a failed record's source row: who, when, and the row before it, encrypted."""

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="edits", db_index=False)
    row_number = models.BigIntegerField()
    columns: models.JSONField[Any, Any] = models.JSONField(default=list)
    # Dropped with the source rows when their retention period ends.
    original = models.BinaryField(null=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True
    )
    # The file it came in; empty when it was made on a page.
    file_name = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["job", "row_number", "id"], name="edit_row")]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"edit of row {self.row_number} of job {self.job_id}"


class CorrectedFile(models.Model):
    """A download that was corrected and uploaded, until somebody has its rows retried.

    `rows` are those it changes, encrypted; `refused` tells a line of the file and why.
    """

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="corrected_files")
    file_name = models.CharField(max_length=300)
    rows = models.BinaryField(null=True)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused: models.JSONField[Any, Any] = models.JSONField(default=list)
    refused_count = models.PositiveIntegerField(default=0)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.file_name} for {self.job}"
