"""IBM Verify (IBM Security Verify, Cloud Identity): users as its SCIM address answers them.

The extension is that of https://docs.verify.ibm.com/verify/reference/getusers_0; all else is SCIM.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Values,
    certain,
    know_no_envelope,
)
from imports.core.providers.login_names import name_provider
from imports.core.providers.systems import scim
from imports.core.providers.values import (
    drop_blanks,
    list_objects,
    make_login,
    omit,
    pick_first,
    read_text,
    walk,
)
from imports.core.transforms.families.account_state import AccountState

OWN_REALM = "cloudidentityrealm"
CATEGORY = "federated"
# Parts of the extension that columns are made of, in lower case.
CONSUMED = frozenset(
    {"emailverified", "lastlogin", "pwdreset", "customattributes", "realm", "linkedaccounts"}
)

PRESETS = dict(scim.PRESETS) | {
    "(email verified)": Preset("profile.email_verified", "emailVerified in IBM's extension."),
    "(last sign-in)": Preset("profile.last_login", "lastLogin in IBM's extension."),
    "(must change)": Preset(
        "authenticators.password.must_change", "True if pwdReset in IBM's extension is true."
    ),
    "(accountexpires)": Preset(
        "profile.active",
        "An account past its end date is disabled. Userferry does not disable accounts at a "
        "later date.",
        (AccountState(means="enabled_until"),),
    ),
    "(external logins)": Preset(
        "authenticators.external_logins",
        "externalId with the realm, for users of an identity provider, and linkedAccounts.",
    ),
}
NOT_CARRIED = dict(scim.NOT_CARRIED) | {
    "usercategory": "Whether the user is from an identity provider. See the column “(external "
    "logins)”.",
    "twofactorauthentication": "Whether multi-factor authentication is required. Users set it "
    "up again here.",
    "pwdchangedtime": "When the password was last changed.",
    "lastloginrealm": "Where the user last signed in.",
    "lastlogintype": "How the user last signed in.",
    "lastmfa": "When multi-factor authentication was last used.",
    "unqualifiedusername": "The user name without its realm.",
    "realm": "The realm of the user.",
}
LACKS = (
    "IBM Verify does not export passwords or hashes. Users choose a new password.",
    "User records do not include multi-factor authentication.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the extension that IBM gives to users."""
    users = sum(1 for row in rows if scim.is_of(row, scim.IBM))
    if not users or users * 2 < len(rows):
        return None
    return certain(f"{users} of {len(rows)} users have the extension {scim.IBM}… from IBM.")


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user as SCIM's columns, with the parts of IBM's extension."""
    resource = scim.read_resource(values)
    urn = next((name for name in resource if name.startswith(f"{scim.IBM}2.0:user")), "")
    extension = scim.lower_keys(resource.get(urn))
    user = scim.normalise(omit(resource, {urn}), answers)
    derived = {
        "(email verified)": extension.get("emailverified"),
        "(last sign-in)": extension.get("lastlogin"),
        "(must change)": extension.get("pwdreset") is True or None,
        "(external logins)": list_logins(resource, extension),
        "(groups)": list_groups(resource.get("groups")),
        "(realm)": extension.get("realm"),
        "attributes": read_attributes(extension.get("customattributes")),
        **{f"({name})": each for name, each in extension.items() if name not in CONSUMED},
    }
    return user | drop_blanks(derived)


def list_groups(groups: Any) -> list[str]:
    """Return groups by displayName or else id, as IBM calls what SCIM has as display and value."""
    found = (
        read_text(pick_first(each.get("displayname"), each.get("id")))
        for each in map(scim.lower_keys, list_objects(groups))
    )
    return list(dict.fromkeys(filter(None, found)))


def list_logins(resource: Values, extension: Values) -> list[Values]:
    """Return the account at the identity provider that a federated user has, and linked ones."""
    realm = read_text(extension.get("realm"))
    is_federated = read_text(extension.get("usercategory")).lower() == CATEGORY
    subject = pick_first(resource.get("externalid"), extension.get("unqualifiedusername"))
    own = (
        make_login(name_provider(realm), subject)
        if is_federated and realm.lower() != OWN_REALM
        else ()
    )
    linked = (
        login
        for each in list_objects(extension.get("linkedaccounts"))
        for login in make_login(name_provider(read_text(each.get("realm"))), each.get("externalId"))
    )
    return [*own, *linked]


def read_attributes(attributes: Any) -> Values:
    """Return custom attributes by name; one with one value as that."""
    found = {}
    for each in list_objects(attributes):
        values = each.get("values")
        is_single = isinstance(values, list) and len(values) == 1
        found[read_text(each.get("name"))] = walk(values, 0) if is_single else values
    return {name: value for name, value in found.items() if name}


PROVIDER = replace(
    scim.PROVIDER,
    name="ibm_verify",
    label="IBM Verify",
    how_to_export=(
        "Call GET /v2.0/Users?count=200&startIndex=1 of the tenant with a token that can read "
        "users, increase startIndex until you reach totalResults, and put the Resources of "
        "all responses into one JSON array."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    names_export=know_no_envelope,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
)
