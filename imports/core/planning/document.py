"""Write the tables of docs/conflicts.md: `python -m imports.core.planning.document`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from imports.core.planning.conflicts import PRESETS
from imports.core.planning.field_policies import POLICY_KINDS, POSSIBLE, FieldPolicy
from imports.core.problems.conflict_kinds import KINDS, ConflictKind, Reason

PAGE = Path(__file__).parents[3] / "docs" / "conflicts.md"


def fill_page(page: str) -> str:
    """Return the page with its tables as the rows have them now."""
    tables = {
        "reasons": write_reasons(),
        "modes": write_modes(),
        "policies": write_policies(),
        "fields": write_fields(),
    }
    for name, rows in tables.items():
        start, end = f"<!-- table: {name} -->\n", "<!-- end of table -->"
        before, mark, after = page.partition(start)
        _, end_mark, rest = after.partition(end)
        if not (mark and end_mark):
            raise ValueError(f"docs/conflicts.md has no marks for the table “{name}”")
        page = f"{before}{start}{rows}{end}{rest}"
    return page


def write_reasons() -> str:
    header = ("Reason", "Part of the record", "Skip", "Overwrite", "Fail", "Stop")
    return _write_table(header, map(_write_reason, KINDS.values()))


def _write_reason(kind: ConflictKind) -> tuple[str, ...]:
    overwriting = kind.overwriting or "not possible"
    met = f"`{kind.reason}`: {kind.meets}"
    return (met, kind.stage.value, kind.skipping, overwriting, "the record fails", "yes")


def write_modes() -> str:
    rows = (
        (f"`{reason}`", *(table[reason].value for table in PRESETS.values())) for reason in Reason
    )
    return _write_table(("Reason", *(f"Mode “{mode}”" for mode in PRESETS)), rows)


def write_policies() -> str:
    rows = ((f"`{policy}`", kind.meaning) for policy, kind in POLICY_KINDS.items())
    return _write_table(("Policy", "What an update does"), rows)


def write_fields() -> str:
    """Return the fields that have the same policies in one row each."""
    alike: dict[tuple[FieldPolicy, ...], list[str]] = {}
    for path, policies in POSSIBLE.items():
        alike.setdefault(policies, []).append(f"`{path}`")
    rows = (
        (", ".join(paths), f"`{policies[0]}`", " ".join(f"`{each}`" for each in policies[1:]))
        for policies, paths in alike.items()
    )
    return _write_table(("Field", "Default", "Others"), rows)


def _write_table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, ("---",) * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


if __name__ == "__main__":
    PAGE.write_text(fill_page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
