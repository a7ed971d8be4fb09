"""SCIM's users: primary values, names in any case, operations that bring no user."""

import pytest

from imports.core.providers.systems.scim import ENTERPRISE, excludes, normalise

USER = "urn:ietf:params:scim:schemas:core:2.0:User"


def test_primary_value_comes_first_and_the_others_are_further_ones():
    emails = [{"value": "a@x.org"}, {"value": "b@x.org", "primary": True}]
    values = normalise({"emails": emails}, {})
    assert (values["(email)"], values["(further emails)"]) == ("b@x.org", ["a@x.org"])


def test_mobile_number_is_preferred_and_loses_its_scheme():
    numbers = [{"value": "1", "type": "work"}, {"value": "tel:+44-16", "type": "mobile"}]
    values = normalise({"phoneNumbers": numbers}, {})
    assert (values["(phone)"], values["(other phones)"]) == ("+44-16", ["1"])


def test_names_count_in_any_case():
    values = normalise({"USERNAME": "ada", "Name": {"GIVENNAME": "Ada"}, "ACTIVE": False}, {})
    assert values == {"(user name)": "ada", "(given name)": "Ada", "(active)": False}


def test_extension_becomes_columns_without_the_dots_of_its_name():
    extension = {"department": "Tours", "manager": {"value": "2", "displayName": "John"}}
    values = normalise({ENTERPRISE: extension, "urn:example:Custom": {"x": 1}}, {})
    assert values == {"(department)": "Tours", "(manager)": "John", "(custom x)": 1}


def test_operation_that_replaces_has_the_id_in_its_path():
    operation = {"method": "PUT", "path": "/Users/42", "data": {"userName": "ada"}}
    assert normalise(operation, {})["(subject id)"] == "42"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"method": "DELETE", "path": "/Users/1"}, "DELETE"),
        ({"method": "PATCH", "path": "/Users/1", "data": {}}, "PATCH"),
        ({"method": "POST", "path": "/Groups", "data": {"displayName": "x"}}, "not about users"),
        ({"meta": {"resourceType": "Group"}, "displayName": "x"}, "Group"),
        ({"schemas": [USER.replace("User", "Group")]}, "not a user"),
    ],
)
def test_what_is_no_user_is_excluded(values, told):
    assert told in excludes(normalise(values, {}))


@pytest.mark.parametrize(
    "values",
    [
        {"userName": "ada"},
        {"schemas": [USER], "meta": {"resourceType": "User"}},
        {"method": "POST", "path": "/Users", "data": {"schemas": [USER]}},
    ],
)
def test_user_is_not_excluded(values):
    assert excludes(normalise(values, {})) == ""
