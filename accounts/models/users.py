"""The user: one row for each person who can sign in."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from copy import copy
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.contrib.postgres.indexes import OpClass
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import IntegrityError, models, transaction
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Upper
from django.utils import timezone

from accounts import hashing
from accounts.hashing.sealed import SEALED_PREFIX
from accounts.identifiers import E164, normalise_email, normalise_phone
from accounts.models.groups import Group, GroupMembership, Role, RoleAssignment
from accounts.models.permissions import RolePermissionsMixin
from accounts.models.sign_in_names import find_taken_names
from accounts.passwords.sealing import hash_again, name_password
from accounts.passwords.turns import take_turn

# Identifiers are compared byte by byte: their indexes then also serve searches for a beginning,
# and outlast a change of the operating system's collations.
BYTEWISE = "C"


def new_subject_id() -> str:
    """Return a subject id for a user who comes from no other system."""
    return str(uuid.uuid4())


class UserManager(BaseUserManager["User"]):
    """Creates users one at a time; imports write theirs in bulk."""

    def create_user(self, password: str | None = None, **fields: Any) -> User:
        user = self.model(**fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, password: str | None = None, **fields: Any) -> User:
        """Create an administrator; raises ValidationError if one of the names is in use."""
        user = self.model(**fields)
        user.normalise_identifiers()
        user.validate_constraints()
        try:
            with transaction.atomic():
                return self.create_user(password, is_staff=True, is_superuser=True, **fields)
        except IntegrityError:
            # Somebody else has got one of the names in the meantime.
            user.validate_constraints()
            raise

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(subject_id=username)


class User(RolePermissionsMixin, AbstractBaseUser):
    """A person who can sign in.

    `subject_id` is the stable id that other systems know; e-mail is stored in lower case, phone
    in E.164, and all identifiers are unique without regard to case. Absent identifiers are NULL.
    `last_login` is the last sign-in here; what the old system said is `last_login_at_source`.
    """

    # Some foreign hashes with their parameters are several hundred characters long.
    password = models.CharField(max_length=1024)
    subject_id = models.CharField(
        "subject id", max_length=200, default=new_subject_id, db_collation=BYTEWISE
    )
    username = models.CharField("user name", max_length=256, null=True, blank=True)  # noqa: DJ001
    email = models.EmailField(  # noqa: DJ001
        "e-mail", max_length=254, null=True, blank=True, db_collation=BYTEWISE
    )
    phone = models.CharField(  # noqa: DJ001
        max_length=16,
        null=True,
        blank=True,
        db_collation=BYTEWISE,
        validators=[
            RegexValidator(rf"^{E164.pattern}\Z", "Use the E.164 format, such as +441632960001.")
        ],
        help_text="In E.164, such as +441632960001.",
    )
    phone_verified = models.BooleanField(default=False)
    given_name = models.CharField(max_length=200, blank=True)
    family_name = models.CharField(max_length=200, blank=True)
    display_name = models.CharField(max_length=400, blank=True)
    locale = models.CharField(max_length=35, blank=True, help_text="BCP 47, such as en-GB.")
    zoneinfo = models.CharField(
        "time zone", max_length=64, blank=True, help_text="Such as Europe/Berlin."
    )
    picture = models.URLField(max_length=2000, blank=True)
    attributes = models.JSONField(default=dict, blank=True)

    is_active = models.BooleanField("active", default=True)
    is_staff = models.BooleanField(
        "staff", default=False, help_text="May open the admin. No import ever sets this."
    )
    is_superuser = models.BooleanField(
        "superuser", default=False, help_text="Has every permission. No import ever sets this."
    )

    # Set by every password set here; NULL while the password is as it was imported.
    password_changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    password_expires_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="From this date on, the user must choose a new password at sign-in.",
    )
    # The system that the account was brought from, by the name its imports go by; empty for one
    # that was made here.
    source = models.CharField(max_length=100, blank=True, default="", editable=False)
    last_login_at_source = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    groups = models.ManyToManyField(
        Group, through="accounts.GroupMembership", related_name="members", blank=True
    )
    roles = models.ManyToManyField(
        Role, through="accounts.RoleAssignment", related_name="assignees", blank=True
    )

    objects = UserManager()

    USERNAME_FIELD = "subject_id"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        permissions = [
            (
                "overwrite_credentials",
                "Can overwrite credentials of users who have signed in here",
            ),
            ("export_credentials", "Can export password hashes and authenticators"),
        ]
        indexes = [
            # Who is missing from an export of their source system?
            models.Index(fields=["source", "is_active"], name="user_source"),
            # The lists of the few who are not active, or may open the admin.
            models.Index(fields=["id"], name="user_inactive", condition=models.Q(is_active=False)),
            models.Index(fields=["id"], name="user_staff", condition=models.Q(is_staff=True)),
            # Those whose passwords are still to be hashed.
            models.Index(
                fields=["id"],
                name="user_password_sealed",
                condition=models.Q(password__startswith=f"{SEALED_PREFIX}$"),
            ),
            # What an HR system calls those whom it pushes by SCIM.
            models.Index(
                KeyTransform(
                    "externalId", KeyTransform("resource", KeyTransform("scim", "attributes"))
                ),
                name="user_scim_external_id",
                condition=models.Q(attributes__has_key="scim"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["subject_id"], name="user_subject_id_unique"),
            # Sign-in compares user names with UPPER(); so does this index.
            models.UniqueConstraint(
                OpClass(Upper("username"), "text_pattern_ops"),
                name="user_username_unique",
                violation_error_message="User with this User name already exists.",
            ),
            models.UniqueConstraint(fields=["email"], name="user_email_unique"),
            models.UniqueConstraint(fields=["phone"], name="user_phone_unique"),
            # ASCII only: what lower() does to other letters depends on the database's locale.
            models.CheckConstraint(
                condition=~models.Q(email__regex="[ABCDEFGHIJKLMNOPQRSTUVWXYZ]"),
                name="user_email_lower_case",
                violation_error_message="E-mail addresses are stored in lower case.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def clean(self) -> None:
        # Not the base class's: that one would rewrite the subject id in another Unicode form.
        self.normalise_identifiers()

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Raise ValidationError by field; a name that leads to another user is said first."""
        excluded = set(exclude or ())
        taken = find_taken_names(self)
        errors: dict[str, Any] = {
            name: [words] for name, words in taken.items() if name not in excluded
        }
        try:
            super().validate_constraints(excluded | taken.keys())
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.normalise_identifiers()
        super().save(*args, **kwargs)

    def normalise_identifiers(self) -> None:
        self.username = (self.username or "").strip() or None
        self.email = normalise_email(self.email or "") or None
        self.phone = normalise_phone(self.phone or "") or None

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password)
        self.password_changed_at = timezone.now()
        self.password_expires_at = None

    def check_password(self, raw_password: str | None) -> bool:
        """Verify a password; a correct one that is stored in another format is hashed again.

        That is no change of password: when it was changed and when it expires stay as they were.
        A password that is too long costs nothing, also where there is none to compare it with.
        """
        if raw_password is not None and hashing.is_too_long(raw_password):
            return False

        def rehash(raw_password: str) -> None:
            stored, self.password = self.password, hash_again(self.password, raw_password)
            # A password that was changed in the meantime stays.
            User.objects.filter(pk=self.pk, password=stored).update(password=self.password)

        with take_turn():
            return check_password(raw_password, self.password, rehash)

    def name_password(self) -> User:
        """Return a copy with what outlasts the hashing of a sealed password in its place.

        Whatever ends with the password (sessions, links to reset it) is derived from that.
        """
        named = copy(self)
        named.password = name_password(self.password)
        return named

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        named = super(User, self.name_password())
        return str(named._get_session_auth_hash(secret))  # type: ignore[attr-defined] # not in stubs

    def get_full_name(self) -> str:
        full = f"{self.given_name} {self.family_name}".strip()
        return self.display_name or full or self.username or self.email or self.subject_id

    def get_short_name(self) -> str:
        return self.given_name or self.get_full_name()

    @property
    def is_administrator(self) -> bool:
        return self.is_staff or self.is_superuser

    @property
    def uses_credentials(self) -> bool:
        """Return whether they have signed in here, or chose a password here."""
        return self.last_login is not None or self.password_changed_at is not None

    @property
    def effective_roles(self) -> models.QuerySet[Role]:
        """Return the roles assigned directly together with those of the user's groups."""
        # Two sub-queries, each by index: a join would go through every member of every group.
        direct = RoleAssignment.objects.filter(user=self).values("role")
        groups = GroupMembership.objects.filter(user=self).values("group")
        return Role.objects.filter(
            models.Q(pk__in=direct)
            | models.Q(pk__in=Group.roles.through.objects.filter(group__in=groups).values("role"))
        )
