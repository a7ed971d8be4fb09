"""phpBB's users: who may sign in, who is no person, and which groups are people's own."""

import pytest

from imports.core.providers.systems.phpbb import excludes, normalise

USER = {"user_id": "48", "username": "cy"}


@pytest.mark.parametrize(("kind", "active"), [("0", True), ("1", False), ("3", True)])
def test_kind_of_user_says_who_may_sign_in(kind, active):
    assert normalise({**USER, "user_type": kind}, {})["(active)"] is active


def test_kind_that_is_not_known_is_asked_about():
    assert normalise({**USER, "user_type": "4"}, {})["(active)"] == "4"


@pytest.mark.parametrize(("kind", "is_excluded"), [("2", True), ("0", False), ("1", False)])
def test_bots_and_the_anonymous_user_are_no_people(kind, is_excluded):
    assert bool(excludes(normalise({**USER, "user_type": kind}, {}))) is is_excluded


@pytest.mark.parametrize(
    ("ban", "active"),
    [
        ({"ban_end": "0"}, False),
        ({"ban_end": "4070908800"}, False),
        ({"ban_end": "1714936600"}, True),
        ({"ban_end": "0", "ban_exclude": "1"}, True),
    ],
)
def test_ban_that_has_not_ended_keeps_out(ban, active):
    row = {**USER, "user_type": "0", "banlist": [ban]}

    assert normalise(row, {})["(active)"] is active


def test_groups_are_those_joined_and_not_given_to_everybody():
    def make_member(name, pending="0"):
        return {"user_pending": pending, "phpbb_groups": [{"group_name": name}]}

    members = [make_member("REGISTERED"), make_member("Crew"), make_member("Guild", pending="1")]

    assert normalise({**USER, "user_group": members}, {})["(groups)"] == ["Crew"]
