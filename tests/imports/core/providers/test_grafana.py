"""Grafana's users: the hash with its salt, who was never seen, and who is no person."""

import pytest

from accounts.hashing import encode, settling, verify
from imports.core.providers.systems.grafana import excludes, normalise

# Of “Panel-Cy-1”, by Python's hashlib: 50 bytes of PBKDF2-SHA256, as Grafana has them.
PASSWORD = (
    "9f08bfdc25eac5ee23570f35ce75d5c8b3fa2f2342b05b9ca446b6e8d8441849d1110c252eb99c71ed71f6375e989e18"
    "c595"
)
USER = {"id": 2, "login": "cy", "password": PASSWORD, "salt": "G3FAxVm33R"}


def test_hash_with_its_salt_verifies_the_password():
    written = normalise(USER, {})["(password hash)"]
    stored = encode(settling.choose_likeliest(written, {}), written, {})

    assert verify(stored, "Panel-Cy-1")
    assert not verify(stored, "another")


@pytest.mark.parametrize(
    "times",
    [
        {"created": "2022-06-23 17:54:19", "last_seen_at": "2012-06-23 17:54:19"},
        {"lastSeenAt": "2016-03-02T17:54:19Z", "lastSeenAtAge": "10 years"},
    ],
)
def test_who_was_never_seen_has_no_last_sign_in(times):
    assert "(last sign-in)" not in normalise({**USER, **times}, {})


@pytest.mark.parametrize(("mark", "is_excluded"), [("1", True), (True, True), ("0", False)])
def test_service_account_is_no_person(mark, is_excluded):
    assert bool(excludes(normalise({**USER, "is_service_account": mark}, {}))) is is_excluded


def test_only_logins_by_oauth_are_external_logins():
    logins = [
        {"auth_module": "oauth_google", "auth_id": "104217"},
        {"auth_module": "ldap", "auth_id": "cn=cy,dc=example,dc=com"},
    ]

    assert normalise({**USER, "user_auth": logins}, {})["(external logins)"] == [
        {"provider": "google", "subject": "104217"}
    ]
