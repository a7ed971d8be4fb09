"""Say in one sentence how many accounts arrive disabled, and which columns say so."""

from __future__ import annotations

from imports.core.dry_run.shapes import FileReport

# More reasons than that are summed up: the sentence stands at the top of a page.
MOST_REASONS = 6


def describe_disabled(report: FileReport) -> str:
    """Return the sentence for a dry-run report; empty where nobody arrives disabled.

    An account that several columns disable counts under each of them.
    """
    people = report["people"]
    if not people["disabled"]:
        return ""
    total = sum(people["last_sign_ins"].values())
    verb = "arrives" if people["disabled"] == 1 else "arrive"
    reasons = [f"{column} = {value} ({count:,})" for column, value, count in _list_reasons(report)]
    named = reasons[:MOST_REASONS]
    if len(reasons) > MOST_REASONS:
        named.append(f"and {len(reasons) - MOST_REASONS:,} further values")
    said = f": {', '.join(named)}" if named else ""
    return f"{people['disabled']:,} of {total:,} {verb} disabled{said}."


def _list_reasons(report: FileReport) -> list[tuple[str, str, int]]:
    return [(column, value, count) for column, value, count in report["disabled_by"] if column]
