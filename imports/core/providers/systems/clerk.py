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
    "username": Preset("profile.username", "The user's name to sign in with."),
    "(email)": Preset("profile.email", "The primary e-mail address."),
    "(email verified)": Preset(
        "profile.email_verified", "Whether it is among the verified addresses."
    ),
    "(further emails)": Preset("profile.emails", "The other verified and unverified addresses."),
    "(phone)": Preset("profile.phone", "The primary phone number."),
    "(phone verified)": Preset(
        "profile.phone_verified", "Whether it is among the verified numbers."
    ),
    "first_name": Preset("profile.given_name", "The user's first name."),
    "last_name": Preset("profile.family_name", "The user's last name."),
    "image_url": Preset("profile.picture", "The address of a picture."),
    "locale": Preset("profile.locale", "The user's language."),
    "banned": Preset(
        "profile.active", "The opposite: a banned user cannot sign in.", (Boolean(inverted=True),)
    ),
    "locked": Preset(
        "profile.active",
        "A lock after failed sign-ins ends by itself, one by an administrator does not: the dry "
        "run asks.",
        (AccountState(means="disabled", asks=True),),
    ),
    "created_at": Preset(
        "profile.created_at", "When the user was made; Clerk's API writes milliseconds since 1970."
    ),
    "last_sign_in_at": Preset(
        "profile.last_login", "The last sign-in; Clerk's API writes milliseconds since 1970."
    ),
    "updated_at": Preset("profile.updated_at", "When the user was last changed."),
    "password_digest": Preset("authenticators.password.hash", "The hash of the password."),
    "(hash format)": Preset("authenticators.password.format", "Clerk's password_digest."),
    "(hash parameters)": Preset(
        "authenticators.password.params", "password_hasher, which says how to read the hash."
    ),
    "totp_secret": Preset("authenticators.totp.secret", "The secret of the authenticator app."),
    "(backup codes)": Preset("authenticators.recovery_codes", "Backup codes that are not hashed."),
    "(external logins)": Preset(
        "authenticators.external_logins",
        "external_accounts and enterprise_accounts, as the Backend API lists them.",
    ),
    "(addresses for codes)": Preset(
        "authenticators.verified_addresses",
        "The verified addresses and numbers, which get codes to sign in with.",
    ),
}
NOT_CARRIED = {
    "primaryemailaddressid": "Says which address is in the column “(email)”.",
    "primaryphonenumberid": "Says which number is in the column “(phone)”.",
    "primaryweb3walletid": "Wallets cannot be imported.",
    "web3wallets": "Wallets cannot be imported.",
    "passwordenabled": "Whether there is a password; the API does not tell its hash.",
    "twofactorenabled": "Whether there are second factors; the API does not tell their secrets.",
    "totpenabled": "Whether there is an authenticator app; the API does not tell its secret.",
    "backupcodeenabled": "Whether there are backup codes; the API does not tell them.",
    "backupcodesenabled": "Whether there are backup codes.",
    "passkeys": "Passkeys are listed without their keys.",
    "object": "The kind of object in Clerk's API.",
    "hasimage": "Whether the picture is one of the user's own.",
    "profileimageurl": "The old name of image_url.",
    "lastactiveat": "When the user was last seen.",
    "lockoutexpiresinseconds": "A lock after failed sign-ins ends by itself.",
    "verificationattemptsremaining": "Failed sign-ins at Clerk; counting starts again.",
    "deleteselfenabled": "What the user may do on Clerk's pages.",
    "createorganizationenabled": "What the user may do on Clerk's pages.",
    "createorganizationslimit": "What the user may do on Clerk's pages.",
    "mfaenabledat": "When a second factor was set up.",
    "mfadisabledat": "When the second factors were removed.",
    "legalacceptedat": "When terms were accepted at Clerk.",
    "externalid": "The id of the user in a system before Clerk.",
    "notcarried": "What these users have that cannot be imported.",
}
LACKS = (
    "The dashboard's export has no external logins: list the users by the Backend API and import "
    "that as an update.",
    "The Backend API tells neither password hashes nor secrets of second factors.",
    "Passkeys, wallets, and organizations with their roles are in neither.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the columns of the export, or users as the Backend API lists them."""
    names = {name for row in rows for name in row}
    users = [row for row in rows if read_text(row.get("id")).startswith("user_")]
    marks = [column for column in columns if column in EXPORT_MARKS]
    if len(marks) >= 3 and (users or {"password_digest", "password_hasher"} <= names):
        return strong(
            f"The columns are those of Clerk's export: {', '.join(marks)}.",
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
        "In the dashboard choose Settings of the application, User exports, Export all users: the "
        "CSV file holds the password hashes. External logins come from GET /v1/users of the "
        "Backend API, page by page (limit=500&offset=0), put into one JSON array."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    is_sparse=True,
)
