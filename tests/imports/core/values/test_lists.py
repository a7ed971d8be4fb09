"""Lists are split into their items in every notation in which a cell holds them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.mapping import Mapping, RecordMapper, Rule
from imports.core.readers import RawRow
from imports.core.values.lists import pick_one, read_keys, split_list

STAFF = "CN=Staff,OU=Groups,DC=corp,DC=example,DC=com"
VPN = "CN=VPN Users,OU=Groups,DC=corp,DC=example,DC=com"


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        (STAFF, ["Staff"]),
        (f"{STAFF};{VPN}", ["Staff", "VPN Users"]),
        (f"{STAFF}; {VPN}", ["Staff", "VPN Users"]),
        (f"{STAFF}|{VPN}", ["Staff", "VPN Users"]),
        (f"{STAFF}\n{VPN}", ["Staff", "VPN Users"]),
        (f"{STAFF} {VPN}", ["Staff", "VPN Users"]),
        ([STAFF, VPN], ["Staff", "VPN Users"]),
        ("CN=Moen\\, Pia,DC=example,DC=com", ["Moen, Pia"]),
        ("cn=crew,ou=groups,dc=example,dc=com", ["crew"]),
        ('["staff", "vpn"]', ["staff", "vpn"]),
        ("[]", []),
        ("{}", []),
        ("{staff,vpn}", ["staff", "vpn"]),
        ('{staff,"a, b",NULL}', ["staff", "a, b"]),
        ('a:1:{s:13:"administrator";b:1;}', ["administrator"]),
        ('a:2:{s:6:"editor";b:1;s:10:"subscriber";b:0;}', ["editor"]),
        ('a:2:{i:0;s:5:"staff";i:1;s:3:"vpn";}', ["staff", "vpn"]),
        ("a:0:{}", []),
        ([{"value": "g1", "display": "Crew"}, {"name": "vpn"}], ["g1", "vpn"]),
        ("staff, vpn;crew|x", ["staff", "vpn", "crew", "x"]),
        ("", []),
    ],
)
def test_keys_are_read_from_every_notation(value, keys):
    assert read_keys(value) == keys


@pytest.mark.parametrize(
    ("value", "one"),
    [
        ([], None),
        ({}, None),
        (["a"], "a"),
        (["", "a", None], "a"),
        (["a", "b"], ["a", "b"]),
        ([{"value": "a@x.org", "type": "work"}], "a@x.org"),
        ({"number": "+46701740605"}, "+46701740605"),
        ({"other": 1}, {"other": 1}),
    ],
)
def test_field_of_one_value_takes_it_out_of_a_list_of_one(value, one):
    assert pick_one(value) == one


def test_blank_lists_and_objects_are_blank_and_a_list_of_one_text_fills_a_field():
    rules = [Rule(source=name, target=f"profile.{name}") for name in ("phone", "locale")]
    mapper = RecordMapper(
        Mapping(provider="generic", rules=[Rule(source="id", target="subject_id"), *rules]), {}
    )
    blank = mapper.map_row(RawRow(1, 1, {"id": "1", "phone": [], "locale": {}}))
    filled = mapper.map_row(RawRow(2, 2, {"id": "2", "phone": ["+46701740605"], "locale": "sv"}))
    assert (blank.record.profile.phone, blank.record.profile.locale) == (None, None)
    assert (filled.record.profile.phone, filled.record.profile.locale) == ("+46701740605", "sv")


@given(st.text() | st.lists(st.text()) | st.dictionaries(st.text(), st.text()))
def test_any_value_is_split_or_kept(value):
    split_list(value), read_keys(value), pick_one(value)
