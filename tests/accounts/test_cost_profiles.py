"""The cost of new hashes is a setting, and no sign-in makes a stored one cheaper to guess."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.urls import reverse

from accounts.models import User
from accounts.passwords.profiles import PROFILES, CostProfile
from tests.accounts.conftest import PASSWORD

ROOT = Path(__file__).parents[2]
SALT, KEY = "c2FsdHNhbHRzYWx0c2FsdA", "YC9+jJCrQhs5R6db7LlN8WC9+jJCrQhs5R6db7LlN8U"
SHORT = "c2FsdHNhbHQ"
MIDDLE = CostProfile(memory_kib=64, iterations=2, parallelism=1)
START = "argon2$argon2id$v=19$m=64,t=2,p=1$"


def write(memory, iterations, parallelism=1, *, kind="id", version=19, salt=SALT, key=KEY):
    return f"argon2$argon2{kind}$v={version}$m={memory},t={iterations},p={parallelism}${salt}${key}"


@pytest.fixture
def middle(monkeypatch, settings):
    """Make hashes of a middling cost, so that both cheaper and costlier ones are quick."""
    settings.PASSWORD_COST_PROFILE = "middle"
    monkeypatch.setitem(PROFILES, "middle", MIDDLE)


@pytest.fixture
def sign_in(client):
    def sign_in(password=PASSWORD):
        client.post(reverse("account_login"), {"login": "ada", "password": password})
        return "_auth_user_id" in client.session

    return sign_in


@pytest.mark.parametrize(
    ("name", "expected"), [("owasp", "m=19456,t=2,p=1"), ("django", "m=102400,t=2,p=8")]
)
def test_new_hash_has_the_parameters_of_the_profile(name, expected):
    made = subprocess.run(
        [
            sys.executable,
            "-c",
            "import django; django.setup(); from django.contrib.auth import hashers;"
            "print(hashers.make_password('a password'))",
        ],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "importer_site.settings",
            "PASSWORD_COST_PROFILE": name,
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stdout.startswith(f"argon2$argon2id$v=19${expected}$")


def test_profile_by_default_is_that_of_owasp():
    started = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importer_site.settings import *; print(PASSWORD_COST_PROFILE)",
        ],
        env={key: value for key, value in os.environ.items() if key != "PASSWORD_COST_PROFILE"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert started.stdout == "owasp\n"


def test_profile_that_there_is_not_stops_the_start():
    started = subprocess.run(
        [sys.executable, "-c", "import importer_site.settings"],
        env={**os.environ, "PASSWORD_COST_PROFILE": "cheap"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "PASSWORD_COST_PROFILE is one of: owasp, django." in started.stderr


@pytest.mark.parametrize(
    "stored",
    [
        write(64, 2),
        write(64, 2, 8),
        write(64, 3),
        write(128, 1),
        write(1024, 4),
    ],
)
def test_hash_that_costs_as_much_or_more_meets_the_profile(stored):
    assert MIDDLE.is_met_by(stored)


@pytest.mark.parametrize(
    "stored",
    [
        write(64, 1),
        write(63, 20),
        write(127, 1),
        write(1024, 4, kind="i"),
        write(1024, 4, kind="d"),
        write(1024, 4, version=16),
        write(1024, 4, salt=SHORT),
        write(1024, 4, key=SHORT),
        "argon2$argon2id$damaged",
        "bcrypt$$2y$04$mIJxfrCaEI3GukZe11CiXublhEFanu5.ododkll1WphfSp6pn4zIu",
        "",
    ],
)
def test_hash_that_costs_less_or_is_no_argon2id_does_not_meet_the_profile(stored):
    assert not MIDDLE.is_met_by(stored)


@pytest.mark.django_db
class TestSignIn:
    def test_costlier_hash_stays_as_it_is(self, make_user, sign_in, monkeypatch, middle):
        with monkeypatch.context() as before:
            before.setitem(PROFILES, "middle", CostProfile(128, 2, 4))
            user = make_user(username="ada", password=PASSWORD)
        stored = user.password
        assert sign_in()
        assert User.objects.get(pk=user.pk).password == stored

    def test_cheaper_hash_is_upgraded_to_the_profile(self, make_user, sign_in, monkeypatch, middle):
        with monkeypatch.context() as before:
            before.setitem(PROFILES, "middle", CostProfile(32, 2, 1))
            user = make_user(username="ada", password=PASSWORD)
        assert sign_in()
        assert User.objects.get(pk=user.pk).password.startswith(START)

    def test_legacy_hash_is_upgraded_to_the_profile(self, make_user, sign_in, foreign_hash, middle):
        user = make_user(username="ada")
        User.objects.filter(pk=user.pk).update(password=foreign_hash.stored)
        assert sign_in(foreign_hash.password)
        assert User.objects.get(pk=user.pk).password.startswith(START)

    def test_new_password_has_the_cost_of_the_profile(self, make_user, middle):
        user = make_user(username="ada", password=PASSWORD)
        assert user.password.startswith(START)
        assert MIDDLE.is_met_by(make_password(PASSWORD))
