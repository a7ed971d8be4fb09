"""PingOne: users as its API answers them, and bodies of its import.

Fields as in https://developer.pingidentity.com/pingone-api/platform/users/users-1.html; an answer
has its users in “_embedded”.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from imports.core.providers.account_states import combine_states, read_account_state
from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, strong
from imports.core.providers.phones import COUNTRY_OF_PHONES, write_phone
from imports.core.providers.values import (
    drop_blanks,
    list_objects,
    make_login,
    omit,
    pick_first,
    read_text,
    walk,
)

MARKS = frozenset(
    {
        *("population", "lifecycle", "verifyStatus", "mfaEnabled", "identityProvider"),
        *("environment", "account", "memberOfGroupIDs", "lastSignOn"),
    }
)
ENOUGH_MARKS = 3
UNVERIFIED = "VERIFICATION_REQUIRED"
CONSUMED = frozenset(
    {
        *("enabled", "account", "emailVerified", "password"),
        *("mobilePhone", "primaryPhone", "memberOfGroupIDs"),
    }
)

PRESETS = {
    "id": Preset("subject_id", "The user's id, which is the “sub” claim of PingOne's tokens."),
    "username": Preset("profile.username", "The name users sign in with."),
    "email": Preset("profile.email", "The user's e-mail address."),
    "(email verified)": Preset(
        "profile.email_verified",
        "emailVerified. Without it, false if lifecycle.status is VERIFICATION_REQUIRED. "
        "ACCOUNT_OK does not mean that the address is verified.",
    ),
    "name.given": Preset("profile.given_name", "The first name."),
    "name.family": Preset("profile.family_name", "The last name."),
    "name.formatted": Preset("profile.display_name", "The full name."),
    "photo.href": Preset("profile.picture", "The URL of a picture."),
    "(phone)": Preset(
        "profile.phone",
        "mobilePhone, or else primaryPhone, in E.164; numbers without a country code are read as "
        "those of the address, or else of the country that is asked for.",
    ),
    "locale": Preset("profile.locale", "The locale of the user."),
    "preferredLanguage": Preset("profile.locale", "The preferred language."),
    "timezone": Preset("profile.zoneinfo", "The time zone."),
    "(active)": Preset(
        "profile.active",
        "False if enabled is false, or if account says that the user is locked or cannot "
        "authenticate.",
    ),
    "createdAt": Preset("profile.created_at", "When the user was created."),
    "updatedAt": Preset("profile.updated_at", "When the user was last changed."),
    "lastSignOn.at": Preset("profile.last_login", "When the user last signed in."),
    "(password hash)": Preset(
        "authenticators.password.hash",
        "password.value in an import file, if it begins with a scheme in braces.",
    ),
    "(password)": Preset(
        "authenticators.password.plaintext", "Any other password.value in an import file."
    ),
    "(must change)": Preset(
        "authenticators.password.must_change", "password.forceChange in an import file."
    ),
    "(external logins)": Preset(
        "authenticators.external_logins", "linkedAccounts, if the export includes them."
    ),
    "(groups)": Preset("memberships.groups", "memberOfGroupIDs, if the export includes them."),
}
NOT_CARRIED = {
    "links": "URLs in PingOne's API.",
    "environment": "The environment in PingOne.",
    "population": "The population in PingOne. Create a group or an attribute for it.",
    "lifecycle": "The lifecycle status, which shows whose address is not verified yet.",
    "verifystatus": "Whether an identity document was verified.",
    "mfaenabled": "Whether PingOne requires multi-factor authentication. Users set it up again "
    "here.",
    "identityprovider": "The authority for the user's password.",
    "namemiddle": "Userferry has no field for a middle name. Create an attribute for it.",
    "secondsuntilunlock": "The end of a lock after failed sign-ins.",
    "otherphone": "A user has only one phone number. Userferry prefers mobilePhone.",
    "lastsignonremoteip": "The IP address of the last sign-in.",
    "address": "Userferry has no field for postal addresses. Create an attribute for them.",
    "externalid": "The user's id in the provisioning system.",
    "nickname": "Nobody signs in with it. Map it if you use it.",
}
LACKS = (
    "PingOne does not export password hashes. Users choose a new password.",
    "User records do not include MFA devices.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the objects that PingOne gives to every user."""
    names = {name for row in rows for name in row}
    marks = sorted(MARKS & names)
    if "username" not in names or "population" not in names or len(marks) < ENOUGH_MARKS:
        return None
    return strong(f"Users have PingOne fields: {', '.join(marks)}.")


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with state, verification, phone, password and logins as columns."""
    numbers = [read_text(values.get(name)) for name in ("mobilePhone", "primaryPhone")]
    phones = list(dict.fromkeys(filter(None, numbers)))
    derived = {
        "(email verified)": is_verified(values),
        "(phone)": write_phone(
            "".join(phones[:1]), walk(values, "address", "countryCode"), answers
        ),
        "(other phone)": "".join(phones[1:]),
        "(active)": read_active(values),
        **read_password(values.get("password")),
        "(external logins)": [
            login
            for each in list_objects(walk(values, "_embedded", "linkedAccounts"))
            for login in make_login(walk(each, "identityProvider", "id"), each.get("externalId"))
        ],
        "(groups)": values.get("memberOfGroupIDs"),
        "(seconds until unlock)": walk(values, "account", "secondsUntilUnlock"),
    }
    return omit(values, CONSUMED) | drop_blanks(derived)


def is_verified(values: Values) -> bool | None:
    """Return whether the address was verified; None where neither field says so."""
    found = values.get("emailVerified")
    if isinstance(found, bool):
        return found
    return False if walk(values, "lifecycle", "status") == UNVERIFIED else None


def read_active(values: Values) -> bool | str | None:
    """Return whether all that speaks of sign-in lets the user in."""
    found = [
        read_account_state(values.get("enabled"), "enabled"),
        read_account_state(walk(values, "account", "canAuthenticate"), "enabled"),
        read_account_state(walk(values, "account", "status")),
    ]
    return combine_states(*found)


def read_password(password: Any) -> Values:
    """Return the password that an import sets, which is a hash after a scheme in braces."""
    value = read_text(pick_first(walk(password, "value"), password))
    if not value:
        return {}
    name = "(password hash)" if value.startswith("{") and "}" in value else "(password)"
    return {name: value, "(must change)": walk(password, "forceChange")}


PROVIDER = Provider(
    name="pingone",
    label="PingOne",
    how_to_export=(
        "Call GET /v1/environments/ENVIRONMENT/users?limit=200&include=memberOfGroupIDs, "
        "follow _links.next, and put the users of all pages into one JSON array."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    questions=(COUNTRY_OF_PHONES,),
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    reads_states=frozenset({"enabled", "account", "accountstatus", "accountcanauthenticate"}),
    is_sparse=True,
)
