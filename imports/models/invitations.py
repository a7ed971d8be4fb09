"""Invitations to choose a password: who gets one, in which campaign, and the result."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from imports.core.providers import label_source
from imports.models.jobs import SOURCE_LENGTH

SUBJECT = "Choose your new password"
BODY = """Hello {name},

your account has moved to {site}, but your old password could not be transferred.

Choose a new one here. The link works once, and for three days.

{link}

If you do not recognise this account, ignore this e-mail.
"""


class InvitationTemplate(models.Model):
    """A text that campaigns begin with."""

    name = models.CharField(max_length=100, unique=True)
    subject = models.CharField(max_length=150, default=SUBJECT)
    body = models.TextField(
        "text",
        default=BODY,
        help_text="Placeholders: {name} for the user, {site} for this site, {link} for the link to"
        " choose a password.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CampaignState(models.TextChoices):
    """How a campaign stands: a `draft`, `running` (being sent), `paused`, or `finished`."""

    DRAFT = "draft", "draft"
    RUNNING = "running", "being sent"
    PAUSED = "paused", "paused"
    FINISHED = "finished", "sent"


class InvitationCampaign(models.Model):
    """Some of a source's users without a password, who are invited within a rate limit.

    `source` is empty for those of all sources. `reminder_of` is the campaign whose recipients this
    one invites once more, unless they have chosen a password.
    """

    name = models.CharField(max_length=100)
    source = models.CharField(max_length=SOURCE_LENGTH, blank=True)
    subject = models.CharField(max_length=150)
    body = models.TextField("text")
    size = models.PositiveIntegerField(
        "maximum recipients", default=1000, validators=[MinValueValidator(1)]
    )
    per_minute = models.PositiveIntegerField(
        "e-mails a minute",
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(6000)],
    )
    state = models.CharField(
        max_length=10, choices=CampaignState.choices, default=CampaignState.DRAFT
    )
    # Why it paused by itself; empty when a person paused it.
    automatic_pause = models.TextField(blank=True)
    reminder_of = models.ForeignKey(
        "self", models.SET_NULL, related_name="reminders", null=True, blank=True
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def source_label(self) -> str:
        return label_source(self.source)


class InvitationState(models.TextChoices):
    """How an invitation stands.

    `waiting`, `sent`, `bounced` (the mail server rejected it), or `needless` (they have chosen a
    password already).
    """

    WAITING = "waiting", "waiting"
    SENT = "sent", "sent"
    BOUNCED = "bounced", "bounced"
    NEEDLESS = "needless", "no longer needed"


class Invitation(models.Model):
    """One mail to one user. `error` is what the mail server said."""

    campaign = models.ForeignKey(InvitationCampaign, models.CASCADE, related_name="invitations")
    # No foreign key: users are deleted in bulk when an import is undone.
    user_id = models.BigIntegerField(db_index=True)
    email = models.EmailField(max_length=254)
    state = models.CharField(
        max_length=10, choices=InvitationState.choices, default=InvitationState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "user_id"], name="invitation_once_a_campaign"
            )
        ]
        indexes = [
            models.Index(
                fields=["campaign", "due_at"],
                name="invitation_waiting",
                condition=models.Q(state="waiting"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} in {self.campaign}"
