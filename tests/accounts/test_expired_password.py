"""A password that has expired lets nobody in before it is replaced."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from accounts.authenticators import recovery_codes, totp
from tests.accounts.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_sign_in")]

REPLACE = "/accounts/password/expired/"
NEW = "a different horse battery"


@pytest.fixture
def ada(make_user):
    return make_user(username="ada", password=PASSWORD)


def expire(user, ago):
    user.password_expires_at = timezone.now() - ago
    user.save()


def enter_password(client, password=PASSWORD):
    return client.post("/accounts/login/", {"login": "ada", "password": password})


def is_signed_in(client):
    return "_auth_user_id" in client.session


def replace(client, new):
    return client.post(REPLACE, {"password1": new, "password2": new})


def test_expired_password_leads_to_replacing_it(client, ada):
    expire(ada, timedelta(seconds=1))
    assert enter_password(client).url == REPLACE
    assert client.get(REPLACE).status_code == 200
    assert not is_signed_in(client)


def test_password_that_expires_later_signs_in(client, ada):
    expire(ada, timedelta(days=-1))
    enter_password(client)
    assert is_signed_in(client)


def test_replacing_it_signs_in(client, ada):
    expire(ada, timedelta(days=1))
    enter_password(client)
    replace(client, NEW)
    assert is_signed_in(client)
    ada.refresh_from_db()
    assert ada.password_expires_at is None
    assert ada.check_password(NEW)


@pytest.mark.parametrize("new", [PASSWORD, "short", "12345678901"])
def test_poor_replacement_is_refused(client, ada, new):
    expire(ada, timedelta(days=1))
    enter_password(client)
    assert replace(client, new).status_code == 200
    assert not is_signed_in(client)


def test_page_sends_strangers_to_sign_in(client, db):
    assert client.get(REPLACE).url == "/accounts/login/"


def test_second_factor_comes_before_replacing(client, ada):
    expire(ada, timedelta(days=1))
    app = totp.build_data("JBSWY3DPEHPK3PXP")
    Authenticator.objects.create(user=ada, type="totp", data=app)
    codes = recovery_codes.build_data(["ABCD-1234"])
    Authenticator.objects.create(user=ada, type="recovery_codes", data=codes)
    enter_password(client)
    assert client.get(REPLACE).url == "/accounts/login/"
    assert client.post("/accounts/2fa/authenticate/", {"code": "ABCD-1234"}).url == REPLACE
