"""Signing in through the real pages, as users whose rows an import would have written."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from accounts.models import User
from tests.accounts.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_sign_in")]

LOGIN = "/accounts/login/"
HOME = "/"


def sign_in(client, name, password=PASSWORD):
    return client.post(LOGIN, {"login": name, "password": password})


def is_signed_in(client):
    return "_auth_user_id" in client.session


@pytest.fixture
def ada(make_user):
    user = make_user(
        username="Ada", email="ada@example.com", phone="+441632960001", password=PASSWORD
    )
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


@pytest.mark.parametrize(
    "name",
    ["Ada", "ADA", "ada@example.com", "Ada@Example.COM", "+441632960001", "+44 1632 960-001"],
)
def test_any_identifier_in_any_case_signs_in(client, ada, name):
    assert sign_in(client, name).url == HOME
    assert is_signed_in(client)


def test_member_of_staff_comes_to_the_front_page_of_the_admin(client, make_user):
    make_user(username="operator", is_staff=True, password=PASSWORD)
    assert sign_in(client, "operator").url == reverse("admin:index")


def test_member_of_staff_comes_to_the_page_that_was_asked_for(client, make_user):
    make_user(username="operator", is_staff=True, password=PASSWORD)
    form = {"login": "operator", "password": PASSWORD, "next": "/admin/imports/upload/"}
    assert client.post(LOGIN, form).url == "/admin/imports/upload/"


def test_further_address_signs_in(client, ada):
    EmailAddress.objects.create(user=ada, email="countess@example.com", verified=True)
    sign_in(client, "countess@example.com")
    assert is_signed_in(client)


def test_user_with_a_phone_number_alone_signs_in(client, make_user):
    make_user(username=None, email=None, phone="+441632960002", password=PASSWORD)
    sign_in(client, "+441632960002")
    assert is_signed_in(client)


def test_username_that_looks_like_an_address_signs_in(client, make_user):
    make_user(username="bob@old.example", email=None, password=PASSWORD)
    sign_in(client, "bob@old.example")
    assert is_signed_in(client)


def test_foreign_hash_is_argon2id_after_signing_in(client, ada, foreign_hash):
    User.objects.filter(pk=ada.pk).update(password=foreign_hash.stored)
    sign_in(client, "ada", foreign_hash.password)
    assert is_signed_in(client)
    ada.refresh_from_db()
    assert ada.password.startswith("argon2$argon2id$")


def test_foreign_hash_stays_after_a_wrong_password(client, ada, foreign_hash):
    User.objects.filter(pk=ada.pk).update(password=foreign_hash.stored)
    sign_in(client, "ada", "wrong")
    ada.refresh_from_db()
    assert ada.password == foreign_hash.stored


@pytest.mark.parametrize(
    "stored",
    [
        "bcrypt$$2b$12$bad",
        "argon2$argon2id$v=19$m=102400,t=2,p=8$$",
        "pbkdf2_sha256$x$y$z",
        "unknown$hash",
        "$2b$04$abcdefghijklmnopqrstuu",
        "plain",
        "",
        "!",
    ],
)
def test_damaged_hash_is_a_wrong_password(client, ada, stored):
    User.objects.filter(pk=ada.pk).update(password=stored)
    response = sign_in(client, "ada")
    assert response.status_code == 200
    assert not is_signed_in(client)


def test_unknown_name_and_wrong_password_are_answered_alike(client, ada):
    unknown = sign_in(client, "nobody").context["form"].errors
    wrong = sign_in(client, "ada", "wrong").context["form"].errors
    assert unknown == wrong


def test_failed_sign_in_waits(client, ada, monkeypatch):
    waits = []
    monkeypatch.setattr("accounts.sign_in.adapters.wait_out_failed_sign_in", waits.append)
    sign_in(client, "nobody")
    sign_in(client, "ada")
    assert len(waits) == 1


def test_inactive_user_is_refused_without_saying_so_to_strangers(client, ada):
    User.objects.filter(pk=ada.pk).update(is_active=False)
    response = sign_in(client, "ada", "wrong")
    assert "inactive" not in response.content.decode().lower()


def test_inactive_user_does_not_get_in(client, ada):
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert sign_in(client, "ada").url == reverse("account_inactive")
    assert not is_signed_in(client)


def test_sixth_failure_locks_the_name_out(client, ada):
    for _ in range(5):
        sign_in(client, "ada", "wrong")
    response = sign_in(client, "ada")
    assert "Too many failed attempts" in response.content.decode()
    assert not is_signed_in(client)


def test_signing_up_is_closed_and_says_what_to_do(client, db):
    response = client.get("/accounts/signup/")
    assert response.status_code == 200
    assert "Administrators create the accounts" in response.content.decode()


def test_signing_up_by_post_makes_no_user(client, db):
    client.post(
        "/accounts/signup/",
        {"email": "x@example.com", "username": "x", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert not User.objects.exists()


def test_home_asks_strangers_to_sign_in(client, db):
    assert client.get(HOME).url == f"{LOGIN}?next=/"


def test_home_shows_the_account(client, ada):
    client.force_login(ada)
    assert "ada@example.com" in client.get(HOME).content.decode()


def request_reset(client, email):
    client.post("/accounts/password/reset/", {"email": email})
    return [re.search(r"http://testserver(\S+)", message.body)[1] for message in mail.outbox]


@pytest.mark.parametrize("has_password", [True, False])
def test_password_is_reset_by_mail(client, ada, has_password):
    if not has_password:
        User.objects.filter(pk=ada.pk).update(password="!")
    [link] = request_reset(client, "ADA@example.com")
    form_url = client.get(link).url
    new = "a different horse battery"
    client.post(form_url, {"password1": new, "password2": new})
    sign_in(client, "ada", new)
    assert is_signed_in(client)


def test_reset_for_an_unknown_address_sends_nothing_and_looks_the_same(client, ada):
    known = client.post("/accounts/password/reset/", {"email": "ada@example.com"})
    mail.outbox.clear()
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert unknown.url == known.url
    assert not mail.outbox


def test_reset_for_an_inactive_user_sends_nothing(client, ada):
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert request_reset(client, "ada@example.com") == []


def test_admin_sends_to_the_same_sign_in(client, db):
    first = client.get("/admin/")
    assert client.get(first.url).url.startswith(LOGIN)


def test_signed_in_user_who_is_not_staff_is_kept_out_of_the_admin(client, ada):
    client.force_login(ada)
    assert client.get("/admin/login/").status_code == 403
