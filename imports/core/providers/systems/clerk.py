"""Clerk: the dashboard's CSV export, files of Clerk's migration tool, and the Backend API's users.

Fields as in Clerk's Backend API reference and in the samples of its migration tool.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, strong
from imports.core.providers.login_names import name_provider
from imports.core.providers.values import (
    drop_blanks,
    drop_repeated,
    list_objects,
    list_texts,
    make_login,
    omit,
    read_json,
    read_milliseconds,
    read_object,
    read_text,
    walk,
)
from imports.core.transforms.families.account_state import AccountState
from imports.core.transforms.families.words import Boolean
from imports.core.values.lists import split_list

FORMAT = "clerk_password_digest"
# Asks Cognito at every sign-in; there is no hash.
NO_HASH = "awscognito"
TIMESTAMPS = ("created_at", "updated_at", "last_sign_in_at")
METADATA = ("public_metadata", "private_metadata", "unsafe_metadata")
TAKEN_APART = frozenset(
    {"primary_email_address", "primary_phone_number", "password_hasher"}
    | {"verified_email_addresses", "unverified_email_addresses", "verified_phone_numbers"}
    | {"unverified_phone_numbers", "email_addresses", "phone_numbers"}
    | {"external_accounts", "enterprise_accounts", "saml_accounts", "backup_codes"}
)
EXPORT_MARKS = frozenset(
    {"primary_email_address", "verified_email_addresses", "primary_phone_number"}
    | {"verified_phone_numbers", "password_digest", "password_hasher", "totp_secret"}
)
API_MARKS = frozenset({"primary_email_address_id", "email_addresses", "password_enabled", "object"})

PRESETS = {
    "id": Preset("subject_id", "The user's id in Clerk, such as user_2abc…"),
    "username": Preset("profile.username", "The name users sign in with."),
    "(email)": Preset("profile.email", "The primary e-mail address."),
    "(email verified)": Preset(
        "profile.email_verified", "True if the address is one of the verified addresses."
    ),
    "(further emails)": Preset("profile.emails", "The other verified and unverified addresses."),
    "(phone)": Preset("profile.phone", "The primary phone number."),
    "(phone verified)": Preset(
        "profile.phone_verified", "True if the number is one of the verified numbers."
    ),
    "first_name": Preset("profile.given_name", "The user's first name."),
    "last_name": Preset("profile.family_name", "The user's last name."),
    "image_url": Preset("profile.picture", "The URL of a picture."),
    "locale": Preset("profile.locale", "The user's language."),
    "banned": Preset(
        "profile.active", "Inverted: a banned user cannot sign in.", (Boolean(inverted=True),)
    ),
    "locked": Preset(
        "profile.active",
        "A lock after failed sign-ins ends automatically, but a lock by an administrator does "
        "not, so the dry run asks.",
        (AccountState(means="disabled", asks=True),),
    ),
    "created_at": Preset(
        "profile.created_at", "When the user was created. Clerk's API uses milliseconds since 1970."
    ),
    "last_sign_in_at": Preset(
        "profile.last_login", "The last sign-in. Clerk's API uses milliseconds since 1970."
    ),
    "updated_at": Preset("profile.updated_at", "When the user was last changed."),
    "password_digest": Preset("authenticators.password.hash", "The password hash."),
    "(hash format)": Preset("authenticators.password.format", "Clerk's password_digest."),
    "(hash parameters)": Preset("authenticators.password.params", "From password_hasher."),
    "totp_secret": Preset("authenticators.totp.secret", "The secret of the authenticator app."),
    "(backup codes)": Preset("authenticators.recovery_codes", "Backup codes that are not hashed."),
    "(external logins)": Preset(
        "authenticators.external_logins",
        "external_accounts and enterprise_accounts from the Backend API.",
    ),
    "(addresses for codes)": Preset(
        "authenticators.verified_addresses",
        "The verified addresses and numbers, where users get sign-in codes.",
    ),
}
NOT_CARRIED = {
    "primaryemailaddressid": "Determines the address in the column “(email)”.",
    "primaryphonenumberid": "Determines the number in the column “(phone)”.",
    "primaryweb3walletid": "Wallets cannot be imported.",
    "web3wallets": "Wallets cannot be imported.",
    "passwordenabled": "Whether there is a password. The API does not return its hash.",
    "twofactorenabled": "Whether multi-factor authentication is on. The API does not return the "
    "secrets.",
    "totpenabled": "Whether there is an authenticator app. The API does not return its secret.",
    "backupcodeenabled": "Whether there are backup codes. The API does not return them.",
    "backupcodesenabled": "Whether there are backup codes.",
    "passkeys": "Passkeys are listed without their keys.",
    "object": "The object type in Clerk's API.",
    "hasimage": "Whether the user uploaded a picture.",
    "profileimageurl": "The old name of image_url.",
    "lastactiveat": "When the user was last seen.",
    "lockoutexpiresinseconds": "A lock after failed sign-ins ends automatically.",
    "verificationattemptsremaining": "Failed sign-ins to Clerk. The count restarts at zero here.",
    "deleteselfenabled": "Permissions on Clerk's pages.",
    "createorganizationenabled": "Permissions on Clerk's pages.",
    "createorganizationslimit": "Permissions on Clerk's pages.",
    "mfaenabledat": "When multi-factor authentication was turned on.",
    "mfadisabledat": "When multi-factor authentication was turned off.",
    "legalacceptedat": "When the user accepted the terms at Clerk.",
    "externalid": "The user's id in an earlier system.",
    "notcarried": "Credentials of these users that cannot be imported.",
}
LACKS = (
    "The dashboard export has no external logins. List the users through the Backend API and "
    "import that file as an update.",
    "The Backend API returns neither password hashes nor authenticator secrets.",
    "Neither source includes passkeys, wallets, or organizations with their roles.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the columns of the export, or users as the Backend API lists them."""
    names = {name for row in rows for name in row}
    users = [row for row in rows if read_text(row.get("id")).startswith("user_")]
    marks = [column for column in columns if column in EXPORT_MARKS]
    if len(marks) >= 3 and (users or {"password_digest", "password_hasher"} <= names):
        return strong(
            f"The columns match Clerk's export: {', '.join(marks)}.",
        )
    if len(users) * 2 >= len(rows) and len(names & API_MARKS) >= 3:
        return strong(
            f"{len(users)} of {len(rows)} users have ids that begin with “user_”, and "
            f"{', '.join(sorted(names & API_MARKS))}, as Clerk's Backend API lists them.",
        )
    return None


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with addresses, logins and the parameters of the hash as columns."""
    user = {
        column: read_milliseconds(value) if column in TIMESTAMPS else value
        for column, value in omit(values, TAKEN_APART).items()
    }
    for name in METADATA:
        if metadata := read_object(user.get(name)):
            user[name] = metadata
    hasher = read_text(values.get("password_hasher"))
    has_hash = bool(read_text(user.get("password_digest"))) and hasher != NO_HASH
    if not has_hash:
        user = omit(user, {"password_digest"})
    emails = sort_addresses(values, "email_address", "email_addresses")
    phones = sort_addresses(values, "phone_number", "phone_numbers")
    codes = list_texts(split_list(read_json(values.get("backup_codes"))))
    usable = [code for code in codes if not code.startswith("$")]
    derived = {
        "(email)": next(iter(emails), ""),
        "(email verified)": next(iter(emails.values()), None),
        "(further emails)": [
            {"email": address, "verified": verified}
            for address, verified in list(emails.items())[1:]
        ],
        "(phone)": next(iter(phones), ""),
        "(phone verified)": next(iter(phones.values()), None),
        "(hash format)": FORMAT if has_hash else "",
        "(hash parameters)": {"hasher": hasher} if has_hash else {},
        "(backup codes)": usable,
        "(external logins)": drop_repeated(list_logins(values)),
        "(addresses for codes)": [
            {"type": kind, "value": address}
            for kind, addresses in (("email", emails), ("phone", phones))
            for address, verified in addresses.items()
            if verified
        ],
        "(not carried)": ", ".join(list_lost(values, len(codes) > len(usable), hasher == NO_HASH)),
    }
    return user | drop_blanks(derived)


def sort_addresses(values: Values, single: str, several: str) -> dict[str, bool]:
    """Return the addresses of a kind, the primary one first, and whether each was verified."""
    verified = dict.fromkeys(list_cell(values.get(f"verified_{several}")), True)
    found = dict.fromkeys(list_cell(values.get(f"unverified_{several}")), False) | verified
    primary = read_text(values.get(f"primary_{single}"))
    for each in list_objects(values.get(several)):
        if address := read_text(each.get(single)):
            found[address] = walk(each, "verification", "status") == "verified"
            if each.get("id") == values.get(f"primary_{single}_id"):
                primary = address
    first = {primary: found.pop(primary, False)} if primary else {}
    return first | found


def list_cell(value: Any) -> list[str]:
    """Return the texts of a list, or of a cell that holds one as JSON or with separators."""
    return list_texts(split_list(read_json(value)))


def list_logins(values: Values) -> Iterator[Values]:
    for name in ("external_accounts", "enterprise_accounts", "saml_accounts"):
        for each in list_objects(values.get(name)):
            kind = name_provider(read_text(each.get("provider")).removeprefix("oauth_"))
            yield from make_login(kind, each.get("provider_user_id"), each.get("email_address"))


def list_lost(values: Values, has_hashed_codes: bool, asks_cognito: bool) -> list[str]:
    lost = {
        "hashed backup codes": has_hashed_codes,
        "password checked by Cognito": asks_cognito,
        "passkey": bool(list_objects(values.get("passkeys"))),
        "wallet": bool(list_objects(values.get("web3_wallets"))),
    }
    return [name for name, is_lost in lost.items() if is_lost]


PROVIDER = Provider(
    name="clerk",
    label="Clerk",
    how_to_export=(
        "In the dashboard, open the application's Settings > User exports and choose Export "
        "all users. The CSV file includes the password hashes. For external logins, call GET "
        "/v1/users of the Backend API page by page (limit=500&offset=0) and put the pages "
        "into one JSON array."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    is_sparse=True,
)
