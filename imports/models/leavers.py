"""Users of a source system who are missing from its export, and the disabling of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import models

from accounts.models import User
from imports.core.planning.leavers import KeptReason, LeaverStatus
from imports.core.planning.undo import Reason
from imports.models.jobs import ImportJob

STATUSES = [(each.value, each.value) for each in LeaverStatus]
REASONS = [(each.value, each.value.replace("_", " ")) for each in KeptReason]
UNDO_REASONS = [(each.value, each.value.replace("_", " ")) for each in Reason]


class LeaverSurvey(models.Model):
    """How many users of a job's source system its file has, and when the others were listed.

    `users` are the active ones whom the source brought, `found` those of them whom the file has;
    both as of `counted_at`. `asked_at` is when a worker was last asked for the list.
    """

    job = models.OneToOneField(ImportJob, models.CASCADE, related_name="leaver_survey")
    users = models.BigIntegerField()
    found = models.BigIntegerField()
    counted_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    listed_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"leavers of {self.job}"

    @property
    def missing(self) -> int:
        return self.users - self.found


class LeaverKind(StrEnum):
    """A part of the missing users; together they are all of them.

    `active` are active users of the file's source, `linked` those of other sources who have an id
    of it, `inactive` those who are disabled already.
    """

    ACTIVE = "active"
    LINKED = "linked"
    INACTIVE = "inactive"


class Leaver(models.Model):
    """A user who is missing from a job's file, and what was known of them when it was listed.

    The fields are those of `LeaverFacts`. A list is written and dropped as a whole.
    """

    pk = models.CompositePrimaryKey("job_id", "user_id")
    job = models.ForeignKey(
        ImportJob, models.CASCADE, related_name="leavers", db_index=False, db_constraint=False
    )
    # Without a constraint: users are deleted in bulk, and then this says nothing of them.
    user = models.ForeignKey(
        User, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    is_linked = models.BooleanField()
    is_active = models.BooleanField()
    is_protected = models.BooleanField()
    is_later = models.BooleanField()
    permissions = models.TextField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"user {self.user_id}, missing from {self.job}"

    @property
    def kind(self) -> LeaverKind:
        if not self.is_active:
            return LeaverKind.INACTIVE
        return LeaverKind.LINKED if self.is_linked else LeaverKind.ACTIVE


class DisablingState(models.TextChoices):
    """How a disabling stands: `running`, `finished`, or `errored` where it ended early."""

    RUNNING = "running", "running"
    FINISHED = "finished", "finished"
    ERRORED = "errored", "stopped by an error"


class Disabling(models.Model):
    """One decision to disable users who are missing from a job's file.

    All that can be, or those that the filter `chosen` means, in the order of their ids: `position`
    is the last that is done, so that one that was broken off goes on.
    """

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="disablings")
    chosen = models.JSONField(default=dict)
    # Whether those whom another source system brought are meant as well.
    with_linked = models.BooleanField(default=False)
    # What spoke against it, and was confirmed nevertheless.
    doubts: models.JSONField[Any, Any] = models.JSONField(default=list)
    state = models.CharField(
        max_length=10, choices=DisablingState.choices, default=DisablingState.RUNNING
    )
    position = models.BigIntegerField(default=0)
    total = models.BigIntegerField()
    done = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    advanced_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["job"],
                condition=models.Q(state=DisablingState.RUNNING),
                name="disabling_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"disabling {self.pk} of {self.job}"


class DisabledUser(models.Model):
    """What a disabling made of one user, and why it kept them if it did.

    Of one it disabled, `was_updated_at` is all there is to keep of before: they were active.
    `disabled_at` is written to the user as well, so that a later change shows. `undo` is the latest
    that looked at it, and `left` why that left it.
    """

    pk = models.CompositePrimaryKey("disabling_id", "user_id")
    disabling = models.ForeignKey(
        Disabling, models.CASCADE, related_name="users", db_index=False, db_constraint=False
    )
    job = models.ForeignKey(
        ImportJob, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    # No foreign key: users are deleted in bulk when an import is undone.
    user_id = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=STATUSES)
    reason = models.CharField(max_length=20, choices=REASONS, blank=True)
    was_updated_at = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undo_id = models.BigIntegerField(null=True)
    left = models.CharField(max_length=20, choices=UNDO_REASONS, blank=True)

    class Meta:
        default_permissions = ()
        indexes = [
            # Those whom an undo of the job enables again, in their order.
            models.Index(
                fields=["job", "user_id"],
                name="disabled_job",
                condition=models.Q(status=LeaverStatus.DISABLED.value, undone_at__isnull=True),
            ),
            # “Which job disabled this user?”
            models.Index(
                fields=["user_id"],
                name="disabled_user",
                condition=models.Q(status=LeaverStatus.DISABLED.value),
            ),
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} of {self.disabling}"
