"""What pages and the command line say of an export: whom it is of, and what it excludes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exports.engine.portions import NO_FORMAT, TO_BE_HASHED, UNREADABLE
from exports.services.exporting import ADMINISTRATORS_EXCLUDED, MORE_POWERFUL_EXCLUDED

EXCLUDED: Mapping[str, str] = {
    ADMINISTRATORS_EXCLUDED: "administrators excluded: no import creates or changes them",
    MORE_POWERFUL_EXCLUDED: "users excluded: they have permissions that the exporter lacks",
    UNREADABLE: "authenticators excluded: the configured keys do not decrypt them",
    TO_BE_HASHED: "passwords excluded: they are still to be hashed, export again later",
    NO_FORMAT: "passwords excluded: they are stored in no known format",
}


def describe_excluded(excluded: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Yield in words what was excluded, with how many there are."""
    for reason, words in EXCLUDED.items():
        if count := excluded.get(reason, 0):
            yield words, count


SELECTION = {
    "source": "source",
    "group": "group",
    "search": "search",
    "job": "import job",
    "after": "after",
    "limit": "at most",
}


def describe_selection(selection: Mapping[str, object]) -> str:
    """Return in words whom a stored selection means."""
    parts = [f"{words} {selection[name]}" for name, words in SELECTION.items() if name in selection]
    return ", ".join(parts) or "all users"
