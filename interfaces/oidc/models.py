"""Applications, whom they know by which subject id, what was granted to them, and signing keys."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from typing import Any

from allauth.idp.oidc.models import Client, Token
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import AttributeDefinition, Group, Role
from imports.models.jobs import SOURCE_LENGTH
from interfaces.oidc.redirects import allows, list_lines, list_origins

SUBJECT_LENGTH = 255  # OpenID Connect Core, section 2
SECRET_HASH = "sha256$"  # noqa: S105 - how a stored one begins


class Membership(models.TextChoices):
    """What groups and roles are called in claims."""

    KEY = "key", "Keys"
    NAME = "name", "Names"


class Application(Client):
    """A program that users sign in to: an OAuth client without an owner, for users alone.

    Clients with an owner are API clients (`accounts.access_tokens`): neither gets tokens of the
    other. The secret is random and long, so that a fast digest protects it as well as a slow one.
    """

    is_on = models.BooleanField(
        "on", default=True, help_text="While it is off, nobody signs in and no token is accepted."
    )
    post_logout_uris = models.TextField(
        "post-logout URLs",
        blank=True,
        default="",
        help_text="Where users may be sent after they signed out, one URL a line.",
    )
    requires_pkce = models.BooleanField(
        "requires PKCE",
        default=False,
        help_text="Public applications require it always. Most libraries support it.",
    )
    # The secret before the current one, until it is revoked: so that secrets can be rotated.
    former_secret = models.CharField(max_length=200, blank=True, default="", editable=False)
    subject_source = models.CharField(
        "subject ids of",
        max_length=SOURCE_LENGTH,
        blank=True,
        default="",
        help_text="The source system by whose subject id the application knows a user. Users"
        " without one in that system get their own.",
    )
    memberships = models.CharField(
        "groups and roles as",
        max_length=4,
        choices=Membership.choices,
        default=Membership.KEY,
        help_text="What the claims “groups” and “roles” list.",
    )
    groups = models.ManyToManyField(
        Group, blank=True, related_name="+", verbose_name="allowed groups"
    )
    roles = models.ManyToManyField(Role, blank=True, related_name="+", verbose_name="allowed roles")
    sources: ArrayField[Any, Any] = ArrayField(
        models.CharField(max_length=SOURCE_LENGTH),
        default=list,
        blank=True,
        verbose_name="allowed sources",
    )
    # To the minute.
    last_used_at = models.DateTimeField("last sign-in", null=True, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_public(self) -> bool:
        return self.type == Client.Type.PUBLIC

    @property
    def is_trusted(self) -> bool:
        return bool(self.skip_consent)

    def set_secret(self, secret: str) -> None:
        self.secret = _digest(secret)

    def check_secret(self, secret: str) -> bool:
        """Return whether it is the current secret or the one before."""
        given = _digest(secret)
        stored = [each for each in (self.secret, self.former_secret) if each]
        return any(hmac.compare_digest(given, each) for each in stored)

    def allows_redirect(self, uri: str) -> bool:
        return allows(self.get_redirect_uris(), uri, any_port=self.is_public)

    def allows_post_logout(self, uri: str) -> bool:
        return allows(list_lines(self.post_logout_uris), uri, any_port=self.is_public)

    def get_cors_origins(self) -> list[str]:
        return list_origins(self.get_redirect_uris()) if self.is_public else []


def _digest(secret: str) -> str:
    return SECRET_HASH + hashlib.sha256(secret.encode()).hexdigest()


class ClaimMapping(models.Model):
    """An attribute of users that an application is told as a claim."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="claim_mappings")
    claim = models.CharField(max_length=100)
    attribute = models.ForeignKey(AttributeDefinition, models.CASCADE, related_name="+")

    class Meta:
        ordering = ["claim"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["application", "claim"], name="application_claim")
        ]

    def __str__(self) -> str:
        return self.claim


class ApplicationUser(models.Model):
    """A user as one application knows them: by a subject id that never changes.

    `scopes` are those that the user has consented to; empty where none was asked for.
    """

    application = models.ForeignKey(Application, models.CASCADE, db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="applications")
    subject = models.CharField(max_length=SUBJECT_LENGTH, db_collation="C")
    scopes: ArrayField[Any, Any] = ArrayField(models.CharField(max_length=50), default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    last_sign_in_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["application", "user"], name="application_user"),
            models.UniqueConstraint(fields=["application", "subject"], name="application_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.application}"


class Grant(models.Model):
    """One sign-in to an application, and the family of all tokens that came of it.

    The id is made of the authorization code, so that a code that is used twice finds what it gave
    the first time. `methods` are as in the claim `amr`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey(ApplicationUser, models.CASCADE, related_name="grants")
    scopes: ArrayField[Any, Any] = ArrayField(models.CharField(max_length=50), default=list)
    methods: ArrayField[Any, Any] = ArrayField(models.CharField(max_length=30), default=list)
    authenticated_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"sign-in of {self.account}"

    def list_tokens(self) -> models.QuerySet[Token]:
        tokens = Token.objects.filter(user=self.account.user, client=self.account.application_id)
        return tokens.filter(data__grant=str(self.pk))

    def revoke(self) -> None:
        """Have no token of the family be accepted any more."""
        self.list_tokens().delete()
        self.delete()


class SigningKey(models.Model):
    """A key that ID tokens are signed with, encrypted; the newest that is active signs.

    It is published before it is active, so that applications have fetched it by then, and for as
    long as tokens that it signed are valid.
    """

    key_id = models.CharField(max_length=64, unique=True)
    pem = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    active_from = models.DateTimeField()
    # Set when another one follows.
    expires_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-active_from", "-id"]
        default_permissions = ("add", "view", "delete")

    def __str__(self) -> str:
        return f"{self.key_id[:12]}…"
