"""Mails about an account: text, and the same in the site's HTML frame."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    user = User.objects.create_user(username="<i>ada</i>", email="ada@example.com", password="x")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def read_html() -> str:
    [message] = mail.outbox
    [alternative] = message.alternatives
    assert alternative.mimetype == "text/html"
    return str(alternative.content)


def test_mail_to_reset_a_password_has_the_link_as_a_button(client: Client, ada: User) -> None:
    client.post("/accounts/password/reset/", {"email": ada.email})

    html = read_html()
    link = re.search(r"http://testserver/\S+", mail.outbox[0].body)[0]
    assert f'class="button" href="{link}"' in html
    assert "Choose a new password</h1>" in html
    assert 'class="brand"' in html


def test_mail_with_a_sign_in_code_shows_it_large(client: Client, ada: User) -> None:
    client.post("/accounts/login/code/", {"email": ada.email})

    code = re.search(r"^[A-Z0-9-]{6,}$", mail.outbox[0].body, re.MULTILINE)[0]
    assert re.search(rf'class="well"[^>]*>{code}</p>', read_html())


def test_mail_to_confirm_an_address_escapes_the_name_of_the_user(client: Client, ada: User) -> None:
    client.force_login(ada)
    client.post("/accounts/email/", {"email": "new@example.com", "action_add": ""})

    assert "&lt;i&gt;ada&lt;/i&gt; added this e-mail address" in read_html()
