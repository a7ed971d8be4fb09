"""Django's users: tables and dumps, and what is no user in a dump."""

import pytest

from imports.core.providers.systems.django_auth import PROVIDER, excludes, normalise, recognise


@pytest.mark.parametrize(
    ("password", "hash_format"),
    [
        ("pbkdf2_sha256$1$s$h", "django_pbkdf2_sha256"),
        ("argon2$argon2id$v=19$x", "django_argon2"),
        ("bcrypt_sha256$$2b$12$x", "django_bcrypt_sha256"),
        ("bcrypt$$2b$12$x", "django_bcrypt"),
        ("sha1$s$h", "django_salted_sha1"),
        ("sha1$$h", "unsalted_sha1"),
        ("md5$$h", "unsalted_md5"),
        ("hmac$h", None),
    ],
)
def test_hash_names_its_format(password, hash_format):
    assert normalise({"password": password}, {}).get("(hash format)") == hash_format


def test_unusable_password_is_none():
    assert "(password hash)" not in normalise({"password": "!abc"}, {})


def test_object_of_a_dump_becomes_the_row_of_a_table():
    fields = {"username": "ada", "password": "", "groups": [["staff"], ["a", "b"], 3]}
    values = normalise({"model": "auth.user", "pk": 7, "fields": fields}, {})
    assert values["(subject id)"] == 7
    assert values["username"] == "ada"
    assert values["(groups)"] == ["staff", "a.b"]
    assert values["(group numbers)"] == ["3"]


def test_other_objects_of_a_dump_are_excluded():
    group = {"model": "auth.group", "pk": 1, "fields": {"name": "staff", "permissions": []}}
    assert "auth.group" in excludes(normalise(group, {}))
    assert excludes(normalise({"username": "ada"}, {})) == ""


def test_offset_of_postgresql_is_completed():
    values = normalise({"date_joined": "2020-01-02 03:04:05.678901+00"}, {})
    assert values["(created)"] == "2020-01-02 03:04:05.678901+00:00"


@pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
def test_nothing_makes_an_administrator_and_that_is_said(flag):
    assert PROVIDER.find_preset(flag) is None
    assert "never creates administrators" in PROVIDER.explain_loss(flag)


def test_table_that_is_not_djangos_is_not_recognised():
    columns = ["id", "username", "password", "last_login"]
    assert recognise(columns, [dict.fromkeys(columns, "x")]) is None
