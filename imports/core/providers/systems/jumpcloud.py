"""JumpCloud: users as its API answers them, and the CSV that its PowerShell module writes.

Fields as in https://docs.jumpcloud.com/api/1.0/index.html#tag/Systemusers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from imports.core.account_states import Means
from imports.core.providers.account_states import combine_states, read_account_state
from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, strong
from imports.core.providers.phones import COUNTRY_OF_PHONES, write_phone
from imports.core.providers.values import (
    drop_blanks,
    list_objects,
    omit,
    read_json,
    read_text,
)

MARKS = frozenset(
    {
        *("account_locked", "activated", "unix_uid", "unix_guid", "ldap_binding_user", "sudo"),
        *("passwordless_sudo", "enable_managed_uid", "enable_user_portal_multifactor"),
        *("totp_enabled", "samba_service_user", "externally_managed", "external_source_type"),
        *("password_never_expires", "managedAppleId", "allow_public_key", "mfaEnrollment"),
        *("global_passwordless_sudo", "relationships", "systemUsername", "public_key"),
    }
)
ENOUGH_MARKS = 4
NAMES = frozenset({"username", "email", "firstname", "lastname"})
# STAGED users have not been given access yet; beside a state, activated says only whether a
# password was chosen.
STATES = {"STAGED": False, "ACTIVATED": True, "SUSPENDED": False}
FLAGS: dict[str, Means] = {"suspended": "disabled", "account_locked": "disabled"}
NUMBERS = ("mobile_number", "work_mobile_number", "work_number", "home_number")
CONSUMED = frozenset({"state", *FLAGS, "phoneNumbers", *NUMBERS, "attributes", "recoveryEmail"})

PRESETS = {
    "_id": Preset("subject_id", "The user's id in JumpCloud."),
    "id": Preset("subject_id", "The user's id in JumpCloud."),
    "username": Preset("profile.username", "The name users sign in with on their devices."),
    "email": Preset("profile.email", "The address users sign in with."),
    "firstname": Preset("profile.given_name", "The first name."),
    "lastname": Preset("profile.family_name", "The last name."),
    "displayname": Preset("profile.display_name", "The display name."),
    "(phone)": Preset(
        "profile.phone",
        "The mobile number in phoneNumbers, or else the first, in E.164; numbers without a country "
        "code are read as those of the address, or else of the country that is asked for.",
    ),
    "(active)": Preset(
        "profile.active",
        "False if suspended or account_locked is true, if state is STAGED or SUSPENDED, or, "
        "without a state, if activated is false. The dry run asks about any other state.",
    ),
    "created": Preset("profile.created_at", "When the user was created."),
}
NOT_CARRIED = {
    "middlename": "Userferry has no field for a middle name. Create an attribute for it.",
    "activated": "Whether the user has chosen a password in JumpCloud.",
    "accountlockeddate": "When the account was locked.",
    "passwordexpired": "Whether the password has expired in JumpCloud.",
    "passwordexpirationdate": "When the password expires in JumpCloud.",
    "passworddate": "When the password was last changed.",
    "passwordneverexpires": "A JumpCloud password policy.",
    "totpenabled": "The API does not return authenticator secrets.",
    "enableuserportalmultifactor": "Whether JumpCloud's portal requires multi-factor "
    "authentication.",
    "mfa": "Multi-factor authentication in JumpCloud. Users set it up again here.",
    "mfaenrollment": "Multi-factor authentication in JumpCloud. Users set it up again here.",
    "sshkeys": "Keys for devices.",
    "publickey": "Keys for devices.",
    "allowpublickey": "A device policy.",
    "sudo": "A permission on devices.",
    "passwordlesssudo": "A permission on devices.",
    "unixuid": "The user's number on devices.",
    "unixguid": "The group's number on devices.",
    "enablemanageduid": "Whether JumpCloud manages the user number on devices.",
    "ldapbindinguser": "Whether the account can search JumpCloud's LDAP directory.",
    "sambaserviceuser": "Whether the account is a Samba service user.",
    "externallymanaged": "Whether another directory manages the user.",
    "externaldn": "The location in another directory.",
    "externalsourcetype": "The other directory that manages the user.",
    "managedappleid": "An Apple account.",
    "alternateemail": "An alternative address, which may belong to somebody else.",
    "recoveryemail": "A recovery address, which may belong to somebody else.",
    "addresses": "Userferry has no field for postal addresses. Create an attribute for them.",
    "relationships": "Relations such as the user's manager.",
    "organization": "The organization in JumpCloud.",
    "tags": "Tags from older versions of JumpCloud.",
    "otherphones": "A user has only one phone number. Userferry prefers the mobile number.",
}
LACKS = (
    "JumpCloud does not export password hashes. Users choose a new password.",
    "User records include neither the last sign-in nor whether an address was verified.",
    "User records do not include groups. The API lists the members of each group.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the fields of accounts on devices that JumpCloud gives to every user."""
    marks = sorted(MARKS.intersection(columns))
    if not NAMES.issubset(columns) or len(marks) < ENOUGH_MARKS:
        return None
    return strong(f"Users have JumpCloud fields: {', '.join(marks[:8])}.")


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with the state, phone numbers and custom attributes as columns."""
    phones = list_phones(values)
    derived = {
        "(phone)": write_phone("".join(phones[:1]), find_country(values), answers),
        "(other phones)": phones[1:],
        "(active)": read_active(values),
        "attributes": dict(list_attributes(values)),
        "(recovery email)": find_recovery(values.get("recoveryEmail")),
    }
    repeated = {"id"} if values.get("_id") else set()
    return omit(values, CONSUMED | repeated) | drop_blanks(derived)


def read_active(values: Values) -> bool | str | None:
    """Return whether the state and both flags let the user in; any “no” counts."""
    state = read_text(values.get("state"))
    # Exports of before there were states say only whether the account was put to use.
    activated = None if state else values.get("activated")
    found = [
        STATES.get(state.upper(), read_account_state(state)),
        read_account_state(activated, "enabled"),
        *(read_account_state(values.get(name), means) for name, means in FLAGS.items()),
    ]
    return combine_states(*found)


def list_phones(values: Values) -> list[str]:
    """Return numbers, those of mobile phones first; the CSV has a column for each kind."""
    numbers = [
        (read_text(each.get("type")), read_text(each.get("number")))
        for each in list_objects(read_json(values.get("phoneNumbers")))
    ]
    numbers += [(name, read_text(values.get(name))) for name in NUMBERS]
    known = sorted(numbers, key=lambda each: "mobile" not in each[0])
    return list(dict.fromkeys(number for _, number in known if number))


def find_country(values: Values) -> str:
    """Return the country of the first address that has one."""
    addresses = list_objects(read_json(values.get("addresses")))
    return next((text for each in addresses if (text := read_text(each.get("country")))), "")


def list_attributes(values: Values) -> Iterator[tuple[str, Any]]:
    for each in list_objects(read_json(values.get("attributes"))):
        if name := read_text(each.get("name")):
            yield name, each.get("value")


def find_recovery(email: Any) -> str:
    found = list_objects(read_json(email))
    return read_text(found[0].get("address")) if found else read_text(email)


PROVIDER = Provider(
    name="jumpcloud",
    label="JumpCloud",
    how_to_export=(
        "Call GET https://console.jumpcloud.com/api/systemusers?limit=100&skip=0, increase "
        "skip by 100 until you reach totalCount, and put the results into one JSON array. Or "
        "run Get-JCUser | Export-Csv users.csv with JumpCloud's PowerShell module."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    questions=(COUNTRY_OF_PHONES,),
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    reads_states=frozenset(
        {"state", "suspended", "accountlocked", "activated", "accountlockeddate"}
        | {"passwordexpired", "passwordexpirationdate"}
    ),
    is_sparse=True,
)
