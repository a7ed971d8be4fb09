"""Any file that no other provider recognises: mapped by names and by what the values look like."""

from __future__ import annotations

import re
from typing import Any

from imports.core.providers.contract import Answers, Preset, Provider, Values
from imports.core.providers.login_names import KNOWN as WELL_KNOWN
from imports.core.providers.login_names import name_provider
from imports.core.providers.values import fold_keys, make_login, pick_first, read_text

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


def normalise(values: Values, answers: Answers) -> Values:
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
    """Return where the column goes that `normalise` makes."""
    reason = "The identity provider and the user's id there, from adjacent columns."
    return Preset("authenticators.external_logins", reason) if column == LOGINS else None


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
