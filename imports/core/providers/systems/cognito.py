"""Amazon Cognito user pools: the list of users of its API, and the CSV file of an import job.

Fields as in the ListUsers action, and in the header that GetCSVHeader returns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Provider,
    Values,
    certain,
    strong,
)
from imports.core.providers.login_names import name_provider
from imports.core.providers.values import (
    drop_blanks,
    list_objects,
    make_login,
    omit,
    pick_first,
    read_json,
    read_text,
)
from imports.core.transforms.families.account_state import AccountState
from imports.core.transforms.families.words import Boolean

CUSTOM = "custom:"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# Kinds whose subjects are those of the provider itself; others have names given by the pool.
SOCIAL_KINDS = frozenset({"Google", "Facebook", "LoginWithAmazon", "SignInWithApple"})
FEDERATED = "EXTERNAL_PROVIDER"
USER_MARKS = frozenset({"Username", "UserStatus", "UserCreateDate", "Enabled"})
ATTRIBUTE_LISTS = ("Attributes", "UserAttributes")
USERNAMES = frozenset({"Username", "cognito:username"})
CSV_MARKS = frozenset({"cognito:username", "cognito:mfa_enabled"})

STATUS_REASON = (
    "Archived and compromised accounts are disabled. Accounts that are not confirmed arrive "
    "active, with an address that is not verified."
)
# The states of the API's UserStatusType; in the others it takes a user's password.
STATUS = (
    AccountState(
        means="status",
        active_words=(
            "CONFIRMED",
            "UNCONFIRMED",
            FEDERATED,
            "RESET_REQUIRED",
            "FORCE_CHANGE_PASSWORD",
        ),
        disabled_words=("ARCHIVED", "COMPROMISED"),
    ),
)
PRESETS = {
    "(subject id)": Preset(
        "subject_id",
        "The attribute sub. An import file does not have it, so cognito:username is used, "
        "which never changes either.",
    ),
    "(user name)": Preset(
        "profile.username",
        "preferred_username, or else the user name unless Cognito generated it.",
    ),
    "email": Preset("profile.email", "The user's e-mail address."),
    "email_verified": Preset(
        "profile.email_verified", "Whether the address was verified.", (Boolean(),)
    ),
    "phone_number": Preset("profile.phone", "The user's phone number."),
    "phone_number_verified": Preset(
        "profile.phone_verified", "Whether the number was verified.", (Boolean(),)
    ),
    "given_name": Preset("profile.given_name", "The user's first name."),
    "family_name": Preset("profile.family_name", "The user's last name."),
    "name": Preset("profile.display_name", "The user's full name."),
    "locale": Preset("profile.locale", "The user's language."),
    "zoneinfo": Preset("profile.zoneinfo", "The user's time zone."),
    "picture": Preset("profile.picture", "The URL of a picture."),
    "Enabled": Preset("profile.active", "Whether the user can sign in."),
    "UserStatus": Preset("profile.active", STATUS_REASON, STATUS),
    "cognito:user_status": Preset("profile.active", STATUS_REASON, STATUS),
    "UserCreateDate": Preset("profile.created_at", "When the user was created."),
    "UserLastModifiedDate": Preset("profile.updated_at", "When the user was last changed."),
    "updated_at": Preset("profile.updated_at", "When the profile was last changed."),
    "(external logins)": Preset(
        "authenticators.external_logins", "The attribute identities, by provider name."
    ),
}
NOT_CARRIED = {
    "username": "A name that Cognito generated, or an additional name next to preferred_username.",
    "cognitousername": "An additional name next to preferred_username.",
    "cognitomfaenabled": "Whether MFA is on. Its secret is not exported.",
    "mfaoptions": "Legacy MFA by text message.",
    "usermfasettinglist": "Lists MFA methods without their secrets.",
    "preferredmfasetting": "The preferred MFA method, without its secret.",
    "nickname": "Nobody signs in with it. Map it if you use it.",
}
LACKS = (
    "Cognito does not export password hashes. Users choose a new password, or sign in once "
    "with the old one through just-in-time migration while Cognito still runs.",
    "Authenticator secrets, passkeys and remembered devices cannot be exported.",
    "Groups are not listed with the users.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the two columns of every import file, or users with lists of attributes."""
    if set(columns) >= CSV_MARKS:
        others = sum(1 for column in columns if column.startswith(CUSTOM))
        return certain(
            "The columns cognito:username and cognito:mfa_enabled are those of Cognito's import "
            f"file, with {others} custom attributes.",
        )
    users = [row for row in rows if len(row.keys() & USER_MARKS) >= 2 and list_pairs(row)]
    if not users or len(users) * 2 < len(rows):
        return None
    return strong(
        f"{len(users)} of {len(rows)} users have Username and Attributes of Name and Value, as "
        "Cognito lists them.",
    )


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with its attributes as columns; custom:tier becomes custom.tier."""
    named = {read_text(each.get("Name")): each.get("Value") for each in list_pairs(values)}
    user = {**omit(values, ATTRIBUTE_LISTS), **named}
    custom = {
        column.removeprefix(CUSTOM): value
        for column, value in user.items()
        if column.startswith(CUSTOM)
    }
    kept = {column: value for column, value in user.items() if not column.startswith(CUSTOM)}
    username = read_text(pick_first(user.get("Username"), user.get("cognito:username")))
    derived = {
        "(subject id)": pick_first(user.get("sub"), username),
        "(user name)": pick_first(
            user.get("preferred_username"), "" if is_made_up(username, user) else username
        ),
        "(external logins)": list(list_logins(user.get("identities"))),
    }
    taken = {"identities", "sub", "preferred_username"}
    if username in (derived["(subject id)"], derived["(user name)"]):
        taken |= USERNAMES
    return omit(kept, taken) | ({"custom": custom} if custom else {}) | drop_blanks(derived)


def list_pairs(values: Values) -> list[Values]:
    """Return the attributes of a user, each an object of Name and Value."""
    return [
        each
        for name in ATTRIBUTE_LISTS
        for each in list_objects(values.get(name))
        if each.keys() >= {"Name", "Value"} and read_text(each["Name"])
    ]


def is_made_up(username: str, user: Values) -> bool:
    """Return whether Cognito made the user name: a UUID, or of a provider and an id there."""
    is_federated = read_text(user.get("UserStatus")) == FEDERATED
    return is_federated or username == user.get("sub") or UUID.fullmatch(username) is not None


def list_logins(identities: Any) -> Iterator[Values]:
    for each in list_objects(read_json(identities)):
        kind = read_text(each.get("providerType"))
        provider = kind if kind in SOCIAL_KINDS else read_text(each.get("providerName"))
        yield from make_login(name_provider(provider), each.get("userId"))


PROVIDER = Provider(
    name="cognito",
    label="Amazon Cognito",
    how_to_export=(
        "Run aws cognito-idp list-users --user-pool-id POOL --output json > users.json with "
        "the AWS CLI, which fetches all pages. The CSV file of a Cognito import job is also "
        "supported."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    is_sparse=True,
)
