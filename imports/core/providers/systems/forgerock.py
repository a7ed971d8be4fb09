"""ForgeRock IDM, PingIDM and PingOne Advanced Identity Cloud: managed users.

Properties as in https://docs.pingidentity.com/pingoneaic/latest/identities/user-identity-
properties-attributes-reference.html, in answers of /openidm/managed/user (in the cloud
/openidm/managed/alpha_user), one object, or CSV with the same names for its bulk import.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from imports.core.providers.account_states import read_account_state
from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Provider,
    Values,
    certain,
    strong,
    weak,
)
from imports.core.providers.phones import COUNTRY_OF_PHONES, write_phone
from imports.core.providers.values import drop_blanks, list_objects, omit, pick_first, read_text
from imports.core.transforms.families.account_state import AccountState

# Names that only IDM gives to what it keeps of a user.
MARKS = frozenset(
    {
        *("effectiveRoles", "effectiveAssignments", "effectiveGroups", "effectiveApplications"),
        *("kbaInfo", "passwordLastChangedTime", "passwordExpirationTime", "memberOfOrgIDs"),
        *("consentedMappings", "assignedDashboard", "isMemberOf", "aliasList"),
    }
)
INDEXED = re.compile(r"fr(Unindexed|Indexed)(String|Date|Multivalued|Integer)\d+")
HASHED = re.compile(r"\{[A-Za-z][\w.-]*\}.+")
CONSUMED = frozenset({"accountStatus", "telephoneNumber", "password", "roles", "effectiveRoles"})

PRESETS = {
    "_id": Preset("subject_id", "The user's id."),
    "userName": Preset("profile.username", "The name users sign in with."),
    "mail": Preset("profile.email", "The user's e-mail address."),
    "givenName": Preset("profile.given_name", "The first name."),
    "sn": Preset("profile.family_name", "The last name."),
    "cn": Preset("profile.display_name", "The full name."),
    "profileImage": Preset("profile.picture", "The URL of a picture."),
    "(phone)": Preset(
        "profile.phone",
        "telephoneNumber in E.164. For numbers without a country code, Userferry uses the "
        "user's country, or else the country you choose.",
    ),
    "(active)": Preset(
        "profile.active",
        "From accountStatus, active or inactive. The dry run asks about any other value.",
    ),
    "inactiveDate": Preset(
        "profile.active",
        "An account past its end date is disabled. Userferry does not disable accounts at a "
        "later date.",
        (AccountState(means="enabled_until"),),
    ),
    "activeDate": Preset(
        "profile.active",
        "An account before its start date is disabled.",
        (AccountState(means="enabled_from"),),
    ),
    "(password hash)": Preset(
        "authenticators.password.hash",
        "password, if it begins with a scheme in braces, as in a directory server.",
    ),
    "(password)": Preset("authenticators.password.plaintext", "password, in a bulk import file."),
    "(roles)": Preset("memberships.roles", "roles, or else effectiveRoles, by name or else id."),
    "(groups)": Preset("memberships.groups", "groups, by name or else id."),
}
NOT_CARRIED = {
    "roles": "Only the name of each role is imported, or else its id.",
    "effectiveroles": "Derived from roles, which are imported.",
    "groups": "Only the name of each group is imported, or else its id.",
    "rev": "The version of the user in the old system.",
    "password": "The password is encrypted or hashed by IDM, so it cannot be verified here.",
    "effectiveassignments": "What roles grant the user in other systems.",
    "effectiveapplications": "The applications of the user.",
    "effectivegroups": "Groups computed from rules. The column groups lists the user's groups.",
    "kbainfo": "Security questions, which Userferry does not use.",
    "preferences": "Whether the user subscribed to news. Create an attribute for it.",
    "consentedmappings": "Consents to share data.",
    "passwordlastchangedtime": "When the password was last changed.",
    "passwordexpirationtime": "When the password expires.",
    "lastchanged": "When the user was last changed, as an object.",
    "memberoforgids": "Organizations of the user, by id.",
    "memberoforg": "Organizations of the user.",
    "aliaslist": "External logins under names that are specific to the deployment.",
    "assigneddashboard": "The applications of the user.",
    "postaladdress": "Userferry has no field for postal addresses. Create an attribute for them.",
    "displaydate": "The date format.",
}
LACKS = (
    "The API does not return passwords. Export userPassword from the directory server as "
    "LDIF, or ask users to choose a new password.",
    "User records include neither the last sign-in nor whether an address was verified.",
    "Multi-factor authentication is in access management, not in the managed users.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise objects of IDM's repository, or the columns of the bulk import."""
    names = set(columns) | {column.partition(".")[0] for column in columns}
    if not {"userName", "givenName", "sn"} <= names:
        return None
    marks = sorted(
        name
        for name in names
        if name in MARKS or INDEXED.fullmatch(name) or name == "accountStatus"
    )
    if not marks:
        return None
    reason = f"Users have userName, givenName and sn together with {', '.join(marks[:6])}."
    if {"_id", "_rev"} <= names:
        own = [name for name in marks if name != "accountStatus"]
        return certain(reason) if own else strong(reason)
    return strong(reason) if len(marks) > 1 else weak(reason)


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with state, phone, password, roles and groups as columns."""
    password = values.get("password")
    is_hashed = isinstance(password, str) and HASHED.fullmatch(password) is not None
    roles = list_names(values.get("roles")) or list_names(values.get("effectiveRoles"))
    groups = list_names(values.get("groups"))
    derived = {
        "(phone)": write_phone(values.get("telephoneNumber"), values.get("country"), answers),
        "(active)": read_account_state(values.get("accountStatus")),
        "(password hash)": password if is_hashed else "",
        "(password)": password if isinstance(password, str) and not is_hashed else "",
        "(roles)": roles,
        "(groups)": groups,
    }
    taken = {name for name in CONSUMED if name != "password" or isinstance(password, str)}
    return omit(values, taken | ({"groups"} if groups else set())) | drop_blanks(derived)


def list_names(relations: Any) -> list[str]:
    """Return what relationships name, or else the last step of their paths."""
    found = (
        read_text(
            pick_first(
                each.get("name"),
                each.get("_refResourceId"),
                read_text(each.get("_ref")).rpartition("/")[2],
            )
        )
        for each in list_objects(relations)
    )
    return list(dict.fromkeys(name for name in found if name))


PROVIDER = Provider(
    name="forgerock",
    label="ForgeRock IDM, PingOne Advanced Identity Cloud",
    how_to_export=(
        "Call GET "
        "/openidm/managed/alpha_user?_queryFilter=true&_fields=*,roles/*/name&_pageSize=1000 "
        "(on-premises: managed/user), send pagedResultsCookie as _pagedResultsCookie until it "
        "is null, and put the results into one JSON array."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    questions=(COUNTRY_OF_PHONES,),
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    reads_states=frozenset({"accountstatus", "passwordexpirationtime"}),
    is_sparse=True,
)
