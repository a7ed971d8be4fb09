"""Whom a directory brings in and completes depends on who set it up, and on whom it is about."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.authority import ADD_USER, CHANGE_USER
from accounts.models import Role, User
from tests.imports.conftest import list_statuses
from tests.imports.conftest import make_clerk as make_clerk
from tests.imports.directory_client.conftest import (
    MakeDirectory,
    Reference,
    is_signed_in,
    sign_in,
)

MakeClerk = Callable[..., User]


@pytest.fixture
def maker(make_clerk: MakeClerk) -> User:
    return make_clerk(ADD_USER, CHANGE_USER)


def await_password(email: str, **fields: object) -> User:
    """Return somebody who was imported without a password and waits for the directory's."""
    return User.objects.create(subject_id="old-ada", email=email, password="!", **fields)


@pytest.mark.parametrize("is_known", [True, False])
def test_people_sign_in_still_when_who_set_the_directory_up_has_left(
    make_directory: MakeDirectory, reference: Reference, maker: User, is_known: bool
) -> None:
    email = reference.add("ada")
    if is_known:
        await_password(email)
    make_directory(url=reference.url, actor=maker)
    User.objects.filter(pk=maker.pk).update(is_active=False)

    assert is_signed_in(sign_in(email))


@pytest.mark.parametrize("held", [(), ("imports.run_importjob",)])
def test_who_may_do_more_than_the_maker_gets_no_password_from_the_directory(
    make_directory: MakeDirectory,
    reference: Reference,
    make_clerk: MakeClerk,
    held: tuple[str, ...],
) -> None:
    email = reference.add("ada")
    role = Role.objects.create(key="runner")
    role.permissions.add(Permission.objects.get(codename="run_importjob"))
    await_password(email).roles.add(role)
    directory = make_directory(url=reference.url, actor=make_clerk(ADD_USER, CHANGE_USER, *held))

    assert is_signed_in(sign_in(email)) is bool(held)
    assert User.objects.get(subject_id="old-ada").has_usable_password() is bool(held)
    expected = "updated" if held else "failed"
    assert [status for _, status, _ in list_statuses(directory.job)] == [expected]


def test_credentials_in_use_stay_even_if_a_superuser_set_the_directory_up(
    make_directory: MakeDirectory, reference: Reference
) -> None:
    email = reference.add("ada")
    await_password("mine@example.com", username="ada", last_login=timezone.now())
    make_directory(url=reference.url)

    sign_in("ada")

    user = User.objects.get(subject_id="old-ada")
    assert user.email == "mine@example.com"
    assert not user.has_usable_password()
    assert not User.objects.filter(email=email).exists()
