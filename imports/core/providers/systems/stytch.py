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
    "user_id": Preset("subject_id", "The user's id, which is the “sub” of Stytch's tokens."),
    "member_id": Preset("subject_id", "The member's id, which is the “sub” of Stytch's tokens."),
    "(email)": Preset("profile.email", "The first of emails, or email_address."),
    "(email verified)": Preset("profile.email_verified", "Whether that address was verified."),
    "(further emails)": Preset("profile.emails", "The others of emails."),
    "(phone)": Preset("profile.phone", "The first of phone_numbers, or mfa_phone_number."),
    "(phone verified)": Preset("profile.phone_verified", "Whether that number was verified."),
    "name.first_name": Preset("profile.given_name", "The first name."),
    "name.last_name": Preset("profile.family_name", "The last name."),
    "(display name)": Preset("profile.display_name", "The name of a member, which is one text."),
    "(active)": Preset(
        "profile.active",
        "The status: pending and invited people have not verified an address yet, and can do so; "
        "deleted members cannot sign in. The dry run asks about any other.",
    ),
    "created_at": Preset("profile.created_at", "When the user was made."),
    "updated_at": Preset("profile.updated_at", "When the member was last changed."),
    "(external logins)": Preset(
        "authenticators.external_logins",
        "providers, or oauth_registrations: sign-ins with Google and the like.",
    ),
    "(roles)": Preset("memberships.roles", "The ids of roles, without those of Stytch itself."),
}
NOT_CARRIED = {
    "namemiddlename": "There is no field for a middle name; create an attribute for it.",
    "password": "Marks that there is a password: the API does not show its hash.",
    "memberpasswordid": "Marks that there is a password: the API does not show its hash.",
    "externalid": "The id of the user in your own application.",
    "totps": "The API does not show the secrets of authenticator apps.",
    "totpregistrationid": "The API does not show the secrets of authenticator apps.",
    "webauthnregistrations": "The API does not show the public keys of passkeys.",
    "biometricregistrations": "Keys that are kept on phones.",
    "cryptowallets": "Sign-in with a wallet is not offered here.",
    "ssoregistrations": "Connections of the organization: people sign in with them again.",
    "organizationid": "The organization of the member; make a group or an attribute to carry it.",
    "isbreakglass": "Lets a member sign in when the organization demands another way.",
    "isadmin": "An import creates no administrators.",
    "mfaenrolled": "Whether the member has a second factor at Stytch.",
    "mfaphonenumberverified": "Is in the column “(phone verified)”.",
    "defaultmfamethod": "Second factors are set up again.",
    "roles": "Those that are not in the column “(roles)” are Stytch's own.",
    "lock": "Of Stytch's own limit on failed sign-ins.",
}
LACKS = (
    "Stytch hands out password hashes on request only: people set a new password otherwise.",
    "Secrets of authenticator apps and public keys of passkeys are not in the API.",
    "The times of sign-ins are not part of a user.",
)
OWN_ROLES = frozenset({"stytch_user", "stytch_member"})


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the lists that every user has, filled or not, or the marks of a member."""
    users = [row for row in rows if is_user(row)]
    if not users or len(users) * 2 < len(rows):
        return None
    marks = sorted(MARKS.intersection(*users))
    return strong(
        f"Users have the fields of Stytch's: {', '.join(marks[:6])}.",
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
        "Ask the API for all users with POST /v1/users/search (B2B: POST "
        "/v1/b2b/organizations/members/search), following results_metadata.next_cursor, and put "
        "the pages into one JSON array. Ask Stytch's support for the password hashes."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    reads_states=frozenset({"status"}),
    is_sparse=True,
)
