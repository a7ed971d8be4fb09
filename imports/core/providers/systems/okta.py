"""Okta: the CSV template of its directory, and users as its API takes and lists them.

Fields as in Okta's default user profile and its Users API.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from imports.core.providers.account_states import read_account_state
from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Provider,
    Values,
    fold_name,
    strong,
    weak,
)
from imports.core.providers.phones import COUNTRY_OF_PHONES, write_phone
from imports.core.providers.values import (
    drop_blanks,
    list_objects,
    read_text,
    walk,
)

FORMAT = "okta_password_hash"
# Where users cannot sign in: not yet activated, or not any more.
INACTIVE = frozenset({"STAGED", "SUSPENDED", "DEPROVISIONED"})
STATUSES = INACTIVE | frozenset(
    {"ACTIVE", "PROVISIONED", "RECOVERY", "LOCKED_OUT", "PASSWORD_EXPIRED"}
)
REQUIRED = frozenset({"login", "firstname", "lastname", "email"})
TEMPLATE = (
    "secondemail middlename honorificprefix honorificsuffix nickname profileurl mobilephone "
    "primaryphone streetaddress countrycode postaladdress preferredlanguage usertype "
    "employeenumber costcenter organization division managerid"
)
TEMPLATE_MARKS = frozenset(TEMPLATE.split())
ENOUGH_MARKS = 4

PRESETS = {
    "profile.login": Preset(
        "profile.username", "The name users sign in with, usually an e-mail address."
    ),
    "profile.email": Preset("profile.email", "The primary e-mail address."),
    "profile.secondEmail": Preset(
        "profile.emails", "The secondary e-mail address, used for recovery."
    ),
    "profile.firstName": Preset("profile.given_name", "The user's first name."),
    "profile.lastName": Preset("profile.family_name", "The user's last name."),
    "profile.displayName": Preset("profile.display_name", "The display name."),
    "(phone)": Preset(
        "profile.phone",
        "mobilePhone in E.164. For numbers without a country code, Userferry uses "
        "countryCode, or else the country you choose.",
    ),
    "profile.preferredLanguage": Preset("profile.locale", "The preferred language."),
    "profile.locale": Preset("profile.locale", "The locale of the user."),
    "profile.timezone": Preset("profile.zoneinfo", "The user's time zone."),
    "id": Preset("subject_id", "The user's id in Okta, which is the “uid” claim of its tokens."),
    "(email verified)": Preset(
        "profile.email_verified",
        "True if credentials.emails has the status VERIFIED for the address.",
    ),
    "(active)": Preset(
        "profile.active", "False for the statuses STAGED, SUSPENDED and DEPROVISIONED."
    ),
    "created": Preset("profile.created_at", "When the user was created."),
    "lastLogin": Preset("profile.last_login", "When the user last signed in."),
    "lastUpdated": Preset("profile.updated_at", "When the user was last changed."),
    "(password hash)": Preset(
        "authenticators.password.hash", "credentials.password.hash, with its salt and cost."
    ),
    "(hash format)": Preset("authenticators.password.format", "Okta's password hash object."),
    "(password)": Preset(
        "authenticators.password.plaintext", "credentials.password.value, the plain password."
    ),
    "(must change)": Preset(
        "authenticators.password.must_change", "True for the status PASSWORD_EXPIRED."
    ),
    "groupIds": Preset("memberships.groups", "The group ids of a new user."),
}
NOT_CARRIED = {
    "employeenumber": "Userferry has no field for it. Create an attribute for it.",
    "status": "Determines the columns “(active)” and “(must change)”.",
    "statuschanged": "When the status last changed.",
    "transitioningtostatus": "The target status of the user in Okta.",
    "activated": "When the user was activated.",
    "passwordchanged": "When the password was last changed in Okta.",
    "type": "The user type in Okta.",
    "realmid": "The realm in Okta.",
    "links": "URLs in Okta's API.",
    "embedded": "URLs in Okta's API.",
    "credentialsprovider": "The credential provider, such as OKTA, ACTIVE_DIRECTORY or FEDERATION.",
    "credentialsrecoveryquestion": "Security question, which Userferry does not use.",
    "credentialsemails": "Determines the column “(email verified)”.",
    "credentialspassword": "Okta lists users without passwords.",
    "nickname": "Nobody signs in with it. Map it if you use it.",
    "profilenickname": "Nobody signs in with it. Map it if you use it.",
    "primaryphone": "A work or home number, which is not used for codes.",
    "profileprimaryphone": "A work or home number, which is not used for codes.",
    "notcarried": "Credentials of these users that cannot be imported.",
}
LACKS = (
    "Okta does not export password hashes. Users choose a new password, or sign in once with "
    "the old one through just-in-time migration while Okta still runs.",
    "Okta's user objects do not include MFA factors, group memberships or roles.",
    "External logins are listed without their ids.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the columns of the template, or users with a profile and Okta's own fields."""
    users = [row for row in rows if walk(row, "profile", "login")]
    if users and len(users) * 2 >= len(rows):
        return recognise_users(users)
    names = {fold_name(column): column for column in columns}
    marks = [names[name] for name in names if name in TEMPLATE_MARKS]
    if not names.keys() >= REQUIRED or len(marks) < ENOUGH_MARKS:
        return None
    return strong(
        f"The columns match Okta's import template: login, {', '.join(marks[:8])}.",
    )


