"""Who is notified when a job ends, and the state of each notification."""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.db import models

from imports.models.jobs import ImportJob


class Webhook(models.Model):
    """A URL that is notified of every job's end. `secret` is encrypted; it signs the messages."""

    name = models.CharField(max_length=100, unique=True)
    url = models.URLField("URL", max_length=500)
    secret = models.TextField(editable=False)
    is_active = models.BooleanField("active", default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class NotificationEvent(models.TextChoices):
    DRY_RUN_DONE = "import.dry_run_done", "The dry run has finished"
    APPROVAL_WANTED = "import.approval_wanted", "The plan is waiting for approval"
    APPROVED = "import.approved", "The plan was approved"
    REJECTED = "import.rejected", "The plan was rejected"
    REFUSED = "import.refused", "The plan has changed since approval"
    COMPLETED = "import.completed", "The import has finished"
    DISABLED = "import.users_disabled", "Users missing from the file were disabled"
    UNDONE = "import.undone", "The import was undone"
    STOPPED = "import.stopped", "The job stopped with an error"
    TEST = "webhook.test", "A test"


class NotificationState(models.TextChoices):
    WAITING = "waiting", "waiting"
    DELIVERED = "delivered", "delivered"
    GIVEN_UP = "given_up", "delivery failed"


def make_key() -> str:
    return f"msg_{uuid.UUID(bytes=secrets.token_bytes(16)).hex}"


class Notification(models.Model):
    """One message on its way to one recipient: a person by e-mail, or a webhook.

    Written in the transaction in which the job ends, so that none is lost. `body` is set with the
    first attempt; every later one sends the same. `key` lets a webhook's receiver tell repeats.
    """

    event = models.CharField(max_length=30, choices=NotificationEvent.choices)
    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="notifications", null=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", null=True
    )
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="notifications", null=True)
    key = models.CharField(max_length=40, unique=True, default=make_key, editable=False)
    body = models.TextField(blank=True)
    state = models.CharField(
        max_length=10, choices=NotificationState.choices, default=NotificationState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    # The result of the last attempt, in words.
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=True) ^ models.Q(webhook__isnull=True),
                name="notification_has_one_recipient",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="notification_due",
                condition=models.Q(state=NotificationState.WAITING),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_event_display()} → {self.webhook or self.person}"
