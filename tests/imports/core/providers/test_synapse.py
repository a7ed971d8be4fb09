"""Synapse's users: names, times in both units, who may sign in, and who is no person."""

import pytest

from imports.core.providers.systems.synapse import excludes, normalise

ADA = {"name": "@ada:chat.example.com"}


@pytest.mark.parametrize("time", [1560432506, 1560432506000, "1560432506"])
def test_times_count_seconds_or_milliseconds(time):
    created = normalise({**ADA, "creation_ts": time}, {})["(created)"]

    assert created.startswith("2019-06-13T13:28:26")


@pytest.mark.parametrize(
    "state", [{"deactivated": True}, {"locked": "t"}, {"approved": "f"}, {"deactivated": 1}]
)
def test_any_no_keeps_out(state):
    row = {**ADA, "deactivated": 0, "locked": False, "approved": None, **state}

    assert normalise(row, {})["(active)"] is False


@pytest.mark.parametrize(
    "kind", [{"user_type": "bot"}, {"is_guest": 1}, {"is_guest": True}, {"appservice_id": "irc"}]
)
def test_bots_guests_and_bridged_accounts_are_no_people(kind):
    assert excludes(normalise({**ADA, **kind}, {}))
    assert not excludes(normalise({**ADA, "user_type": None, "is_guest": 0}, {}))


def test_address_without_a_validation_is_not_verified():
    row = {**ADA, "threepids": [{"medium": "email", "address": "ada@example.com"}]}

    assert normalise(row, {})["(email verified)"] is False


def test_hash_is_of_the_pepper_that_is_answered():
    row = {**ADA, "password_hash": "$2b$12$abc"}

    assert normalise(row, {"pepper": "salt-5"})["(hash parameters)"] == {"pepper": "salt-5"}
    assert normalise(row, {})["(hash parameters)"] == {"pepper": ""}
    assert normalise(row, {})["(hash format)"] == "synapse_bcrypt"
