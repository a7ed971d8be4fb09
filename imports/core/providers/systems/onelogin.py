"""OneLogin: users as its API answers them, versions 1 and 2, or as CSV with the same names.

Fields as in https://developers.onelogin.com/api-docs/2/users/user-resource. An answer of version 1
has its users in “data”; scripts with OneLogin's SDKs write CSV with a column for each field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imports.core.providers.account_states import combine_states, read_account_state
from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, strong
from imports.core.providers.phones import COUNTRY_OF_PHONES, write_phone
from imports.core.providers.values import (
    drop_blanks,
    list_texts,
    omit,
    pick_first,
    read_json,
    read_text,
)

MARKS = frozenset(
    {
        *("invitation_sent_at", "invalid_login_attempts", "locked_until", "password_changed_at"),
        *("directory_id", "trusted_idp_id", "manager_ad_id", "manager_user_id", "openid_name"),
        *("preferred_locale_code", "locale_code", "group_id", "member_of", "samaccountname"),
        *("activated_at", "role_ids", "role_id", "custom_attributes", "distinguished_name"),
    }
)
ENOUGH_MARKS = 6
NAMES = frozenset({"id", "email", "firstname", "lastname", "status"})
# Of status: unactivated, suspended and locked people cannot sign in; active ones can, and those
# who have a password to choose or security questions to answer first.
STATUSES = dict.fromkeys(("1", "4", "5", "7", "8"), True) | dict.fromkeys(("0", "2", "3"), False)
# Of state: whether an administrator has approved the account.
STATES = {"0": False, "1": True, "2": False, "3": False}
CONSUMED = frozenset({"status", "state", "phone", "role_ids", "role_id", "group_id"})

PRESETS = {
    "id": Preset(
        "subject_id", "The user's id in OneLogin, which is the “sub” claim of its tokens."
    ),
    "username": Preset(
        "profile.username", "The name users sign in with, as an alternative to the address."
    ),
    "email": Preset("profile.email", "The user's e-mail address."),
    "firstname": Preset("profile.given_name", "The first name."),
    "lastname": Preset("profile.family_name", "The last name."),
    "(phone)": Preset(
        "profile.phone",
        "phone in E.164. For numbers without a country code, Userferry uses the country you "
        "choose.",
    ),
    "(locale)": Preset("profile.locale", "preferred_locale_code, or else locale_code."),
    "(active)": Preset(
        "profile.active",
        "False if status is unactivated (0), suspended (2) or locked (3), or if state is not "
        "approved (1). The dry run asks about any other number.",
    ),
    "created_at": Preset("profile.created_at", "When the user was created."),
    "updated_at": Preset("profile.updated_at", "When the user was last changed."),
    "last_login": Preset("profile.last_login", "When the user last signed in."),
    "(roles)": Preset("memberships.roles", "The ids of roles."),
    "(groups)": Preset("memberships.groups", "The group id. A user has at most one group."),
}
NOT_CARRIED = {
    "externalid": "The id of the user in another directory.",
    "openidname": "A name for OpenID 1 and 2.",
    "title": "Userferry has no field for it. Create an attribute for it.",
    "department": "Userferry has no field for it. Create an attribute for it.",
    "company": "Userferry has no field for it. Create an attribute for it.",
    "comment": "A note about the user.",
    "activatedat": "When the account was activated.",
    "invitationsentat": "When the user was invited.",
    "passwordchangedat": "When the password was last changed.",
    "invalidloginattempts": "Failed sign-ins to OneLogin.",
    "lockeduntil": "When a lock after failed sign-ins ends. The status says whether there is one.",
    "directoryid": "The directory of the user.",
    "trustedidpid": "The identity provider for sign-in to OneLogin.",
    "manageradid": "The user's manager, by an id in Active Directory.",
    "manageruserid": "The user's manager, by an id in OneLogin.",
    "samaccountname": "From Active Directory.",
    "userprincipalname": "From Active Directory.",
    "distinguishedname": "From Active Directory.",
    "memberof": "Groups in Active Directory, by distinguished name.",
    "localecode": "Userferry prefers preferred_locale_code.",
}
LACKS = (
    "OneLogin does not export password hashes. Users choose a new password.",
    "The export does not say whether an address was verified.",
    "User records do not include multi-factor authentication. Users set it up again.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the fields that OneLogin's API gives to every user."""
    names = set(columns)
    marks = sorted(names & MARKS)
    if not names >= NAMES or len(marks) < ENOUGH_MARKS:
        return None
    return strong(f"Users have OneLogin fields: {', '.join(marks[:8])}.")


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with the state, roles and group as columns."""
    derived = {
        "(phone)": write_phone(values.get("phone"), "", answers),
        "(locale)": pick_first(values.get("preferred_locale_code"), values.get("locale_code")),
        "(active)": read_state(values),
        "(roles)": list_ids(pick_first(values.get("role_ids"), values.get("role_id"))),
        "(groups)": list_ids(values.get("group_id")),
    }
    taken = CONSUMED | {"preferred_locale_code"}
    if not values.get("preferred_locale_code"):
        taken |= {"locale_code"}
    return omit(values, taken) | drop_blanks(derived)


def read_state(values: Values) -> bool | str | None:
    """Return whether both numbers let the user in; one that is not known, as text to ask about."""
    found = [
        read_number(values.get(name), name, known)
        for name, known in (("status", STATUSES), ("state", STATES))
    ]
    return combine_states(*found)


def read_number(value: Any, name: str, known: Mapping[str, bool]) -> bool | str | None:
    """Return what a number says; where people have put a word in its place, what that says."""
    text = read_text(value)
    if text in known:
        return known[text]
    return f"{name} {text}" if text.isdecimal() else read_account_state(text)


def list_ids(value: Any) -> list[str]:
    """Return ids that may be written as JSON, as scripts write lists into CSV."""
    return list(dict.fromkeys(list_texts(read_json(value))))


PROVIDER = Provider(
    name="onelogin",
    label="OneLogin",
    how_to_export=(
        "Call GET /api/2/users?limit=50, follow the After-Cursor header, and put the pages "
        "into one JSON array. Or call GET /api/1/users and follow pagination.next_link."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    questions=(COUNTRY_OF_PHONES,),
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    reads_states=frozenset({"status", "state", "lockeduntil", "activatedat"}),
    is_sparse=True,
)
