"""Signing in with a code by e-mail: for verified addresses, without telling who has one."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.utils import timezone

from accounts.authenticators import totp
from accounts.models import User
from tests.accounts.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_sign_in")]

REQUEST = "/accounts/login/code/"
CONFIRM = "/accounts/login/code/confirm/"


@pytest.fixture
def ada(make_user):
    user = make_user(username="ada", email="ada@example.com")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def request_code(client, email="ada@example.com"):
    return client.post(REQUEST, {"email": email})


def read_code():
    [message] = mail.outbox
    return re.search(r"^\s*([A-Z0-9-]{6,})\s*$", message.body, re.MULTILINE)[1]


def enter_code(client, code):
    return client.post(CONFIRM, {"code": code})


def is_signed_in(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("email", ["ada@example.com", "Ada@Example.COM"])
def test_code_signs_in_a_user_without_password(client, ada, email):
    request_code(client, email)
    enter_code(client, read_code())
    assert is_signed_in(client)


def test_further_address_gets_a_code(client, ada):
    EmailAddress.objects.create(user=ada, email="countess@example.com", verified=True)
    request_code(client, "countess@example.com")
    enter_code(client, read_code())
    assert is_signed_in(client)


def test_code_works_once(client, ada):
    request_code(client)
    code = read_code()
    enter_code(client, code)
    client.logout()
    enter_code(client, code)
    assert not is_signed_in(client)


@pytest.mark.parametrize("code", ["000000", " ", "None"])
def test_wrong_code_is_refused(client, ada, code):
    request_code(client)
    enter_code(client, code)
    assert not is_signed_in(client)


def test_right_code_after_three_wrong_ones_is_refused(client, ada):
    request_code(client)
    for _ in range(3):
        enter_code(client, "WRONG1")
    enter_code(client, read_code())
    assert not is_signed_in(client)


def test_code_that_is_too_old_is_refused(client, ada, settings):
    request_code(client)
    settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT = -1
    enter_code(client, read_code())
    assert not is_signed_in(client)


def test_second_factor_is_asked_as_well(client, ada):
    data = totp.build_data("JBSWY3DPEHPK3PXP")
    Authenticator.objects.create(user=ada, type="totp", data=data)
    request_code(client)
    assert enter_code(client, read_code()).url.startswith("/accounts/2fa/authenticate/")
    assert not is_signed_in(client)


def test_expired_password_is_replaced_first(client, ada):
    ada.set_password(PASSWORD)
    ada.password_expires_at = timezone.now() - timedelta(days=1)
    ada.save()
    request_code(client)
    assert enter_code(client, read_code()).url == "/accounts/password/expired/"


@pytest.mark.parametrize("case", ["unknown", "not verified", "only in the profile", "inactive"])
def test_address_without_a_code_is_answered_like_one_with(client, ada, case):
    usual = request_code(client)
    client.logout()
    mail.outbox.clear()
    email = {"unknown": "nobody@example.com"}.get(case, "ada@example.com")
    if case == "not verified":
        EmailAddress.objects.update(verified=False)
    elif case == "only in the profile":
        EmailAddress.objects.all().delete()
    elif case == "inactive":
        User.objects.update(is_active=False)
    answer = request_code(client, email)
    assert (answer.status_code, answer.url) == (usual.status_code, usual.url)
    assert not mail.outbox
    assert client.get(CONFIRM).status_code == 200
    enter_code(client, "")
    assert not is_signed_in(client)


def test_fourth_code_within_a_minute_is_refused(client, ada):
    for _ in range(3):
        request_code(client)
        client.logout()
    assert "Too many failed attempts" in request_code(client).content.decode()
    assert len(mail.outbox) == 3


def test_sign_in_page_leads_there(client, db):
    assert REQUEST in client.get("/accounts/login/").content.decode()
