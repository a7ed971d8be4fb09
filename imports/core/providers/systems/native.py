"""Userferry's own record format: JSON objects, or CSV whose columns are paths into them."""

from __future__ import annotations

from collections.abc import Sequence

from imports.core.providers.contract import Evidence, Preset, Provider, Values, certain, strong
from imports.core.records.targets import ATTRIBUTES, NESTED, get_label, is_target

PARTS = ("profile.", "authenticators.", "memberships.")


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the subject id, or a path into the record, among mostly known fields."""
    known = [column for column in columns if is_target(column)]
    is_sure = "subject_id" in known or any("." in column for column in known)
    # A misspelt field of a profile speaks for the format, another one at the top against it.
    near = [
        column
        for column in columns
        if column in known or column in NESTED or column.startswith(PARTS)
    ]
    if not is_sure or len(near) * 3 < len(columns) * 2:
        return None
    shown = ", ".join(known[:5])
    reason = f"{len(known)} of {len(columns)} columns are fields of the record format: {shown}."
    return certain(reason) if any(column.startswith(PARTS) for column in known) else strong(reason)


def find_preset(column: str) -> Preset | None:
    if not is_target(column):
        return None
    name = column.removeprefix(f"{ATTRIBUTES}.")
    kind = "attribute" if name != column else "field"
    return Preset(column, f"The column is named after the {kind} “{get_label(name)}”.")


PROVIDER = Provider(
    name="native",
    label="Userferry record format",
    how_to_export=(
        "Write one record per user, as a JSON array, as NDJSON, or as CSV with a column for each "
        "field. The template and the JSON Schema show every field."
    ),
    recognise=recognise,
    find_other_preset=find_preset,
    is_record=True,
    carries="Every field of the [record format](record-format.md) is imported, including passkeys, "
    "recovery codes and verified addresses.",
)
