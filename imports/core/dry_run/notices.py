"""List what concerns a file as a whole, ahead of its records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imports.core.dry_run.disabled import describe_disabled
from imports.core.inspection.recognition import Rival
from imports.core.providers.contract import Provider
from imports.core.readers.surroundings import Surroundings

MOST_SIGNS = 5


ALL_PAGES = (
    "Export all pages, and upload them as one file: the records of all pages in one list, or the"
    " pages one after another."
)


def list_notices(
    report: Mapping[str, Any],
    surroundings: Surroundings,
    provider: Provider,
    rivals: Sequence[Rival],
) -> list[dict[str, str]]:
    """Return code and text of each notice of a file, the gravest first.

    `report` is that of the dry run; empty without one.
    """
    found = []
    if rivals:
        found.append(("source_system_ambiguous", describe_rivals(rivals)))
    if surroundings.more:
        found.append(("more_records", describe_more(surroundings.more, provider)))
    if report and (disabled := describe_disabled(report)):
        found.append(("arrive_disabled", disabled))
    return [{"code": code, "text": text} for code, text in found]


def describe_rivals(rivals: Sequence[Rival]) -> str:
    """Say which source systems a file fits equally well, and by what it fits each."""
    listed = " ".join(f"{each.label}: {' '.join(each.proofs)}" for each in rivals)
    return (
        "Several source systems fit the file equally well, and none of them was chosen. Choose the"
        f" one it was exported from. {listed}"
    )


def describe_more(signs: Sequence[str], provider: Provider) -> str:
    """Say that the file is not everybody, by which signs, and how to get the rest."""
    named = list(signs[:MOST_SIGNS])
    if len(signs) > MOST_SIGNS:
        named.append(f"and {len(signs) - MOST_SIGNS:,} further signs")
    steps = f" {provider.label}: {provider.how_to_export}" if provider.how_to_export else ""
    return f"The file is not everybody: more records exist. {'; '.join(named)}. {ALL_PAGES}{steps}"
