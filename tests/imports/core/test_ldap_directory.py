"""Directories' entries: ids, locks, times and passwords of several servers."""

import base64
import uuid

import pytest

from imports.core.providers.ldap_directory import leaves_out, normalise

PERSON = {"objectClass": ["top", "person"]}


def read(**attributes):
    return normalise({"dn": "cn=a,dc=b", **attributes}, {})


def test_guid_of_active_directory_is_written_as_windows_shows_it():
    known = uuid.UUID("6b9d3d4e-1f2a-4c5b-8d7e-9f0a1b2c3d4e")
    for value in (base64.b64encode(known.bytes_le).decode(), f"X'{known.bytes_le.hex()}'"):
        assert read(objectGUID=value)["(subject id)"] == str(known)


def test_dn_is_the_id_where_there_is_no_other():
    assert read()["(subject id)"] == "cn=a,dc=b"


@pytest.mark.parametrize(
    ("attributes", "active"),
    [
        ({"userAccountControl": "512"}, True),
        ({"userAccountControl": "514"}, False),
        ({"userAccountControl": "66050"}, False),
        ({"nsAccountLock": "TRUE"}, False),
        ({"loginDisabled": "FALSE"}, True),
        ({"pwdAccountLockedTime": "000001010000Z"}, False),
        ({"pwdAccountLockedTime": "20240531093000Z"}, None),
        ({}, None),
    ],
)
def test_locked_account_is_disabled(attributes, active):
    assert read(**attributes).get("(active)") is active


@pytest.mark.parametrize(
    ("attributes", "column", "moment"),
    [
        ({"createTimestamp": "20200102030405Z"}, "(created)", "2020-01-02T03:04:05Z"),
        ({"whenCreated": "20200102030405.0Z"}, "(created)", "2020-01-02T03:04:05Z"),
        ({"lastLogonTimestamp": "116444736010000000"}, "(last sign-in)", "1970-01-01T00:00:01Z"),
        ({"lastLogonTimestamp": "0"}, "(last sign-in)", None),
        ({"lastLogonTimestamp": "9223372036854775807"}, "(last sign-in)", None),
        ({"authTimestamp": "20240531093000Z"}, "(last sign-in)", "2024-05-31T09:30:00Z"),
    ],
)
def test_times_of_each_server_are_read(attributes, column, moment):
    assert read(**attributes).get(column) == moment


@pytest.mark.parametrize(
    ("attributes", "found"),
    [
        ({"userPassword": "{SSHA}x"}, {"(password hash)": "{SSHA}x", "(hash format)": "ldap"}),
        ({"userPassword": "secret"}, {"(password)": "secret"}),
        ({"userPassword": "{CLEARTEXT}secret"}, {"(password)": "secret"}),
        ({"userPassword": "{SASL}a@B"}, {"(password elsewhere)": "SASL"}),
        (
            {"userPassword": ["{SASL}a@B", "{CRYPT}x"]},
            {"(password hash)": "{CRYPT}x", "(hash format)": "ldap"},
        ),
        ({"sambaNTPassword": "0" * 32}, {"(password hash)": "0" * 32, "(hash format)": "ntlm"}),
        ({}, {}),
    ],
)
def test_password_is_sorted_out_by_its_scheme(attributes, found):
    columns = ("(password hash)", "(hash format)", "(password)", "(password elsewhere)")
    values = read(**attributes)
    assert {column: values[column] for column in columns if column in values} == found


def test_groups_are_called_by_the_first_part_of_their_names():
    member_of = ["CN=R\\2C D,OU=x", "cn=a\\,b,dc=y", "CN=Staff+uid=1,OU=x"]
    assert read(memberOf=member_of)["(groups)"] == ["R, D", "a,b", "Staff"]


def test_primary_proxy_address_comes_first():
    values = read(proxyAddresses=["smtp:b@x.org", "SMTP:A@x.org", "X500:/o=x"])
    assert (values["(email)"], values["(further emails)"]) == ("a@x.org", ["b@x.org"])


@pytest.mark.parametrize("attributes", [{"pwdReset": "TRUE"}, {"pwdLastSet": "0"}])
def test_password_that_was_reset_must_be_changed(attributes):
    assert read(**attributes)["(password must change)"] is True


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ({"objectClass": ["top", "person", "user", "computer"]}, "computer"),
        ({"objectClass": ["top", "organizationalUnit"]}, "organizationalUnit"),
        ({"objectClass": "top;group"}, "group"),
        ({**PERSON, "isCriticalSystemObject": "TRUE"}, "made for itself"),
    ],
)
def test_entry_that_is_no_person_is_left_out(attributes, told):
    assert told in leaves_out(read(**attributes))


def test_person_is_not_left_out():
    assert leaves_out(read(**PERSON)) == ""
