"""A password of megabytes: refused alike for everybody, at each place one can be typed."""

import io
import secrets

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts import hashers, hashing
from accounts.models import User
from importer_site.local_run.administrator import choose_administrator
from tests.accounts.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_sign_in")]

TOO_LONG = "é" * (hashing.MAXIMUM_PASSWORD_BYTES // 2 + 1)
PHPASS = "phpass$$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0"


@pytest.fixture
def work(monkeypatch):
    """Record each verification and each hashing by the preferred hasher."""
    done = []
    read_stored, encode = hashing.registry.read_stored, hashers.Argon2PasswordHasher.encode

    def read(stored):
        done.append("verify")
        return read_stored(stored)

    def hash_password(hasher, password, salt):
        done.append("hash")
        return encode(hasher, password, salt)

    monkeypatch.setattr(hashing.registry, "read_stored", read)
    monkeypatch.setattr(hashers.Argon2PasswordHasher, "encode", hash_password)
    return done


@pytest.fixture
def people(make_user):
    """People whose passwords are stored in different ways, by user name."""
    stored = {"own": None, "phpass": PHPASS, "none": "!", "damaged": "bcrypt$", "empty": ""}
    for name, value in stored.items():
        user = make_user(username=name, password=PASSWORD)
        if value is not None:
            User.objects.filter(pk=user.pk).update(password=value)


@pytest.mark.parametrize("name", ["own", "phpass", "none", "damaged", "empty", "nobody"])
def test_sign_in_with_password_too_long_does_no_work_for_anybody(client, people, work, name):
    work.clear()
    form = {"login": name, "password": TOO_LONG}
    page = client.post(reverse("account_login"), form)
    assert page.context["form"].non_field_errors() == [
        "The user name or the password is incorrect."
    ]
    assert work == []


@pytest.mark.parametrize("name", ["own", "phpass", "none", "nobody"])
def test_sign_in_with_longest_password_does_work_for_everybody(client, people, work, name):
    work.clear()
    form = {"login": name, "password": "p" * hashing.MAXIMUM_PASSWORD_BYTES}
    client.post(reverse("account_login"), form)
    assert work


@pytest.mark.parametrize("name", ["own", "phpass", "none", "damaged", "empty"])
def test_check_of_a_user_s_password_with_one_too_long_does_no_work(people, work, name):
    user = User.objects.get(username=name)
    work.clear()
    assert not user.check_password(TOO_LONG)
    assert work == []


def test_check_of_a_stored_password_with_one_too_long_does_no_work(work):
    assert not check_password(TOO_LONG, PHPASS)
    assert work == []


def test_sign_in_with_password_too_long_waits_like_any_failure(client, people, monkeypatch):
    waited = []
    monkeypatch.setattr("accounts.sign_in.adapters.wait_out_failed_sign_in", waited.append)
    client.post(reverse("account_login"), {"login": "own", "password": TOO_LONG})
    assert len(waited) == 1


@pytest.fixture
def signed_in(client, make_user):
    user = make_user(username="ada", password=PASSWORD)
    client.force_login(user)
    return user


def test_change_to_password_too_long_is_refused(client, signed_in):
    form = {"oldpassword": PASSWORD, "password1": TOO_LONG, "password2": TOO_LONG}
    page = client.post(reverse("account_change_password"), form)
    assert "at most 4,096 bytes" in page.context["form"].errors["password1"][0]
    signed_in.refresh_from_db()
    assert signed_in.check_password(PASSWORD)


def test_change_from_password_too_long_is_refused_without_work(client, signed_in, work):
    new = secrets.token_urlsafe()
    form = {"oldpassword": TOO_LONG, "password1": new, "password2": new}
    work.clear()
    page = client.post(reverse("account_change_password"), form)
    assert page.context["form"].errors["oldpassword"]
    assert work == []


def test_set_first_password_too_long_is_refused(client, make_user):
    client.force_login(make_user(username="new"))
    form = {"password1": TOO_LONG, "password2": TOO_LONG}
    page = client.post(reverse("account_set_password"), form)
    assert "at most 4,096 bytes" in page.context["form"].errors["password1"][0]


def test_reauthenticate_with_password_too_long_is_refused_without_work(client, signed_in, work):
    work.clear()
    page = client.post(reverse("account_reauthenticate"), {"password": TOO_LONG})
    assert page.context["form"].errors["password"]
    assert work == []


def test_replace_expired_password_by_one_too_long_is_refused(client, make_user):
    user = make_user(username="ada", password=PASSWORD)
    User.objects.filter(pk=user.pk).update(password_expires_at="2020-01-01T00:00Z")
    client.post(reverse("account_login"), {"login": "ada", "password": PASSWORD})
    form = {"password1": TOO_LONG, "password2": TOO_LONG}
    page = client.post(reverse("account_password_expired"), form)
    assert "at most 4,096 bytes" in page.context["form"].errors["password1"][0]


def test_create_superuser_with_password_too_long_is_refused(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", TOO_LONG)
    with pytest.raises(CommandError, match="at most 4,096 bytes"):
        call_command(
            "createsuperuser",
            subject_id="root",
            email="root@example.com",
            interactive=False,
            stdout=io.StringIO(),
        )
    assert not User.objects.filter(subject_id="root").exists()


def test_first_administrator_with_password_too_long_is_refused():
    with pytest.raises(CommandError, match=r"ADMIN_PASSWORD.*at most 4,096 bytes"):
        choose_administrator(
            {"ADMIN_EMAIL": "a@example.com", "ADMIN_PASSWORD": TOO_LONG}, may_ask=False
        )


def test_longest_password_is_set_and_signs_in(client, make_user):
    longest = "p" * hashing.MAXIMUM_PASSWORD_BYTES
    make_user(username="ada", password=longest)
    client.post(reverse("account_login"), {"login": "ada", "password": longest})
    assert "_auth_user_id" in client.session
