"""Any file that no other provider recognises: mapped by names and by what the values look like."""

from __future__ import annotations

import re
from typing import Any

from imports.core.providers.contract import Provider, Values

# What spreadsheets and reports put under a table, in its first cell.
SUMMARY = re.compile(
    r"(?:(?:grand|sub)[ -]?)?totals?\b.*|sums?:?|summe:?|gesamt(?:summe|zahl)?:?|anzahl\b.*|count:?"
    r"|(?:number of |total )?(?:records?|rows?|users?|entries)\s*[:=]\s*\d*"
    r"|end of (?:file|report|list)\b.*|\*+\s*end\b.*",
    re.IGNORECASE,
)
# Rows of users have more cells filled, where there are more columns than that.
SUMMARY_CELLS = 2


def leaves_out(values: Values) -> str:
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
        return "This looks like a line that sums up the table, not like a user."
    return ""


GENERIC = Provider(
    name="generic",
    label="Another system",
    how_to_export=(
        "Export one row per user, as CSV with a header line, as a JSON array of objects, or as "
        "NDJSON. Have password hashes exported whole, with their parameters and salts."
    ),
    leaves_out=leaves_out,
)
