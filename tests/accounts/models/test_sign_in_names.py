"""Whatever somebody signs in with leads to one user, whoever writes it and however."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.identifiers import read_as_contact
from accounts.models import SignInName, User

MakeUser = Callable[..., User]
ADMIN = "admin@example.test"
PHONE = "+441632960001"

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_user() -> MakeUser:
    def make(**fields: Any) -> User:
        return User.objects.create_user("Some-Word-81", **fields)

    return make


def list_names(user: User) -> set[str]:
    return set(SignInName.objects.filter(user_id=user.pk).values_list("key", flat=True))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"email": ADMIN}, {"username": "Admin@Example.TEST"}),
        ({"username": "Admin@Example.TEST"}, {"email": ADMIN}),
        ({"phone": PHONE}, {"username": "+44 (1632) 960-001"}),
        ({"username": "+44 1632 960001"}, {"phone": PHONE}),
        ({"username": "+44 1632 960001"}, {"username": PHONE}),
    ],
)
def test_name_of_another_user_is_refused_by_the_database(
    make_user: MakeUser, first: dict[str, str], second: dict[str, str]
) -> None:
    make_user(**first)

    with pytest.raises(IntegrityError):
        make_user(**second)


def test_further_address_of_another_user_is_refused_as_any_name(make_user: MakeUser) -> None:
    EmailAddress.objects.create(user=make_user(), email="further@example.test")
    other = make_user(username="other@example.test")

    for names in ({"email": "further@example.test"}, {"username": "further@example.test"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_user(**names)
    with pytest.raises(IntegrityError):
        EmailAddress.objects.create(user=make_user(), email=other.username)


def test_user_may_have_one_name_in_several_places(make_user: MakeUser) -> None:
    user = make_user(username="Ada@Example.test", email="ada@example.test", phone=PHONE)
    EmailAddress.objects.create(user=user, email="ada@example.test", primary=True)

    assert list_names(user) == {"ada@example.test", PHONE}


@pytest.mark.parametrize("name", ["ada", "ada+work", "+44", "1632960001"])
def test_plain_user_name_is_no_other_name(make_user: MakeUser, name: str) -> None:
    assert list_names(make_user(username=name)) == set()


def test_changed_names_are_free_again_unless_the_user_has_them_elsewhere(
    make_user: MakeUser,
) -> None:
    user = make_user(username="a@example.test", email="a@example.test", phone=PHONE)

    user.email, user.phone = "b@example.test", None
    user.save()
    assert list_names(user) == {"a@example.test", "b@example.test"}

    User.objects.filter(pk=user.pk).update(username="plain")
    assert list_names(user) == {"b@example.test"}
    make_user(email="a@example.test", phone=PHONE)


def test_removed_address_is_free_again_unless_it_is_the_user_name(make_user: MakeUser) -> None:
    user = make_user(username="a@example.test")
    for email in ("a@example.test", "b@example.test"):
        EmailAddress.objects.create(user=user, email=email)

    EmailAddress.objects.filter(user=user).delete()

    assert list_names(user) == {"a@example.test"}


def test_name_that_was_also_an_address_stays_when_the_address_changes(make_user: MakeUser) -> None:
    user = make_user(username="a@example.test")
    address = EmailAddress.objects.create(user=user, email="a@example.test")

    EmailAddress.objects.filter(pk=address.pk).update(email="b@example.test")

    assert list_names(user) == {"a@example.test", "b@example.test"}


def test_further_address_stays_a_name_when_the_user_s_own_changes(make_user: MakeUser) -> None:
    user = make_user(email="a@example.test")
    EmailAddress.objects.create(user=user, email="a@example.test")

    User.objects.filter(pk=user.pk).update(email="b@example.test")

    assert list_names(user) == {"a@example.test", "b@example.test"}


def test_only_the_holder_of_a_name_can_release_it(make_user: MakeUser) -> None:
    holder, other = make_user(email=ADMIN), make_user()

    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_release_names(%s, %s)", [other.pk, [ADMIN]])

    assert list_names(holder) == {ADMIN}


def test_corrected_address_moves_its_name(make_user: MakeUser) -> None:
    address = EmailAddress.objects.create(user=make_user(), email="a@example.test")

    EmailAddress.objects.filter(pk=address.pk).update(email="b@example.test")

    assert list_names(address.user) == {"b@example.test"}


def test_deleted_users_leave_no_names(make_user: MakeUser) -> None:
    user = make_user(username="a@example.test", email="b@example.test", phone=PHONE)
    EmailAddress.objects.create(user=user, email="c@example.test")
    make_user(email="kept@example.test")

    user.delete()

    assert list(SignInName.objects.values_list("key", flat=True)) == ["kept@example.test"]


@pytest.mark.parametrize(
    ("table", "left"),
    [("accounts_user", set()), ("account_emailaddress", {"a@example.test", "b@example.test"})],
)
def test_emptied_tables_leave_no_names(make_user: MakeUser, table: str, left: set[str]) -> None:
    user = make_user(username="a@example.test", email="b@example.test")
    for email in ("b@example.test", "c@example.test"):
        EmailAddress.objects.create(user=user, email=email)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {table} CASCADE")

    assert set(SignInName.objects.values_list("key", flat=True)) == left


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({"username": ADMIN}, "This is the e-mail address of another user, who signs in with it."),
        ({"email": ADMIN}, "Another user has this e-mail address."),
        ({"username": "THE BOSS"}, "User with this User name already exists."),
        ({"username": PHONE}, "This is the phone number of another user, who signs in with it."),
        ({"email": "boss@example.test"}, "Another user has this e-mail address."),
    ],
)
def test_validation_says_what_the_name_is_to_the_other_user(
    make_user: MakeUser, names: dict[str, str], words: str
) -> None:
    other = make_user(email=ADMIN, username="the boss", phone=PHONE)
    EmailAddress.objects.create(user=other, email="boss@example.test")

    with pytest.raises(ValidationError) as refused:
        User(**names).validate_constraints()

    found = refused.value.message_dict
    assert words in [message for messages in found.values() for message in messages]
    assert other.subject_id not in str(found)


def test_createsuperuser_refuses_a_name_in_use_in_words(make_user: MakeUser) -> None:
    make_user(username=ADMIN)

    with pytest.raises(CommandError, match="user name of another user"):
        call_command("createsuperuser", interactive=False, email=ADMIN, subject_id="boss")

    assert not User.objects.filter(is_superuser=True).exists()


@pytest.mark.parametrize("as_name", [True, False])
def test_page_refuses_a_further_address_that_another_user_signs_in_with(
    make_user: MakeUser, as_name: bool
) -> None:
    make_user(**{"username" if as_name else "email": ADMIN})
    user = make_user(email="me@example.test")
    browser = Client()
    browser.login(email="me@example.test", password="Some-Word-81")

    page = browser.post("/accounts/email/", {"action_add": "", "email": ADMIN}, follow=True)

    assert "in use by another account" in page.content.decode()
    assert list_names(user) == {"me@example.test"}


@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_cannot_share_a_name(make_user: MakeUser) -> None:
    failures: list[Exception] = []

    def write_second() -> None:
        try:
            make_user(username=ADMIN)
        except IntegrityError as error:
            failures.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        make_user(email=ADMIN)
        second = threading.Thread(target=write_second)
        second.start()
        # It waits for this transaction, as long as that lasts.
        second.join(0.3)
        assert second.is_alive()
    second.join()

    assert len(failures) == 1
    assert User.objects.count() == 1


@given(st.text("aZ+@0123456789 .-()ßſ", max_size=20))
def test_database_reads_user_names_as_python_does(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_read_as_contact(%s)", [name])
        assert cursor.fetchone()[0] == read_as_contact(name)
