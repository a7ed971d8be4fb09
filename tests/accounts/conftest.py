"""Users to test with, and what they sign in with.

The pure tests of hashing read this as well: models are imported by the fixtures that make them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

import bcrypt
import pytest

from accounts import hashing

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import Group, Role, User

PASSWORD = "correct horse battery"

MakeUser = Callable[..., "User"]


@pytest.fixture
def quick_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer a failed sign-in at once."""
    monkeypatch.setattr("accounts.sign_in.adapters.wait_out_failed_sign_in", lambda started: None)


@pytest.fixture
def make_user(db: None) -> MakeUser:
    from accounts.models import User

    numbers = count(1)

    def make(**fields: object) -> User:
        number = next(numbers)
        defaults = {
            "subject_id": f"subject-{number}",
            "username": f"user{number}",
            "email": f"user{number}@example.com",
            "password": "",
        }
        password = str(fields.pop("password", ""))
        user = User(**{**defaults, **fields})
        if password:
            user.set_password(password)
        else:
            user.set_unusable_password()
        user.save()
        return user

    return make


@pytest.fixture
def make_role(db: None) -> Callable[..., Role]:
    from django.contrib.auth.models import Permission

    from accounts.models import Role

    def make(key: str, *permissions: str) -> Role:
        role = Role.objects.create(key=key)
        for name in permissions:
            app_label, codename = name.split(".")
            role.permissions.add(
                Permission.objects.get(content_type__app_label=app_label, codename=codename)
            )
        return role

    return make


@pytest.fixture
def superuser(make_user: MakeUser) -> User:
    return make_user(username="root", is_staff=True, is_superuser=True)


@pytest.fixture
def superuser_client(client: Client, superuser: User) -> Client:
    client.force_login(superuser)
    return client


@pytest.fixture
def sign_in_as(client: Client, make_user: MakeUser, make_role: Callable[..., Role]) -> Callable:
    """Return a client of a member of staff who holds the permissions named."""

    def sign_in(*permissions: str) -> Client:
        operator = make_user(username="operator", is_staff=True)
        operator.roles.add(make_role("operator", *permissions))
        client.force_login(operator)
        return client

    return sign_in


@dataclass(frozen=True)
class ForeignHash:
    """A hash as another system made it, and the password it is of."""

    stored: str
    password: str


@pytest.fixture(scope="session")
def foreign_hash() -> ForeignHash:
    password = "Sommer2024!"
    made = bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds=4)).decode()
    return ForeignHash(hashing.encode("bcrypt", made), password)


@pytest.fixture
def make_group(db: None) -> Callable[..., Group]:
    from accounts.models import Group

    def make(key: str, *roles: Role) -> Group:
        group = Group.objects.create(key=key)
        group.roles.set(roles)
        return group

    return make
