"""Any file that no other provider recognises: mapped by names and by what the values look like."""

from __future__ import annotations

import re
from typing import Any

from imports.core.providers.contract import Answers, Preset, Provider, Values
from imports.core.providers.login_names import KNOWN as WELL_KNOWN
from imports.core.providers.login_names import name_provider
from imports.core.providers.values import (
    drop_blanks,
    fold_keys,
    make_login,
    omit,
    pick_first,
    read_text,
)

# What spreadsheets and reports put under a table, in its first cell.
SUMMARY = re.compile(
    r"(?:(?:grand|sub)[ -]?)?totals?\b.*|sums?:?|summe:?|gesamt(?:summe|zahl)?:?|anzahl\b.*|count:?"
    r"|(?:number of |total )?(?:records?|rows?|users?|entries)\s*[:=]\s*\d*"
    r"|end of (?:file|report|list)\b.*|\*+\s*end\b.*",
    re.IGNORECASE,
)
# Rows of users have more cells filled, where there are more columns than that.
SUMMARY_CELLS = 2


def excludes(values: Values) -> str:
    """Say that a row of a table sums up the others."""
    filled: list[Any] = []
    for value in values.values():
        if value is not None and value != "":
            filled.append(value)
            if len(filled) > SUMMARY_CELLS:
                return ""  # as nearly every row, after a look at its first cells
    if not filled or len(values) <= SUMMARY_CELLS or not isinstance(filled[0], str):
        return ""
    if SUMMARY.fullmatch(filled[0].strip()):
        return "This looks like a summary row, not a user."
    return ""


# Columns side by side that name a provider and the user's id there: OmniAuth, Socialite, Auth.js.
LOGIN_COLUMNS = (
    ("provider", ("uid", "providerid", "provideraccountid", "provideruserid")),
    ("oauthprovider", ("oauthuid", "oauthid", "oauthprovideruid")),
    ("socialprovider", ("socialid", "socialuid")),
)
LOGINS = "(external logins)"
EMAIL, EMAIL_VERIFIED, EMAILS = "(email)", "(email verified)", "(further emails)"
MADE = {
    LOGINS: Preset(
        "authenticators.external_logins",
        "The identity provider and the user's id there, from adjacent columns.",
    ),
    EMAIL: Preset("profile.email", "The main address of the list, or else the first."),
    EMAIL_VERIFIED: Preset("profile.email_verified", "Whether the list says so."),
    EMAILS: Preset("profile.emails", "The other addresses of the list."),
}


# Lists of addresses as objects, such as {"address", "verified"}.
EMAIL_LISTS = ("emails", "emailAddresses", "email_addresses")
ADDRESS = ("address", "value", "email", "emailaddress")
VERIFIED = ("verified", "isverified", "emailverified", "confirmed", "isconfirmed")
PRIMARY = ("primary", "isprimary", "isdefault", "default")
OWN_ADDRESS = frozenset({"email", "mail", "emailaddress", "primaryemail", "primaryemailaddress"})


def normalise(values: Values, answers: Answers) -> Values:
    """Return the row with the login that two of its columns make together, and its addresses."""
    for name in EMAIL_LISTS:
        if values.get(name).__class__ is list and (emails := read_emails(values[name])):
            return add_login(spread_emails(values, name, emails))
    return add_login(values)


def read_emails(given: list[Any]) -> list[Values]:
    """Return the addresses of a list of objects, the main one first; none for any other list."""
    if not all(isinstance(each, dict) for each in given):
        return []
    objects = [fold_keys(each) for each in given]
    emails = [
        {
            "email": read_text(pick_first(*(each.get(name) for name in ADDRESS))),
            "verified": any(each.get(name) is True for name in VERIFIED),
            "primary": any(each.get(name) is True for name in PRIMARY),
        }
        for each in objects
    ]
    found = [each for each in emails if each["email"]]
    return sorted(found, key=lambda each: not each["primary"]) if len(found) == len(given) else []


def spread_emails(values: Values, name: str, emails: list[Values]) -> Values:
    """Return the row with the addresses in columns of their own; the first is the main one."""
    if not OWN_ADDRESS.isdisjoint(fold_keys(values)):
        main, others = {}, emails
    else:
        main, others = emails[0], emails[1:]
    derived = {
        EMAIL: main.get("email"),
        EMAIL_VERIFIED: main.get("verified"),
        EMAILS: [{"email": each["email"], "verified": each["verified"]} for each in others],
    }
    return omit(values, {name}) | drop_blanks(derived)


def add_login(values: Values) -> Values:
    """Return the row with the external login that two of its columns make together."""
    if not any("provider" in column.lower() for column in values):
        return values
    folded = fold_keys(values)
    for provider, subjects in LOGIN_COLUMNS:
        name = name_provider(read_text(folded.get(provider)))
        subject = pick_first(*(folded.get(each) for each in subjects))
        if name in WELL_KNOWN and (logins := list(make_login(name, subject))):
            return values | {LOGINS: logins}
    return values


def find_preset(column: str) -> Preset | None:
    """Return where a column goes that `normalise` makes."""
    return MADE.get(column)


PROVIDER = Provider(
    name="generic",
    label="Another system",
    how_to_export=(
        "Export one row per user, as CSV with a header line, as a JSON array of objects, or "
        "as NDJSON. Export complete password hashes, with their parameters and salts."
    ),
    find_other_preset=find_preset,
    normalise=normalise,
    excludes=excludes,
    carries="Every column that you map. Userferry suggests target fields from the column names and "
    "values.",
)
