"""The status of each record, and of each attempt at it."""

from __future__ import annotations

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Upper

from imports.core.problems import COLLISIONS
from imports.models.jobs import ImportJob


class Status(models.TextChoices):
    """What an import made of a record.

    `created`: a new user; `updated`: an existing user was changed; `skipped`: nobody was changed,
    because nothing differs, or because the conflict policy or a filter says so; `failed`: nobody
    was changed, because of an error.
    """

    CREATED = "created", "Created"
    UPDATED = "updated", "Updated"
    SKIPPED = "skipped", "Skipped"
    FAILED = "failed", "Failed"


def may_be_retried(status: str, reason: str, attempt: int) -> bool:
    """Return whether another try could change a status for the better; its row is kept for it.

    Whether that was purged meanwhile is another question.
    """
    if status == Status.SKIPPED:
        return reason in COLLISIONS or attempt > 1
    return status == Status.FAILED


class ImportRecord(models.Model):
    """The status of one row of a job's file; there is exactly one for each row.

    `source` is the raw row, encrypted, kept until the retention period ends for records that
    failed, or that were skipped because they collided with another one.
    """

    pk = models.CompositePrimaryKey("job_id", "row_number")
    # No foreign key constraints: this table is written in bulk, and jobs are deleted whole.
    job = models.ForeignKey(
        ImportJob, models.DO_NOTHING, related_name="records", db_index=False, db_constraint=False
    )
    row_number = models.BigIntegerField()
    line_number = models.BigIntegerField(null=True)
    attempt = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status.choices)
    # The code of the problem that decided the status.
    reason = models.CharField(max_length=50, blank=True)
    # Of one that failed: the digest of what its error group shares, and the stage.
    error_group = models.UUIDField(null=True)
    stage = models.CharField(max_length=20, blank=True, db_default="")
    subject_id = models.CharField(max_length=200, blank=True)
    username = models.CharField(max_length=256, blank=True)
    email = models.CharField(max_length=254, blank=True)
    # Without punctuation, and only of a record that was not imported: others have users to ask.
    phone = models.CharField(max_length=32, blank=True, db_default="")
    user_id = models.BigIntegerField(null=True)
    problems = models.JSONField(default=list)
    changes = models.JSONField(default=list)
    source = models.BinaryField(null=True)
    # What an update changed, encrypted, for as long as it can be undone.
    before = models.BinaryField(null=True)
    written_at = models.DateTimeField()
    # When the user's profile last changed, where the source says so: written to the user with it.
    stamped_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # Pages of results, in file order, of one status or for one reason.
            models.Index(fields=["job", "status", "row_number"], name="record_status"),
            models.Index(
                fields=["job", "reason", "row_number"],
                name="record_reason",
                condition=~models.Q(reason=""),
            ),
            models.Index(
                fields=["job", "error_group", "row_number"],
                name="record_error_group",
                condition=models.Q(error_group__isnull=False),
            ),
            models.Index(
                fields=["job", "stage", "row_number"],
                name="record_stage",
                condition=~models.Q(stage=""),
            ),
            # Most problems belong to one stage, and would be looked through for those of another.
            models.Index(
                fields=["job", "stage", "reason", "row_number"],
                name="record_stage_reason",
                condition=~models.Q(stage=""),
            ),
            # Searches for the beginning of an identifier.
            models.Index("job", OpClass("subject_id", "text_pattern_ops"), name="record_subject"),
            models.Index("job", OpClass(Upper("username"), "text_pattern_ops"), name="record_name"),
            models.Index("job", OpClass(Upper("email"), "text_pattern_ops"), name="record_email"),
            models.Index(
                "job",
                OpClass("phone", "text_pattern_ops"),
                name="record_phone",
                condition=~models.Q(phone=""),
            ),
            # “Where did this user come from?”
            models.Index(fields=["user_id"], name="record_user"),
        ]

    def __str__(self) -> str:
        return f"row {self.row_number} of job {self.job_id}"

    @property
    def may_be_retried(self) -> bool:
        """Whether another try could change the status for the better."""
        return may_be_retried(self.status, self.reason, self.attempt)


class ImportAttempt(models.Model):
    """An earlier status of a record that was retried."""

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="attempts", db_index=False)
    row_number = models.BigIntegerField()
    attempt = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices)
    problems = models.JSONField(default=list)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["job", "row_number", "attempt"], name="attempt_job_row_unique"
            )
        ]

    def __str__(self) -> str:
        return f"attempt {self.attempt} at row {self.row_number} of job {self.job_id}"
