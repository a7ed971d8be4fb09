"""FusionAuth's users: passwords in parts, inactive unless said otherwise, roles by application."""

import base64

import pytest

from imports.core.providers.systems.fusionauth import FACTOR, SCHEME, normalise, recognise


def test_user_without_the_flag_is_disabled():
    assert normalise({"email": "a@example.com"}, {})["(active)"] is False
    assert normalise({"active": True}, {})["(active)"] is True


def test_hash_keeps_its_scheme_salt_and_factor():
    user = {"password": "h", "encryptionScheme": "bcrypt", "salt": "s", "factor": 10}
    values = normalise(user, {SCHEME: "salted-md5", FACTOR: "1"})
    assert values["(hash format)"] == "fusionauth_password"
    assert values["(hash parameters)"] == {"encryptionScheme": "bcrypt", "salt": "s", "factor": 10}
    assert not values.keys() & {"password", "salt", "factor", "(password)"}


def test_scheme_of_the_file_is_that_of_users_without_one():
    values = normalise({"password": "h", "salt": "s"}, {SCHEME: "salted-md5", FACTOR: "24000"})
    assert values["(hash parameters)"] == {
        "encryptionScheme": "salted-md5",
        "salt": "s",
        "factor": "24000",
    }


def test_password_with_a_salt_is_a_hash_even_before_the_scheme_is_known():
    values = normalise({"password": "h", "salt": "s"}, {})
    assert values["(password hash)"] == "h"
    assert "(password)" not in values


def test_password_without_scheme_and_salt_is_plain():
    values = normalise({"password": "Secret 1"}, {})
    assert values["(password)"] == "Secret 1"
    assert "(password hash)" not in values


def test_secret_of_the_authenticator_app_becomes_base32():
    secret = base64.b64encode(b"Hello!\xde\xad\xbe\xef").decode()
    methods = [
        {"method": "sms", "mobilePhone": "+441632960001"},
        {
            "method": "authenticator",
            "secret": secret,
            "authenticator": {"algorithm": "HmacSHA256", "codeLength": 8, "timeStep": 60},
        },
    ]
    values = normalise({"twoFactor": {"methods": methods, "recoveryCodes": ["a", "b"]}}, {})
    assert values["(authenticator app)"] == "JBSWY3DPEHPK3PXP"
    assert values["(authenticator app algorithm)"] == "SHA256"
    assert values["(authenticator app digits)"] == 8
    assert values["(authenticator app period)"] == 60
    assert values["(recovery codes)"] == ["a", "b"]
    assert values["(other two-factor methods)"] == ["sms"]


def test_instants_are_milliseconds():
    values = normalise({"insertInstant": 1331449200123}, {})
    assert values["(created)"] == "2012-03-11T07:00:00.123000Z"


def test_last_sign_in_is_the_latest_of_the_registrations():
    registrations = [{"lastLoginInstant": 1000}, {"lastLoginInstant": 3000}, {}]
    values = normalise({"registrations": registrations}, {})
    assert values["(last sign-in)"] == "1970-01-01T00:00:03Z"


def test_roles_are_named_with_their_application():
    registrations = [
        {"applicationId": "a", "roles": ["user", "admin"]},
        {"applicationId": "b", "roles": ["user"]},
    ]
    values = normalise({"registrations": registrations}, {})
    assert values["(roles)"] == ["a:user", "a:admin", "b:user"]


@pytest.mark.parametrize(
    "row",
    [
        {"email": "a@example.com", "password": "x", "salt": "y"},
        {"email": "a@example.com", "insertInstant": 1},
        {"registrations": [{"name": "x"}], "memberships": [{}]},
    ],
)
def test_what_others_have_too_is_not_enough(row):
    assert recognise(list(row), [row]) is None
