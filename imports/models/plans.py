"""The plan of a dry run, which a second person approves or rejects, where that is required."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from imports.models.jobs import ImportJob


class PlanState(models.TextChoices):
    """`waiting` for approval, `approved`, `rejected`, or `changed` since approval."""

    WAITING = "waiting", "waiting for approval"
    APPROVED = "approved", "approved"
    REJECTED = "rejected", "rejected"
    CHANGED = "changed", "changed since approval"


class ImportPlan(models.Model):
    """The result of one dry run of a job, to be approved or rejected as it is.

    `inputs` has a digest for each thing that the plan was made from. `digest` stands for all of
    them and for what is planned for every row, which the job's chunks keep (`ImportChunk.planned`).
    """

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="plans")
    digest = models.CharField(max_length=64)
    inputs = models.JSONField(default=dict)
    statuses = models.JSONField(default=dict)
    made_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)
    comment = models.TextField(blank=True)
    # How it differs from what a run would do now, where a run was refused for that.
    changes = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"plan {self.pk} ({self.digest[:12]})"
