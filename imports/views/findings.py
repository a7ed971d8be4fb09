"""Says in words what the check found besides problems: differences, losses, stale accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from imports.core.providers.contract import Provider
from imports.core.targets import ATTRIBUTES, get_label


@dataclass(frozen=True, slots=True)
class ShownDifference:
    """A field that updates change: in how many records, and a few of them."""

    label: str
    count: int
    examples: list[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ShownLoss:
    """Something that is not carried; `count` are the records that have it."""

    label: str
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class SignIns:
    """How many records had their last sign-in in a year; without a year, none is known."""

    year: str
    count: int
    percent: int


def describe_differences(report: Mapping[str, Any]) -> list[ShownDifference]:
    """Return what updates change, field by field."""
    return [
        ShownDifference(_name_field(each["field"]), each["count"], each["examples"])
        for each in report["differences"]
    ]


def _name_field(path: str) -> str:
    if path == "authenticators.password":
        return "Password"
    return get_label(path).removeprefix(f"{ATTRIBUTES}.")


def describe_losses(report: Mapping[str, Any], provider: Provider) -> list[ShownLoss]:
    """Return what the file has and the import does not carry."""
    columns = [
        ShownLoss(
            f"Column {column}" if column else "Further columns",
            count,
            provider.explain_loss(column) or "The mapping does not import it.",
        )
        for column, count in report["lost"]
    ]
    parts = [
        ShownLoss(f"{part[:1].upper()}{part[1:]}", count, "There is no place for it here.")
        for part, count in report["lost_parts"]
    ]
    return [*columns, *parts, *_list_ignored(report)]


def _list_ignored(report: Mapping[str, Any]) -> Iterator[ShownLoss]:
    for problem in report["problems"]:
        kind, _, state = problem["code"].partition("_")
        if state == "ignored":
            key = problem.get("params", {}).get("key")
            label = f"{kind.capitalize()} {key}" if key else f"Further {kind}s"
            yield ShownLoss(label, problem["count"], "The mapping leaves it behind.")


def describe_sign_ins(report: Mapping[str, Any]) -> list[SignIns]:
    """Return the last sign-ins by year, the oldest first; empty when the file knows of none."""
    counts: dict[str, int] = report["people"]["last_sign_ins"]
    total = sum(counts.values())
    if not any(counts):
        return []
    return [
        SignIns(year, count, round(100 * count / total)) for year, count in sorted(counts.items())
    ]
