"""The undoing of a job: what was chosen, how far it is, and what became of every record."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from imports.core.undoing import Reason, UndoOutcome
from imports.models.jobs import ImportJob

OUTCOMES = [(each.value, each.value.capitalize()) for each in UndoOutcome]
REASONS = [(each.value, each.value.replace("_", " ")) for each in Reason]


class UndoState(models.TextChoices):
    RUNNING = "running", "running"
    FINISHED = "finished", "finished"
    ERRORED = "errored", "stopped by an error"


class Undo(models.Model):
    """One undoing of a job, or of some of its records: those of `rows`, unless that is NULL.

    `position` is the last row that is done; with it, an undo that was broken off goes on.
    """

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="undos")
    rows: models.JSONField[Any, Any] = models.JSONField(null=True)
    # Whom to undo in spite of what happened to them since.
    include_signed_in = models.BooleanField(default=False)
    include_changed = models.BooleanField(default=False)
    include_touched_later = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=UndoState.choices, default=UndoState.RUNNING)
    position = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    advanced_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["job"],
                condition=models.Q(state=UndoState.RUNNING),
                name="undo_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"undo {self.pk} of {self.job}"


class UndoneRecord(models.Model):
    """What an undo made of one record, and why it left it if it did."""

    pk = models.CompositePrimaryKey("undo_id", "row_number")
    undo = models.ForeignKey(
        Undo, models.CASCADE, related_name="records", db_index=False, db_constraint=False
    )
    row_number = models.BigIntegerField()
    outcome = models.CharField(max_length=10, choices=OUTCOMES)
    reason = models.CharField(max_length=20, choices=REASONS, blank=True)
    # The later job, where that is the reason.
    later_job = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["undo", "reason", "row_number"],
                name="undone_left",
                condition=models.Q(outcome=UndoOutcome.LEFT.value),
            )
        ]

    def __str__(self) -> str:
        return f"row {self.row_number} of {self.undo}"
