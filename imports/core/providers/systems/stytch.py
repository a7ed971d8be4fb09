"""Stytch: users of the Consumer API, and members of organizations of the B2B API.

Objects as in https://stytch.com/docs/api/user-object and /docs/b2b/api/member-object.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, strong
from imports.core.providers.login_names import name_provider
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
        *("biometric_registrations", "crypto_wallets", "webauthn_registrations", "totps"),
        *("phone_numbers", "providers", "trusted_metadata", "untrusted_metadata"),
        *("email_address_verified", "sso_registrations", "member_password_id", "is_breakglass"),
    }
)
ENOUGH_MARKS = 3
ACTIVE = frozenset({"active", "pending", "invited"})
CONSUMED = frozenset({"emails", "phone_numbers", "providers", "oauth_registrations", "status"})

PRESETS = {
    "user_id": Preset("subject_id", "The user's id, which is the “sub” claim of Stytch's tokens."),
    "member_id": Preset(
        "subject_id", "The member's id, which is the “sub” claim of Stytch's tokens."
    ),
    "(email)": Preset("profile.email", "The first of emails, or email_address."),
    "(email verified)": Preset("profile.email_verified", "Whether that address was verified."),
    "(further emails)": Preset("profile.emails", "The other values of emails."),
    "(phone)": Preset("profile.phone", "The first of phone_numbers, or mfa_phone_number."),
    "(phone verified)": Preset("profile.phone_verified", "Whether that number was verified."),
    "name.first_name": Preset("profile.given_name", "The first name."),
    "name.last_name": Preset("profile.family_name", "The last name."),
    "(display name)": Preset("profile.display_name", "The name of a member, as one string."),
    "(active)": Preset(
        "profile.active",
        "From the status. Pending and invited users arrive active and can still verify their "
        "address. Deleted members cannot sign in. The dry run asks about any other status.",
    ),
    "created_at": Preset("profile.created_at", "When the user was created."),
    "updated_at": Preset("profile.updated_at", "When the member was last changed."),
    "(external logins)": Preset(
        "authenticators.external_logins",
        "providers, or oauth_registrations, such as Google.",
    ),
    "(roles)": Preset("memberships.roles", "Role ids, without Stytch's built-in roles."),
}
NOT_CARRIED = {
    "namemiddlename": "Userferry has no field for a middle name. Create an attribute for it.",
    "password": "Whether there is a password. The API does not return its hash.",
    "memberpasswordid": "Whether there is a password. The API does not return its hash.",
    "externalid": "The user's id in your own application.",
    "totps": "The API does not return authenticator secrets.",
    "totpregistrationid": "The API does not return authenticator secrets.",
    "webauthnregistrations": "The API does not return the public keys of passkeys.",
    "biometricregistrations": "Biometric registrations on mobile devices.",
    "cryptowallets": "Userferry does not support sign-in with wallets.",
    "ssoregistrations": "SSO registrations. Users connect them again at sign-in.",
    "organizationid": "The organization of the member. Create a group or an attribute for it.",
    "isbreakglass": "Whether the member can sign in outside the required methods of the "
    "organization.",
    "isadmin": "An import never creates administrators.",
    "mfaenrolled": "Whether the member uses multi-factor authentication at Stytch.",
    "mfaphonenumberverified": "Already in the column “(phone verified)”.",
    "defaultmfamethod": "MFA settings. Users set up multi-factor authentication again.",
    "roles": "Roles that are not in the column “(roles)” are built into Stytch.",
    "lock": "Stytch's lockout after failed sign-ins.",
}
LACKS = (
    "Stytch exports password hashes only on request. Otherwise, users choose a new password.",
    "The API returns neither authenticator secrets nor public keys of passkeys.",
    "User records do not include sign-in times.",
)
OWN_ROLES = frozenset({"stytch_user", "stytch_member"})


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the lists that every user has, filled or not, or the marks of a member."""
    users = [row for row in rows if is_user(row)]
    if not users or len(users) * 2 < len(rows):
        return None
    marks = sorted(MARKS.intersection(*users))
    return strong(
        f"Users have Stytch fields: {', '.join(marks[:6])}.",
    )


def is_user(row: Values) -> bool:
    has_id = "user_id" in row or "member_id" in row
    return has_id and len(MARKS.intersection(row)) >= ENOUGH_MARKS


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with addresses, numbers, state and logins as columns."""
    emails, phones = list_objects(values.get("emails")), list_objects(values.get("phone_numbers"))
    email = pick_first(*(each.get("email") for each in emails), values.get("email_address"))
    phone = walk(phones, 0, "phone_number") or values.get("mfa_phone_number")
    name = values.get("name")
    derived = {
        "(email)": email,
        "(email verified)": pick_first(
            walk(emails, 0, "verified"), values.get("email_address_verified")
        ),
        "(further emails)": list(list_further_emails(emails)),
        "(phone)": phone,
        "(phone verified)": pick_first(
            walk(phones, 0, "verified"), values.get("mfa_phone_number_verified") if phone else None
        ),
        "(display name)": name if isinstance(name, str) else None,
        "(active)": read_state(values.get("status")),
        "(external logins)": list(list_logins(values)),
        "(roles)": list_roles(values.get("roles")),
        "(further phones)": [each.get("phone_number") for each in phones[1:]],
    }
    taken = CONSUMED | {"email_address", "email_address_verified", "mfa_phone_number", "roles"}
    taken |= {"name"} if isinstance(name, str) else set()
    return omit(values, taken) | drop_blanks(derived)


def read_state(status: Any) -> bool | str | None:
    """Return whether the user can sign in; of a status that is not known, text."""
    text = read_text(status).lower()
    if text in ACTIVE:
        return True
    return False if text == "deleted" else text or None


def list_further_emails(emails: list[Values]) -> Iterator[Values]:
    for each in emails[1:]:
        if address := read_text(each.get("email")):
            yield {"email": address, "verified": each.get("verified") is True}


def list_logins(values: Values) -> Iterator[Values]:
    registrations = pick_first(values.get("providers"), values.get("oauth_registrations"))
    for each in list_objects(registrations):
        provider = name_provider(read_text(each.get("provider_type")).lower())
        yield from make_login(provider, each.get("provider_subject"))


def list_roles(roles: Any) -> list[str]:
    """Return the ids of roles, which members have as objects."""
    found = [
        read_text(each.get("role_id")) if isinstance(each, dict) else read_text(each)
        for each in (roles if isinstance(roles, list) else [])
    ]
    return [role for role in dict.fromkeys(found) if role and role not in OWN_ROLES]


PROVIDER = Provider(
    name="stytch",
    label="Stytch",
    how_to_export=(
        "Call POST /v1/users/search (B2B: POST /v1/b2b/organizations/members/search), follow "
        "results_metadata.next_cursor, and put the pages into one JSON array. Ask Stytch "
        "support for the password hashes."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    reads_states=frozenset({"status"}),
    is_sparse=True,
)
