"""Say in words what the dry run found besides problems: differences and stale accounts."""

from __future__ import annotations

from dataclasses import dataclass

from imports.core.dry_run import DryRunReport, Example
from imports.core.records.targets import ATTRIBUTES, get_label


@dataclass(frozen=True, slots=True)
class ShownDifference:
    """A field that updates change: in how many records, and a few of them."""

    label: str
    count: int
    examples: list[Example]


@dataclass(frozen=True, slots=True)
class SignIns:
    """How many records had their last sign-in in a year; without a year, none is known."""

    year: str
    count: int
    percent: int


def describe_differences(report: DryRunReport) -> list[ShownDifference]:
    """Return what updates change, field by field."""
    return [
        ShownDifference(_name_field(each["field"]), each["count"], each["examples"])
        for each in report["differences"]
    ]


def _name_field(path: str) -> str:
    if path == "authenticators.password":
        return "Password"
    return get_label(path).removeprefix(f"{ATTRIBUTES}.")


def describe_sign_ins(report: DryRunReport) -> list[SignIns]:
    """Return the last sign-ins by year, the oldest first; empty when the file knows of none."""
    counts = report["people"]["last_sign_ins"]
    total = sum(counts.values())
    if not any(counts):
        return []
    return [
        SignIns(year, count, round(100 * count / total)) for year, count in sorted(counts.items())
    ]
