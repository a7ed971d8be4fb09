"""Zitadel's users, whichever way they are spelt and nested."""

import pytest

from imports.core.providers.systems.zitadel import normalise


def test_both_spellings_say_the_same():
    camel = {
        "userId": "1",
        "user": {"userName": "ada", "profile": {"firstName": "Ada"}, "email": {"email": "a@b.c"}},
    }
    snake = {
        "user_id": "1",
        "user": {"user_name": "ada", "profile": {"first_name": "Ada"}, "email": {"email": "a@b.c"}},
    }
    assert normalise(camel, {}) == normalise(snake, {})
    assert normalise(camel, {})["(user name)"] == "ada"


@pytest.mark.parametrize("name", ["value", "hash"])
def test_hash_is_read_from_both_versions_of_the_api(name):
    values = normalise({"user": {"hashedPassword": {name: "$2a$x"}}}, {})
    assert (values["(password hash)"], values["(hash format)"]) == ("$2a$x", "bcrypt")


def test_plain_md5_is_a_digest():
    values = normalise({"user": {"hashedPassword": {"value": "0" * 32}}}, {})
    assert (values["(hash format)"], values["(hash parameters)"]) == (
        "digest",
        {"algorithm": "md5"},
    )


@pytest.mark.parametrize(
    ("state", "active"),
    [
        ("USER_STATE_ACTIVE", True),
        ("USER_STATE_SUSPEND", False),
        ("USER_STATE_UNSPECIFIED", None),
        ("USER_STATE_INACTIVE", False),
        ("USER_STATE_LOCKED", False),
    ],
)
def test_state_says_whether_the_user_is_disabled(state, active):
    assert normalise({"state": state}, {}).get("(active)") is active


def test_a_state_that_is_not_clear_stays_a_word_to_be_asked_about():
    assert normalise({"state": "USER_STATE_INITIAL"}, {})["(active)"] == "INITIAL"


def test_links_are_logins_by_their_configuration():
    idps = [{"configId": "17", "externalUserId": "g-1", "displayName": "Ada"}, {"configId": "18"}]
    assert normalise({"user": {"idps": idps}}, {})["(external logins)"] == [
        {"provider": "17", "subject": "g-1", "display_name": "Ada"}
    ]
