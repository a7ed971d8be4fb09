"""Directories' entries: ids, locks, times and passwords of several servers."""

import base64
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.providers.ldap_states import ATTRIBUTES as STATES
from imports.core.providers.ldap_states import read_state
from imports.core.providers.systems.ldap_directory import excludes, normalise

PERSON = {"objectClass": ["top", "person"]}


def read(**attributes):
    return normalise({"dn": "cn=a,dc=b", **attributes}, {})


GUID = uuid.UUID("6b9d3d4e-1f2a-4c5b-8d7e-9f0a1b2c3d4e")


@pytest.mark.parametrize(
    "written",
    [
        base64.b64encode(GUID.bytes_le).decode(),
        f"X'{GUID.bytes_le.hex()}'",
        str(GUID),
        str(GUID).upper(),
        f"{{{GUID}}}",
        "".join(f"\\{byte:02x}" for byte in GUID.bytes_le),
    ],
    ids=["base64", "csvde", "dashed", "capitals", "braces", "escaped"],
)
def test_guid_of_active_directory_is_written_as_windows_shows_it(written):
    values = read(objectGUID=written, sAMAccountName="ada")
    assert (values["(subject id)"], values["(id attribute)"]) == (str(GUID), "objectguid")


def test_id_that_every_entry_of_389_has_comes_before_one_that_only_some_have():
    some = read(nsUniqueId="86013fb2-ebb611f1-9622e663-0b7955cb", entryUUID=str(GUID))
    assert some["(subject id)"] == "86013fb2-ebb611f1-9622e663-0b7955cb"


NT_HASH = base64.b64encode(bytes(range(16))).decode()
# Sixteen bytes as well: what an import into Active Directory sets.
QUOTED = base64.b64encode('"secret"'.encode("utf-16-le")).decode()


def test_dn_is_the_id_where_there_is_no_other():
    assert read()["(subject id)"] == "cn=a,dc=b"


PAST, COMING = "20200102030405Z", "20990102030405Z"
LOCKED = "locked after failed sign-ins (pwdAccountLockedTime)"
LEAVERS = "cn=leavers,dc=example,dc=org"


@pytest.mark.parametrize(
    ("attributes", "active"),
    [
        ({"userAccountControl": "512"}, True),
        ({"userAccountControl": "514"}, False),
        ({"userAccountControl": "66050"}, False),
        ({"userAccountControl": "528"}, "locked out by Active Directory"),
        ({"userAccountControl": "none"}, None),
        ({"msDS-UserAccountDisabled": "TRUE"}, False),
        ({"accountExpires": "0"}, None),
        ({"accountExpires": "9223372036854775807"}, None),
        ({"accountExpires": "132000000000000000"}, False),
        ({"accountExpires": "157000000000000000"}, None),
        ({"lockoutTime": "0"}, None),
        ({"lockoutTime": "132000000000000000"}, "locked out (lockoutTime)"),
        ({"nsAccountLock": "TRUE"}, False),
        ({"nsAccountLock": "true"}, False),
        ({"nsAccountLock": "FALSE", "nsRoleDN": LEAVERS}, True),
        ({"nsRoleDN": LEAVERS}, f"in the role {LEAVERS}"),
        ({"nsRoleDN": [LEAVERS, "cn=nsManagedDisabledRole,dc=example,dc=org"]}, False),
        ({"nsRole": ["cn=staff,dc=example,dc=org"]}, None),
        ({"nsRole": ["cn=staff,dc=example,dc=org", "cn=nsDisabledRole,dc=example"]}, False),
        ({"accountUnlockTime": "19700101000000Z"}, False),
        ({"accountUnlockTime": PAST}, None),
        ({"accountUnlockTime": COMING}, "locked until a future date (accountUnlockTime)"),
        ({"pwdAccountLockedTime": "000001010000Z"}, False),
        ({"pwdAccountLockedTime": "00000101000000Z"}, False),
        ({"pwdAccountLockedTime": PAST}, LOCKED),
        ({"pwdAccountLockedTime": PAST, "pwdEndTime": PAST}, False),
        ({"pwdStartTime": COMING}, False),
        ({"pwdStartTime": PAST}, None),
        ({"pwdEndTime": PAST}, False),
        ({"pwdEndTime": COMING}, None),
        ({"shadowExpire": "17000"}, False),
        ({"shadowExpire": "90000"}, None),
        ({"shadowExpire": "-1"}, None),
        ({"krbPrincipalExpiration": PAST}, False),
        ({"sambaAcctFlags": "[DU         ]"}, False),
        ({"sambaAcctFlags": "[LU         ]"}, "locked out by Samba (sambaAcctFlags)"),
        ({"sambaAcctFlags": "[UX         ]"}, True),
        ({"sambaKickoffTime": "1500000000"}, False),
        ({"sambaKickoffTime": "2147483647"}, None),
        ({"loginDisabled": "FALSE"}, True),
        ({"lockedByIntruder": "FALSE"}, None),
        ({"lockedByIntruder": "TRUE"}, "locked after failed sign-ins (lockedByIntruder)"),
        ({"loginExpirationTime": PAST}, False),
        ({"ds-pwp-account-disabled": "true"}, False),
        ({"inetUserStatus": "inactive"}, False),
        ({"inetUserStatus": "active"}, True),
        ({"orclIsEnabled": "DISABLED"}, False),
        ({}, None),
    ],
)
def test_state_is_read_from_the_attributes_of_each_server(attributes, active):
    assert read(**attributes).get("(active)") == active


