"""The names that people sign in with, where one could be taken for another's: each has one user."""

from __future__ import annotations

from typing import Any, Protocol

from django.contrib.auth import get_user_model
from django.db import models

from accounts.identifiers import read_as_contact

# What people call the fields that hold a name to sign in with.
LABELS = {"username": "user name", "email": "e-mail address", "phone": "phone number"}


class Named(Protocol):
    """A user, as far as the names to sign in with go."""

    @property
    def pk(self) -> Any: ...
    @property
    def username(self) -> str | None: ...
    @property
    def email(self) -> str | None: ...
    @property
    def phone(self) -> str | None: ...


class SignInName(models.Model):
    """An e-mail address or phone number that leads to one user, as it is stored with the user.

    Holds everybody's main and further addresses, their phone numbers, and those user names that
    read as an address or number, in that form. Other user names can only be taken for user names:
    the constraint of `User` keeps them unique. Triggers of the database write the rows, so that
    every writer is bound by them, COPY included; nothing else may.
    """

    key = models.CharField(max_length=256, primary_key=True, db_collation="C")
    # Without a foreign key: the triggers remove the rows of a user who is deleted.
    user_id = models.BigIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.key


def read_names(user: Named) -> dict[str, str]:
    """Return the names of a user as `SignInName` holds them, by field."""
    names = {
        "username": read_as_contact(user.username or ""),
        "email": user.email,
        "phone": user.phone,
    }
    return {field: name for field, name in names.items() if name}


def find_taken_names(user: Named) -> dict[str, str]:
    """Return by field what speaks against the names of a user: that they lead to another one.

    The words say what the name is to the other user, and nothing else of them.
    """
    names = read_names(user)
    others = SignInName.objects.filter(key__in=names.values()).exclude(user_id=user.pk or 0)
    owners = dict(others.values_list("key", "user_id"))
    users = get_user_model()._default_manager
    return {
        field: _describe_holder(users.get(pk=owners[name]), field, name)
        for field, name in names.items()
        if name in owners
    }


def _describe_holder(holder: Named, field: str, name: str) -> str:
    held = read_names(holder)
    kinds = [kind for kind in (field, *LABELS) if held.get(kind) == name]
    # Further addresses are not among them.
    kind = kinds[0] if kinds else "email"
    if kind == field:
        return f"Another user has this {LABELS[field]}."
    return f"This is the {LABELS[kind]} of another user, who signs in with it."
