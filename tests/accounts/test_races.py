"""Two who want one name at once: the second is told in words, by a form, that it is in use."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from accounts.models import AttributeDefinition, Group, Role, User
from tests.accounts.admin.test_user_pages import ADD, change_url, fill_form
from tests.accounts.conftest import MakeUser

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quick_sign_in")]

NAME = "wanted@example.test"
PHONE = "+441632960001"


def count_waiting() -> int:
    """Return how many connections wait for what this one holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return int(cursor.fetchone()[0])


def race(
    first: Callable[[], object],
    second: Callable[[], object],
    *,
    then: Callable[[], object] = lambda: None,
) -> Any:
    """Do the first in a transaction that ends once the second waits for it; return its result.

    Before that transaction ends it does what is to be done `then`.
    """
    results: list[Any] = []

    def do_second() -> None:
        try:
            results.append(second())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        first()
        thread = threading.Thread(target=do_second)
        thread.start()
        end = time.monotonic() + 400
        while count_waiting() == 0 and thread.is_alive() and time.monotonic() < end:
            time.sleep(0.02)
        assert thread.is_alive(), results
        then()
    thread.join()
    return results[0]


def set_deadlock_timeout(*, seconds: int) -> None:
    """Choose which of two that wait for each other is ended: whichever looks first."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET deadlock_timeout = '{seconds}s'")


@pytest.fixture
def rival(make_user: MakeUser) -> User:
    return make_user()


def take(rival: User, **names: str) -> Callable[[], object]:
    return lambda: User.objects.filter(pk=rival.pk).update(**names)


@pytest.mark.parametrize(
    ("names", "wanted", "words"),
    [
        ({"username": NAME}, {"email": NAME}, "This is the user name of another user"),
        ({"email": NAME}, {"email": NAME}, "Another user has this e-mail address."),
        ({"email": NAME}, {"username": NAME}, "This is the e-mail address of another user"),
        ({"phone": PHONE}, {"phone": PHONE}, "Another user has this phone number."),
        ({"username": "ada"}, {"username": "Ada"}, "User with this User name already exists."),
        ({"subject_id": "s1"}, {"subject_id": "s1"}, "already exists."),
    ],
)
@pytest.mark.parametrize("is_new", [True, False])
def test_admin_form_that_loses_a_race_says_that_the_name_is_in_use(
    superuser_client: Client,
    rival: User,
    make_user: MakeUser,
    names: dict[str, str],
    wanted: dict[str, str],
    words: str,
    is_new: bool,
) -> None:
    user = User(subject_id="new") if is_new else make_user(username="other")
    form = fill_form(user, **wanted)
    address = ADD if is_new else change_url(user)
    before = list(User.objects.exclude(pk=rival.pk).values())

    answer = race(take(rival, **names), lambda: superuser_client.post(address, form))

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert list(User.objects.exclude(pk=rival.pk).values()) == before


def test_admin_form_that_ends_a_deadlock_says_that_the_name_is_in_use(
    superuser_client: Client, rival: User, make_user: MakeUser
) -> None:
    user = make_user()
    form = fill_form(user, email=NAME)

    def post_impatiently() -> Any:
        set_deadlock_timeout(seconds=2)
        return superuser_client.post(change_url(user), form)

    def take_patiently() -> None:
        set_deadlock_timeout(seconds=60)
        take(rival, username=NAME)()

    answer = race(
        take_patiently,
        post_impatiently,
        then=lambda: User.objects.filter(pk=user.pk).update(given_name="Ada"),
    )

    assert answer.status_code == 200
    assert "This is the user name of another user" in answer.content.decode()
    assert User.objects.get(pk=user.pk).given_name == "Ada"


def test_admin_form_that_loses_to_a_further_address_says_so(
    superuser_client: Client, rival: User, make_user: MakeUser
) -> None:
    user = make_user()
    form = fill_form(user, email=NAME)

    answer = race(
        lambda: EmailAddress.objects.create(user=rival, email=NAME),
        lambda: superuser_client.post(change_url(user), form),
    )

    assert "Another user has this e-mail address." in answer.content.decode()


@pytest.mark.parametrize("field", ["username", "email"])
def test_page_of_own_addresses_that_loses_a_race_says_that_it_is_in_use(
    make_user: MakeUser, rival: User, field: str, client: Client
) -> None:
    user = make_user()
    client.force_login(user)

    answer = race(
        take(rival, **{field: NAME}),
        lambda: client.post("/accounts/email/", {"action_add": "", "email": NAME}),
    )

    assert answer.status_code == 200
    assert "in use by another account" in answer.content.decode()
    assert not EmailAddress.objects.filter(email=NAME).exists()


def test_createsuperuser_that_loses_a_race_says_that_the_name_is_in_use(rival: User) -> None:
    error = race(
        take(rival, username=NAME),
        lambda: call_command("createsuperuser", interactive=False, email=NAME, subject_id="boss"),
    )

    assert isinstance(error, CommandError)
    assert "user name of another user" in str(error)


@pytest.mark.parametrize(
    ("address", "model", "key", "more"),
    [
        ("role", Role, "key", {}),
        ("group", Group, "key", {}),
        ("attributedefinition", AttributeDefinition, "name", {"type": "string", "choices": "[]"}),
    ],
)
def test_admin_form_that_loses_a_race_for_a_key_says_that_it_exists(
    superuser_client: Client, address: str, model: Any, key: str, more: dict[str, str]
) -> None:
    answer = race(
        lambda: model.objects.create(**{key: "x"}),
        lambda: superuser_client.post(f"/admin/accounts/{address}/add/", {key: "x", **more}),
    )

    assert answer.status_code == 200
    assert "already exists" in answer.content.decode()
    assert model.objects.count() == 1


def test_admin_form_that_loses_a_race_for_a_unique_attribute_says_so(
    superuser_client: Client, rival: User, make_user: MakeUser
) -> None:
    badge = AttributeDefinition.objects.create(name="badge", type="string", unique=True)
    user = make_user()
    form = fill_form(user, **{f"attribute_{badge.pk}": "7"})

    def take_badge() -> None:
        from accounts.services import attributes

        rival.attributes = {"badge": "7"}
        rival.save()
        attributes.claim_unique_values(rival)

    answer = race(take_badge, lambda: superuser_client.post(change_url(user), form))

    assert answer.status_code == 200
    assert User.objects.get(pk=user.pk).attributes == {}
