"""Kinde's users: identities of one, rows of one."""

import pytest

from imports.core.providers.systems.kinde import normalise
from imports.core.readers.joined.merging import FURTHER_ROWS


def test_memberships_of_all_rows_are_gathered():
    row = {"id": "1", "external_organization_id": "a", "role_key": "admin"}
    further = [{"external_organization_id": "b", "role_key": "admin, editor"}]
    values = normalise({**row, FURTHER_ROWS: further}, {})
    assert values["(groups)"] == ["a", "b"]
    assert values["(roles)"] == ["admin", "editor"]
    assert FURTHER_ROWS not in values


def test_salted_digest_has_all_its_parameters():
    row = {"hashed_password": "h", "hashing_method": "md5", "salt": "c0", "salt_format": "hex"}
    values = normalise(row | {"salt_position": "prefix"}, {})
    assert values["(hash format)"] == "digest"
    assert values["(hash parameters)"] == {
        "algorithm": "md5",
        "hash_encoding": "hex",
        "salt": "c0",
        "salt_position": "prefix",
        "salt_encoding": "hex",
    }


@pytest.mark.parametrize(
    ("identity", "subject"),
    [
        ({"identity": "a@gmail.com", "user_id": "110"}, "110"),
        ({"identity": "110"}, "110"),
        ({"identity": "110", "user_id": "kp_1"}, "110"),
    ],
)
def test_login_has_the_id_of_the_user_there(identity, subject):
    values = normalise({"id": "kp_1", "identities": [{"type": "oauth2:google", **identity}]}, {})
    assert values["(external logins)"] == [{"provider": "google", "subject": subject}]


def test_login_known_by_an_address_alone_is_not_carried():
    identity = {"type": "oauth2:google", "identity": "a@gmail.com"}
    assert "(external logins)" not in normalise({"identities": [identity]}, {})


def test_address_is_that_of_the_user_and_others_are_further_ones():
    identities = [
        {"type": "email", "identity": "b@example.com", "is_verified": True},
        {"type": "email", "identity": "a@example.com", "is_verified": False},
    ]
    values = normalise({"email": "a@example.com", "identities": identities}, {})
    assert (values["(email)"], values["(email verified)"]) == ("a@example.com", False)
    assert values["(further emails)"] == [{"email": "b@example.com", "verified": True}]
