"""The activity log of exports: who took which users, how, and how it ended."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Channel(models.TextChoices):
    """The way in which users were exported."""

    PAGE = "page", "Page"
    API = "api", "API"
    COMMAND = "command", "Command line"
    SECUREAUTH = "secureauth", "SecureAuth-compatible API"


class ExportState(models.TextChoices):
    """How an export ended; one whose process vanished, or that is still sent, has no end."""

    STARTED = "started", "Not finished"
    COMPLETE = "complete", "Complete"
    INTERRUPTED = "interrupted", "Interrupted"
    ERRORED = "errored", "Errored"


class Export(models.Model):
    """One export, noted before the first user is sent.

    `selection` is that of `exports.selection` as JSON; `excluded` counts by reason who was not
    exported, and what of the exported ones was not.
    """

    target = models.CharField(max_length=50)
    shape = models.CharField(max_length=20)
    channel = models.CharField(max_length=20, choices=Channel.choices)
    # The API client, connection or file that took it.
    taker = models.CharField(max_length=300, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True
    )
    selection = models.JSONField(default=dict)
    with_credentials = models.BooleanField(default=False)
    state = models.CharField(
        max_length=20, choices=ExportState.choices, default=ExportState.STARTED
    )
    users = models.PositiveBigIntegerField(default=0)
    excluded = models.JSONField(default=dict)
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"Export {self.pk}"
