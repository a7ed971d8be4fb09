"""Sign-in hooks: what systems that ask about passwords are told, and how they prove themselves."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from imports.models.connections import Connection


class TokenIssuer(models.Model):
    """Whose tokens a connection's program shows, where it gets none from here."""

    connection = models.OneToOneField(Connection, models.CASCADE, related_name="token_issuer")
    issuer = models.CharField(
        max_length=300,
        help_text="The claim “iss” of the tokens, as the issuer's OpenID configuration has it.",
    )
    audience = models.CharField(
        max_length=300,
        help_text="The claim “aud”: the application id of the custom authentication extension.",
    )
    keys_url = models.CharField(
        "URL of the keys",
        max_length=500,
        help_text="The JSON Web Key Set of the issuer, “jwks_uri” in its OpenID configuration.",
    )

    class Meta:
        # Managed as a part of its connection.
        default_permissions = ()

    def __str__(self) -> str:
        return self.issuer


class DecryptionKey(models.Model):
    """A key pair of a connection: its program encrypts passwords with the certificate."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="+")
    key_id = models.UUIDField(default=uuid.uuid4, unique=True)
    # PKCS#8, encrypted at rest.
    private_key = models.TextField()
    # PEM.
    certificate = models.TextField()
    valid_until = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    # To the minute.
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.key_id)


class HookAnswer(models.Model):
    """One answer about a password. Neither the password nor the name that was typed."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField(auto_now_add=True)
    caller = models.CharField(max_length=20)
    # An `accounts.sign_in.judging.Verdict`.
    verdict = models.CharField(max_length=20)
    milliseconds = models.PositiveIntegerField()
    # No foreign key: users are deleted in bulk when an import is undone.
    user_id = models.BigIntegerField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["connection", "-at"], name="hook_answer_latest")]

    def __str__(self) -> str:
        return f"{self.verdict} for {self.caller}"


class MovedUser(models.Model):
    """A user whose password another system has taken over since it was told that it is right."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="+", db_index=False)
    # No foreign key, as above.
    user_id = models.BigIntegerField()
    caller = models.CharField(max_length=20)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["connection", "user_id"], name="moved_user_unique")
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} to {self.caller}"
