"""The undo of a job: what was chosen, its progress, and the result for every record."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from imports.core.planning.undo import Reason, UndoStatus
from imports.models.jobs import ImportJob

STATUSES = [(each.value, each.value.capitalize()) for each in UndoStatus]
REASONS = [(each.value, each.value.replace("_", " ")) for each in Reason]


class UndoState(models.TextChoices):
    """How an undo stands: `running`, `finished`, or `errored` (undo again to go on)."""

    RUNNING = "running", "running"
    FINISHED = "finished", "finished"
    ERRORED = "errored", "stopped by an error"


class Undo(models.Model):
    """One undoing of a job, or of the records that match the filter `chosen`, unless it is empty.

    It goes through the attempts from the last to the first, and so through the rows of each: what
    came last is taken back first. `attempt` and `position`, the row that was done last, say where
    it is: with them, an undo that was broken off goes on.
    """

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="undos")
    chosen = models.JSONField(default=dict)
    # Whether no record is undone: the users whom the job disabled are enabled again, nothing else.
    only_disabled = models.BooleanField(default=False, db_default=False)
    # Whom to undo in spite of what happened to them since.
    include_signed_in = models.BooleanField(default=False)
    include_changed = models.BooleanField(default=False)
    include_touched_later = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=UndoState.choices, default=UndoState.RUNNING)
    attempt = models.PositiveIntegerField(default=1)
    position = models.BigIntegerField(default=0)
    # After the records come the users whom the job disabled: the last that is done.
    disabled_position = models.BigIntegerField(default=0, db_default=0)
    # How many records and disabled users there are, counted by the worker that begins, and how many
    # were looked at.
    total = models.BigIntegerField(null=True)
    done = models.BigIntegerField(default=0)
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
    status = models.CharField(max_length=10, choices=STATUSES)
    reason = models.CharField(max_length=20, choices=REASONS, blank=True)
    # The later job, where that is the reason.
    later_job = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["undo", "reason", "row_number"],
                name="undone_left",
                condition=models.Q(status=UndoStatus.LEFT.value),
            )
        ]

    def __str__(self) -> str:
        return f"row {self.row_number} of {self.undo}"


class UndoSurvey(models.Model):
    """What happened since to the users of many records, counted in the background for a preview.

    Of a job as a whole, or of the records that match the filter `chosen`; `digest` is that
    filter's. `facts` pairs every combination of facts with its count, as it was at `started_at` or
    somewhat later; `position` is the last row that is counted.
    """

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="surveys")
    chosen = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    position = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    done = models.BigIntegerField(default=0)
    facts: models.JSONField[Any, Any] = models.JSONField(default=list)
    fields = models.JSONField(default=dict)
    started_at = models.DateTimeField(default=timezone.now)
    advanced_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "digest"], name="undo_survey_unique")]

    def __str__(self) -> str:
        return f"survey {self.pk} of {self.job}"
