"""Stytch's quirks: ids that are no passwords, addresses in lists, states of two products."""

import pytest

from imports.core.providers.systems.stytch import PROVIDER, normalise, recognise

USER = {
    "user_id": "user-test-1",
    "emails": [{"email": "ada@example.com", "verified": True}],
    "name": {"first_name": "Ada", "last_name": "Byron", "middle_name": "K"},
    "password": {"password_id": "password-test-1", "requires_reset": False},
    "phone_numbers": [],
    "providers": [],
    "totps": [],
    "webauthn_registrations": [],
}


def test_user_is_recognised_by_the_lists_that_every_user_has():
    assert recognise(list(USER), [USER])
    other = {"user_id": "1", "emails": ["ada@example.com"], "name": "Ada"}
    assert recognise(list(other), [other]) is None


@pytest.mark.parametrize("column", ["password.password_id", "name.middle_name", "totps"])
def test_what_is_no_credential_and_no_name_shown_goes_nowhere(column):
    assert PROVIDER.find_preset(column) is None
    assert PROVIDER.explain_loss(column)


@pytest.mark.parametrize(
    ("status", "active"),
    [("active", True), ("pending", True), ("invited", True), ("deleted", False),
     ("on hold", "on hold"), (None, None)],
)  # fmt: skip
def test_state_decides_and_one_that_is_not_known_is_asked_about(status, active):
    assert normalise(USER | {"status": status}, {}).get("(active)") == active


def test_first_address_is_the_users_and_the_others_are_kept():
    emails = [*USER["emails"], {"email": "ada@work.example", "verified": False}]
    found = normalise(USER | {"emails": emails}, {})
    assert (found["(email)"], found["(email verified)"]) == ("ada@example.com", True)
    assert found["(further emails)"] == [{"email": "ada@work.example", "verified": False}]