def recognise_users(users: Sequence[Values]) -> Evidence | None:
    states = [row for row in users if read_text(row.get("status")) in STATUSES and "created" in row]
    if len(states) == len(users):
        return strong(
            f"{len(users)} users have profile.login and one of Okta's states.",
        )
    complete = [row for row in users if walk(row, "credentials", "password") is not None]
    if complete and all(walk(row, "profile", "firstName") is not None for row in complete):
        return weak(
            f"{len(complete)} users have profile.login and credentials, as Okta's API takes.",
        )
    return None


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with state and password as columns, and languages as BCP 47."""
    user = {column: write_language(column, value) for column, value in values.items()}
    # The template has the fields of the profile as columns.
    fields = user
    if isinstance(profile := user.get("profile"), dict):
        fields = user["profile"] = {
            name: write_language(name, value) for name, value in profile.items()
        }
    phone = write_phone(fields.pop("mobilePhone", None), fields.get("countryCode"), answers)
    credentials = user.get("credentials")
    if isinstance(credentials, dict):
        kept = {name: value for name, value in credentials.items() if name != "password"}
        user["credentials"] = kept
    status = read_text(user.get("status"))
    derived = {
        "(email verified)": is_verified(user, credentials),
        "(phone)": phone,
        "(active)": read_account_state(status, active=STATUSES - INACTIVE, disabled=INACTIVE),
        "(must change)": status == "PASSWORD_EXPIRED" or None,
        **read_password(walk(credentials, "password")),
    }
    return user | drop_blanks(derived)


def write_language(name: str, value: Any) -> Any:
    """Return a locale such as en_US as BCP 47; any other value as it is."""
    return value.replace("_", "-") if name == "locale" and isinstance(value, str) else value


def is_verified(user: Values, credentials: Any) -> bool | None:
    email = read_text(walk(user, "profile", "email")).lower()
    for each in list_objects(walk(credentials, "emails")):
        if read_text(each.get("value")).lower() == email:
            return each.get("status") == "VERIFIED"
    return None


def read_password(password: Any) -> Values:
    """Return a hash to import, or the password itself; a hook asks the old system instead."""
    hashed = walk(password, "hash")
    is_hash = isinstance(hashed, dict) and bool(hashed)
    return {
        "(password hash)": orjson.dumps(hashed).decode() if is_hash else "",
        "(hash format)": FORMAT if is_hash else "",
        "(password)": "" if is_hash else walk(password, "value"),
        "(not carried)": "password import hook" if walk(password, "hook") else "",
    }


def find_other_preset(column: str) -> Preset | None:
    """Return the preset of a column of the template, which has the profile alone."""
    return PRESETS.get(f"profile.{column}")


PROVIDER = Provider(
    name="okta",
    label="Okta",
    how_to_export=(
        "Call GET /api/v1/users?limit=200&search=status pr, follow the “next” links, and put "
        "the pages into one JSON array. Request bodies of POST /api/v1/users with password "
        "hashes, and the CSV template of Directory > People > More actions > Import users "
        "from CSV, are also supported."
    ),
    recognise=recognise,
    presets=PRESETS,
    find_other_preset=find_other_preset,
    normalise=normalise,
    questions=(COUNTRY_OF_PHONES,),
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"status", "activated"}),
    lacks=LACKS,
    is_sparse=True,
)
