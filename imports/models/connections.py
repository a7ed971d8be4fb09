"""Connections: how other programs write users, with whose permissions, and by which secrets."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.models import Group
from imports.core.planning.conflicts import Mode
from imports.core.planning.matching import SUBJECT_ID
from imports.core.providers import label_source

SOURCE_LENGTH = 100
EXTERNAL_ID_LENGTH = 500


class Connection(models.Model):
    """One program that writes users through one of the interfaces; off until it is switched on.

    What it sends goes the way of a file's rows, by its mapping, mode and policies, and is recorded
    in a job a day. It acts for its `owner`; the permissions of everybody in `preparers` bound it.
    """

    name = models.CharField(max_length=100, unique=True)
    # One of `imports.services.connections.kinds`.
    kind = models.CharField(max_length=20)
    # How clients name the installation in URLs, where the kind has that.
    tenant = models.SlugField(
        max_length=100,
        blank=True,
        help_text="The name of the tenant in the URLs that the program calls.",
    )
    # Public; nothing without the secret.
    client_id = models.CharField(max_length=64, blank=True, editable=False)
    is_on = models.BooleanField(default=False, editable=False)
    source = models.CharField(
        "source name",
        max_length=SOURCE_LENGTH,
        help_text=(
            "The name of the source system in reports. Use the same name for file imports from it."
        ),
    )
    mapping = models.JSONField(default=dict, editable=False)
    # As those of a job.
    secret_answers = models.TextField(blank=True, editable=False)
    mode = models.CharField(
        max_length=10,
        choices=[(mode.value, mode.value) for mode in Mode],
        default=Mode.UPDATE.value,
        help_text="What happens to users who exist already.",
    )
    matching_key = models.CharField(max_length=110, default=SUBJECT_ID)
    conflicts = models.JSONField(default=dict, editable=False)
    field_policies = models.JSONField(default=dict, editable=False)
    per_minute = models.PositiveIntegerField(
        "requests a minute",
        default=6000,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
        help_text="Above this limit, the program is told to wait.",
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    # Ids, not a relation: somebody who was deleted since has shaped it all the same.
    preparers: ArrayField[Any, Any] = ArrayField(
        models.BigIntegerField(), default=list, editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "tenant"],
                condition=~models.Q(tenant=""),
                name="connection_tenant_unique",
                violation_error_message="Another connection of this kind has this tenant.",
            ),
            models.UniqueConstraint(
                fields=["client_id"],
                condition=~models.Q(client_id=""),
                name="connection_client_unique",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def source_label(self) -> str:
        return label_source(self.source)


class SecretUse(models.TextChoices):
    """What a secret is for: a client proves itself with it, or exchanges it for a token."""

    TOKEN = "token", "Token"
    CLIENT = "client", "Client secret"
    # Handed out for a client secret, for an hour.
    ACCESS = "access", "Access token"


class ConnectionSecret(models.Model):
    """One secret of a connection, as a digest: it cannot be read again.

    Its value is random and long, so that a fast digest protects it as well as a slow one. `hint` is
    how it begins, to tell two apart.
    """

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="secrets")
    use = models.CharField(max_length=10, choices=SecretUse.choices)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=16)
    scopes: ArrayField[Any, Any] = ArrayField(models.CharField(max_length=50), default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    # None is never.
    expires_at = models.DateTimeField(null=True)
    # To the minute.
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        # Managed as a part of their connection.
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.get_use_display()} {self.hint}…"


class ConnectionEvent(models.Model):
    """One line of a connection's activity log: who did what, when."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True
    )
    action = models.CharField(max_length=50)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.action} {self.connection}"


class ConnectedGroup(models.Model):
    """What the program of a connection says of a group, where its interface has groups."""

    connection = models.ForeignKey(Connection, models.CASCADE, db_index=False)
    group = models.ForeignKey(Group, models.CASCADE)
    external_id = models.CharField(max_length=EXTERNAL_ID_LENGTH, blank=True)
    # Deleted by the program; the group itself stays.
    is_hidden = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["connection", "group"], name="connected_group_unique")
        ]

    def __str__(self) -> str:
        return f"{self.group} of {self.connection}"
