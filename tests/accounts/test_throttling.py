"""Limits on guessing: by user, whichever name is typed, and by network address."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.utils import timezone

from accounts import throttling
from accounts.authenticators import totp
from tests.accounts.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_sign_in")]

REFUSED = "Too many failed attempts"
NAMES = ["ada", "ADA", "ada@example.com", "+441632960001", "ada"]


@pytest.fixture
def ada(make_user):
    user = make_user(
        username="ada", email="ada@example.com", phone="+441632960001", password=PASSWORD
    )
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def sign_in(client, name, password=PASSWORD, address="192.0.2.1"):
    return client.post(
        "/accounts/login/", {"login": name, "password": password}, REMOTE_ADDR=address
    )


def fail(client, name, address="192.0.2.1"):
    return sign_in(client, name, "wrong", address).content.decode()


def is_signed_in(client):
    return "_auth_user_id" in client.session


def lock_out(client):
    for name in NAMES:
        fail(client, name)


def test_failures_with_any_identifier_count_together(client, ada):
    lock_out(client)
    assert REFUSED in fail(client, "ada@example.com")


@pytest.mark.parametrize("name", NAMES[1:4])
def test_right_password_is_refused_from_anywhere_during_the_lock(client, ada, name):
    lock_out(client)
    assert REFUSED in sign_in(client, name, address="198.51.100.7").content.decode()
    assert not is_signed_in(client)


def test_another_user_is_not_affected(client, ada, make_user):
    make_user(username="bob", password=PASSWORD)
    lock_out(client)
    sign_in(client, "bob")
    assert is_signed_in(client)


def test_lock_ends_by_itself(client, ada, monkeypatch):
    lock_out(client)
    end = throttling.find_lock_end(ada)
    assert timedelta(seconds=290) < end - timezone.now() <= timedelta(seconds=300)
    monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: end.timestamp() + 1)
    sign_in(client, "ada")
    assert is_signed_in(client)


def test_four_failures_lock_nobody_out(client, ada):
    for name in NAMES[:4]:
        fail(client, name)
    assert throttling.find_lock_end(ada) is None
    sign_in(client, "ada")
    assert is_signed_in(client)


def test_password_reset_ends_the_lock(client, ada):
    lock_out(client)
    client.post("/accounts/password/reset/", {"email": "ada@example.com"})
    link = mail.outbox[0].body.split("http://testserver")[1].split()[0]
    new = "a different horse battery"
    client.post(client.get(link).url, {"password1": new, "password2": new})
    sign_in(client, "ada", new)
    assert is_signed_in(client)


def test_eleventh_failure_from_one_address_is_refused_whoever_is_tried(client, ada):
    for number in range(10):
        fail(client, f"nobody{number}")
    assert REFUSED in fail(client, "ada")
    sign_in(client, "ada", address="198.51.100.7")
    assert is_signed_in(client)


def test_sixth_wrong_code_locks_the_second_step(client, ada):
    data = totp.build_data("JBSWY3DPEHPK3PXP")
    Authenticator.objects.create(user=ada, type="totp", data=data)
    sign_in(client, "ada")
    for _ in range(5):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert throttling.find_second_factor_lock_end(ada) is not None
    answer = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert REFUSED in answer.content.decode()


def test_limits_and_sign_in_look_for_the_person_once(client, ada, monkeypatch):
    asked = []
    find = throttling.find_user
    monkeypatch.setattr(
        throttling, "find_user", lambda **names: asked.append(names) or find(**names)
    )
    sign_in(client, "ada")
    assert is_signed_in(client)
    assert len(asked) == 1


def test_person_recalled_is_that_of_the_names_given(rf, ada, make_user):
    request, bob = rf.post("/"), make_user(username="bob")
    assert throttling.recall_user(request, username="ada") == ada
    assert throttling.recall_user(request, username="bob") == bob