@given(
    st.dictionaries(
        st.sampled_from(sorted(STATES)),
        st.text(max_size=20) | st.integers().map(str) | st.lists(st.text(max_size=9), max_size=3),
    )
)
def test_whatever_else_an_entry_says_its_lock_disables_it(values):
    assert read_state({**values, "nsaccountlock": "TRUE"}) is False


@pytest.mark.parametrize(
    ("attributes", "column", "timestamp"),
    [
        ({"createTimestamp": "20200102030405Z"}, "(created)", "2020-01-02T03:04:05Z"),
        ({"whenCreated": "20200102030405.0Z"}, "(created)", "2020-01-02T03:04:05Z"),
        ({"lastLogonTimestamp": "116444736010000000"}, "(last sign-in)", "1970-01-01T00:00:01Z"),
        ({"lastLogonTimestamp": "0"}, "(last sign-in)", None),
        ({"lastLogonTimestamp": "9223372036854775807"}, "(last sign-in)", None),
        ({"authTimestamp": "20240531093000Z"}, "(last sign-in)", "2024-05-31T09:30:00Z"),
    ],
)
def test_times_of_each_server_are_read(attributes, column, timestamp):
    assert read(**attributes).get(column) == timestamp


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
        (
            {"virtualSSHA": "{SSHA}y", "virtualCryptSHA512": "{CRYPT}x", "unicodePwd": NT_HASH},
            {"(password hash)": "{CRYPT}x", "(hash format)": "ldap"},
        ),
        (
            {"unicodePwd": NT_HASH},
            {"(password hash)": bytes(range(16)).hex(), "(hash format)": "ntlm"},
        ),
        ({"unicodePwd": QUOTED}, {"(password)": "secret"}),
        ({"virtualClearTextUTF8": "secret"}, {"(password)": "secret"}),
        ({}, {}),
    ],
)
def test_password_is_sorted_out_by_its_scheme(attributes, found):
    columns = ("(password hash)", "(hash format)", "(password)", "(password elsewhere)")
    values = read(**attributes)
    assert {column: values[column] for column in columns if column in values} == found


@pytest.mark.parametrize(
    ("passwords", "count"),
    [
        ("{SSHA}x", None),
        (["{SSHA}x", "{SSHA}y"], "1"),
        (["secret", "{SSHA}y", "{CRYPT}z"], "2"),
        (["{SASL}a@B", "{SSHA}x"], None),
    ],
)
def test_further_passwords_of_one_person_are_counted(passwords, count):
    assert read(userPassword=passwords).get("(further passwords)") == count


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
        ({**PERSON, "isCriticalSystemObject": "TRUE"}, "built-in account"),
    ],
)
def test_entry_that_is_no_person_is_excluded(attributes, told):
    assert told in excludes(read(**attributes))


def test_person_is_not_excluded():
    assert excludes(read(**PERSON)) == ""
