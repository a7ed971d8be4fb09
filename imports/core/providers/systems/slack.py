"""Slack: members as users.list answers them or an export has them, and the CSV of the admin pages.

Fields as in https://docs.slack.dev/reference/objects/user-object; the columns of the CSV are those
of Manage members, Export full member list.
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
)
from imports.core.providers.phones import COUNTRY_OF_PHONES, write_phone
from imports.core.providers.values import (
    drop_blanks,
    omit,
    pick_first,
    read_milliseconds,
    read_text,
    walk,
)
from imports.core.transforms.families.account_state import AccountState

COLUMNS = frozenset({"username", "email", "status", "billing-active", "has-2fa", "userid"})
MARKS = frozenset(
    {
        *("team_id", "is_restricted", "is_ultra_restricted", "is_primary_owner", "is_app_user"),
        *("tz_label", "tz_offset", "is_email_confirmed", "who_can_share_contact_card"),
    }
)
ENOUGH_MARKS = 2
MEMBER_ID = re.compile(r"[UW][A-Z0-9]{5,}")
SLACKBOT = "USLACKBOT"
# Of the CSV, beside the words that all systems use: kinds of members, all of whom can sign in.
MEMBERS = frozenset({"Member", "Admin", "Owner", "Primary Owner", "Guest", "Single-Channel Guest"})
GUESTS = frozenset({"Multi-Channel Guest", "Restricted", "Ultra Restricted", "Workflow User"})
BOT = "Bot"
CONSUMED = frozenset({"deleted", "status", "tz", "locale", "updated"})
PROFILE = frozenset(
    {
        *("email", "phone", "real_name", "display_name", "first_name", "last_name", "image_512"),
        "real_name_normalized",
    }
)

PRESETS = {
    "id": Preset("subject_id", "The member's id, which is the “sub” claim of Slack's tokens."),
    "userid": Preset("subject_id", "The member's id, which is the “sub” claim of Slack's tokens."),
    "(email)": Preset("profile.email", "profile.email, or email in the CSV."),
    "is_email_confirmed": Preset("profile.email_verified", "Whether the address was confirmed."),
    "(user name)": Preset("profile.username", "name, or username in the CSV."),
    "(given name)": Preset("profile.given_name", "profile.first_name."),
    "(family name)": Preset("profile.family_name", "profile.last_name."),
    "(display name)": Preset(
        "profile.display_name", "profile.real_name, or fullname in the CSV, or else displayname."
    ),
    "(picture)": Preset("profile.picture", "profile.image_512."),
    "(phone)": Preset(
        "profile.phone",
        "profile.phone in E.164. For numbers without a country code, Userferry uses the "
        "country you choose.",
    ),
    "(locale)": Preset("profile.locale", "locale, if the export includes it."),
    "(time zone)": Preset("profile.zoneinfo", "tz."),
    "(updated)": Preset("profile.updated_at", "updated, in seconds since 1970."),
    "(active)": Preset(
        "profile.active",
        "False if deleted is true or the status is Deactivated. The dry run asks about an "
        "unknown status.",
    ),
    "expiration-timestamp": Preset(
        "profile.active",
        "A guest past the expiration date is disabled. Userferry does not disable accounts at "
        "a later date.",
        (AccountState(means="enabled_until"),),
    ),
}
NOT_CARRIED = {
    "teamid": "The workspace.",
    "enterpriseuser": "The user's id in the Slack enterprise organization.",
    "color": "The display colour of the name.",
    "tzlabel": "The name of the time zone. Its id is imported.",
    "tzoffset": "The offset of the time zone. Its id is imported.",
    "profile": "Other profile fields in Slack.",
    "has2fa": "Multi-factor authentication in Slack. Users set it up again here.",
    "hassso": "Whether the member signs in by single sign-on.",
    "billingactive": "Whether Slack bills for the member.",
    "displayname": "The display name in Slack. The full name is imported.",
    "isadmin": "An import never creates administrators.",
    "isowner": "An import never creates administrators.",
    "isprimaryowner": "An import never creates administrators.",
    "isrestricted": "Whether the member is a guest.",
    "isultrarestricted": "Whether the member is a guest in one channel.",
    "isbot": "Bots are excluded.",
    "isappuser": "Whether the member has authorised an app.",
    "whocansharecontactcard": "A Slack setting.",
}
LACKS = (
    "Slack does not export passwords. Users choose a new one or continue to sign in with Slack.",
    "The response includes addresses and phone numbers only if the token has the scopes to "
    "read them.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the columns of the CSV, or members with Slack's own ids and flags."""
    if COLUMNS.issubset(columns):
        return certain("The columns match Slack's member list, including billing-active.")
    members = [row for row in rows if is_member(row)]
    if not members or len(members) * 2 < len(rows):
        return None
    marks = sorted(MARKS.intersection(*members))
    found = f"{len(members)} of {len(rows)} records have Slack member ids"
    return strong(f"{found}, and {', '.join(marks)}.")


def is_member(row: Values) -> bool:
    is_named = MEMBER_ID.fullmatch(read_text(row.get("id"))) is not None
    return (
        is_named
        and isinstance(row.get("profile"), dict)
        and len(MARKS & row.keys()) >= ENOUGH_MARKS
    )


def normalise(values: Values, answers: Answers) -> Values:
    """Return the member with names, address, phone and state as columns."""
    profile = values.get("profile")
    names = [walk(profile, "real_name"), values.get("real_name"), values.get("fullname")]
    derived = {
        "(email)": pick_first(walk(profile, "email"), values.get("email")),
        "(user name)": pick_first(values.get("name"), values.get("username")),
        "(given name)": walk(profile, "first_name"),
        "(family name)": walk(profile, "last_name"),
        "(display name)": pick_first(*names, values.get("displayname")),
        "(picture)": walk(profile, "image_512"),
        "(phone)": write_phone(walk(profile, "phone"), "", answers),
        "(locale)": values.get("locale"),
        "(time zone)": values.get("tz"),
        "(updated)": read_seconds(values.get("updated")),
        "(active)": read_active(values),
        "(kind)": find_kind(values),
    }
    kept = omit(values, CONSUMED | {"email", "name", "username", "real_name", "fullname"})
    if isinstance(profile, dict):
        kept["profile"] = omit(profile, PROFILE)
    return drop_blanks(kept) | drop_blanks(derived)


def read_seconds(value: Any) -> Any:
    return read_milliseconds(value * 1000) if isinstance(value, int) else None


def read_active(values: Values) -> bool | str | None:
    """Return whether the flag or status lets the member in; an unknown status as text."""
    status = read_text(values.get("status"))
    if status in MEMBERS | GUESTS:
        return True
    if status and status != BOT:
        return read_account_state(status)
    return read_account_state(values.get("deleted"), "disabled")


def find_kind(values: Values) -> str:
    """Return that a member is a bot; nothing for a person."""
    is_bot = values.get("is_bot") is True or read_text(values.get("status")) == BOT
    return BOT if is_bot or values.get("id") == SLACKBOT else ""


def excludes(values: Values) -> str:
    return "A Slack bot, not a person." if values.get("(kind)") else ""


PROVIDER = Provider(
    name="slack",
    label="Slack",
    how_to_export=(
        "In the admin pages, choose Manage members > Export full member list, as CSV. Or call "
        "users.list with a token that has the scopes users:read and users:read.email, follow "
        "response_metadata.next_cursor, and put the members of all pages into one JSON array."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    excludes=excludes,
    questions=(COUNTRY_OF_PHONES,),
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    reads_states=frozenset({"deleted", "status", "billingactive"}),
    is_sparse=True,
)
