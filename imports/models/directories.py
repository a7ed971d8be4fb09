"""Legacy directories: where passwords are checked once, and what was asked and answered."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from imports.models.jobs import SOURCE_LENGTH, ImportJob


class DirectoryMode(models.TextChoices):
    """What a directory is asked for; the order is that of a migration.

    `off`, `shadow` (queried and compared, without changing a user), `on`, `draining` (only for
    users who were imported without a password), or `closed`; see docs/legacy-directories.md.
    """

    OFF = "off", "off"
    SHADOW = "shadow", "shadow"
    ON = "on", "on"
    DRAINING = "draining", "draining"
    CLOSED = "closed", "closed"


class LegacyDirectory(models.Model):
    """A system that knows the passwords of users who have not signed in here yet.

    Which of the fields count depends on the kind: `imports.directory_client.registry`. `secret` is
    encrypted. Directories are asked in the order of `position`; one with e-mail domains only for
    addresses in them. What they bring goes through the continuous job, whose mapping is theirs.
    """

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=20)
    mode = models.CharField(
        max_length=10, choices=DirectoryMode.choices, default=DirectoryMode.OFF, editable=False
    )
    position = models.PositiveSmallIntegerField(
        default=1, help_text="Directories are queried in this order until one recognises the user."
    )
    email_domains = ArrayField(
        models.CharField(max_length=253),
        default=list,
        blank=True,
        verbose_name="e-mail domains",
        help_text="Comma-separated. Leave empty to query the directory for all addresses.",
    )
    source = models.CharField(
        "source name",
        max_length=SOURCE_LENGTH,
        help_text=(
            "The name of the source system in reports. Use the same name for file imports from it."
        ),
    )
    url = models.CharField("URL", max_length=500)
    client_id = models.CharField("client id", max_length=200, blank=True)
    secret = models.TextField(blank=True, editable=False)
    token_url = models.CharField("token URL", max_length=500, blank=True)
    scope = models.CharField(max_length=200, blank=True)
    bind_dn = models.CharField(
        "service account", max_length=500, blank=True, help_text="Its distinguished name."
    )
    base_dn = models.CharField("search base", max_length=500, blank=True)
    user_filter = models.CharField("filter", max_length=500, blank=True)
    start_tls = models.BooleanField("StartTLS", default=False)
    timeout = models.FloatField(
        "time-out",
        default=5,
        validators=[MinValueValidator(0.2), MaxValueValidator(30)],
        help_text="Seconds. The longest time that a sign-in waits for the directory.",
    )
    per_minute = models.PositiveIntegerField(
        "queries a minute",
        default=600,
        validators=[MinValueValidator(1)],
        help_text="Above this limit, users who sign in are asked to try again later.",
    )
    job = models.OneToOneField(ImportJob, models.PROTECT, related_name="directory", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["position", "id"]
        verbose_name_plural = "legacy directories"

    def __str__(self) -> str:
        return self.name


class DirectoryAttempt(models.Model):
    """One question to a directory and its result. Neither password nor what was typed.

    The id is the row number in the continuous job, if there was a record. `local` says how
    Userferry itself judged the password, where a directory in shadow is compared with it.
    """

    directory = models.ForeignKey(
        LegacyDirectory, models.CASCADE, related_name="attempts", db_index=False
    )
    at = models.DateTimeField(auto_now_add=True)
    mode = models.CharField(max_length=10, choices=DirectoryMode.choices)
    is_look_up = models.BooleanField(default=False)
    # A Verdict; empty when there was no response, and then `error` says why.
    verdict = models.CharField(max_length=25, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    error = models.CharField(max_length=500, blank=True)
    local = models.CharField(max_length=10, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)
    # What became, or in shadow would become, of the profile.
    status = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=50, blank=True)
    subject_id = models.CharField(max_length=200, blank=True)
    # No foreign key: users are deleted in bulk when an import is undone.
    user_id = models.BigIntegerField(null=True)
    # When the directory was told that the user has moved; until then it is told again.
    marked_at = models.DateTimeField(null=True)
    mark_failed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["directory", "-at"], name="attempt_latest"),
            models.Index(
                fields=["directory", "id"],
                name="attempt_to_mark",
                condition=models.Q(status__in=["created", "updated"], marked_at=None)
                & ~models.Q(mode="shadow"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict or 'no response'} of {self.directory}"


class Tombstone(models.Model):
    """A user who was deleted here: no directory brings them back."""

    subject_id = models.CharField(max_length=200, unique=True, db_collation="C")
    deleted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-deleted_at"]
        verbose_name = "deleted user"

    def __str__(self) -> str:
        return self.subject_id
