"""Searches in Lucene's syntax: what they find, and what is refused."""

from __future__ import annotations

import pytest

from tests.interfaces.auth0.calling import Caller

PEOPLE = {
    "ann": {
        "name": "Ann Archer",
        "username": "ann",
        "email_verified": True,
        "phone_number": "+441632960001",
        "nickname": "annie",
        "user_metadata": {"color": "green", "size": 13, "tags": [{"x": "a"}, {"x": "b"}]},
        "app_metadata": {"plan": {"name": "gold"}, "is_vip": True},
    },
    "bob": {
        "email": "bob@example.org",
        "name": "Bob “B” Baker",
        "family_name": "Baker",
        "blocked": True,
    },
    "cat": {
        "email": "cat@corp.example.com",
        "given_name": "Cat",
        "user_metadata": {"color": "Green"},
    },
}
CASES = [
    ("email:ann@example.com", "ann"),
    ('email:"ANN@example.com"', "ann"),
    ("email:*example.com", "ann cat"),
    ("email:b*", "bob"),
    ("email:b*org", "bob"),
    ('email.domain:"example.com"', "ann"),
    ('name:"ann archer"', "ann"),
    ("name:ann*", "ann"),
    ("name:cat@corp.example.com", "cat"),
    ("nickname:Annie", "ann"),
    ("nickname:bob", "bob"),
    ("given_name:cat", "cat"),
    ("username:ANN", "ann"),
    ('phone_number:"+441632960001"', "ann"),
    ('user_id:"auth0|bob"', "bob"),
    ("annie", "ann"),
    ('"cat@corp.example.com"', "cat"),
    ("email_verified:true", "ann"),
    ("email_verified:false", "bob cat"),
    ("blocked:true", "bob"),
    ("NOT blocked:true", "ann cat"),
    ("-blocked:true AND NOT email_verified:true", "cat"),
    ("blocked:true OR email_verified:true", "ann bob"),
    ("blocked:true OR email_verified:true AND name:x", "bob"),
    ("(blocked:true OR email_verified:true) AND name:ann*", "ann"),
    ('name:("Ann Archer" OR cat*)', "ann cat"),
    ("given_name:(NOT cat)", "ann bob"),
    ("_exists_:phone_number", "ann"),
    ("family_name:*", "ann bob cat"),
    ("user_metadata.color:green", "ann"),
    ("user_metadata.size:13", "ann"),
    ("user_metadata.tags.x:b", "ann"),
    ("_exists_:user_metadata.color", "ann cat"),
    ('app_metadata.plan.name:"gold"', "ann"),
    ("app_metadata.is_vip:true", "ann"),
    ("created_at:[2020-01-01 TO *]", "ann bob cat"),
    ("created_at:{* TO 2020-01}", ""),
    ("created_at:[2020 TO 2021}", ""),
    ("last_login:[2020-01-01T00:00:00Z TO 2030-01-01T00:00:00.000Z]", ""),
    ('identities.connection:"Username-Password-Authentication"', "ann bob cat"),
    ("identities.provider:google-oauth2", ""),
    ("identities.user_id:bob", "bob"),
    (r"name:Bob\ \“B\”\ Baker", "bob"),
    (r"name:100\*", ""),
]  # fmt: skip


@pytest.fixture
def people(call: Caller) -> Caller:
    for name, members in PEOPLE.items():
        call.create(**{"user_id": name, "user_metadata": {}, "given_name": "G", **members})
    return call


def test_what_searches_find(people: Caller) -> None:
    found = {text: people.find(text, sort="user_id:1") for text, _ in CASES}

    assert found == {text: [f"auth0|{name}" for name in names.split()] for text, names in CASES}


REFUSED = [
    ("logins_count:[1 TO 5]", "cannot be searched by “logins_count”"),
    ("password:x", "cannot be searched by “password”"),
    ("attributes:x", "cannot be searched by"),
    ("name:jo~", "“~” is not understood"),
    ("name:jo?n", "“?n” is not understood"),
    ("name:/jo/", "not supported"),
    ("name:jo^2", "not understood"),
    ("jane smith", "Connect terms by AND or OR"),
    ("name:", "ends too early"),
    ("name:x AND", "ends too early"),
    ("(name:x", "not closed"),
    ('name:"x', "not understood"),
    ("name:x)", "not understood"),
    ("name:*sa", "At least 3 letters"),
    ("name:[a TO b]", "Ranges are possible for dates alone"),
    ("blocked:maybe", "Expected true or false"),
    ("created_at:[yesterday TO *]", "Expected a date"),
    ("created_at:2020-13", "Expected a date"),
    ("user_metadata.a:b*", "Neither wildcards nor ranges"),
    ("app_metadata.a:[1 TO 2]", "Neither wildcards nor ranges"),
    ("email.domain:*x", "Wildcards are not possible"),
    ("name:a" + " OR name:a" * 200, "more than 100 terms"),
    ("(" * 50 + "name:a" + ")" * 50, "levels of parentheses"),
    ("NOT " * 2000 + "a", "more than"),
    ("a" * 5000, "more than 4000 characters"),
]


def test_what_is_not_understood_is_refused(call: Caller) -> None:
    for text, told in REFUSED:
        answer = call("GET", "/users", query={"q": text})
        assert (answer.status, answer["errorCode"]) == (400, "invalid_query_string"), text
        assert told in answer["message"], answer["message"]
