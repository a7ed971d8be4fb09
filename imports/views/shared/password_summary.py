"""Says a census of passwords in words: what there is, how often, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accounts import hashing
from imports.core.problems import Problem
from imports.core.records.password_summary import Census, Kind, Reason
from imports.services.mapping.password_summary import estimate_hashing
from imports.views.shared.live import describe_duration
from imports.views.shared.problems import describe_problem

WEAK = (
    "Quickly guessed by whoever has stolen it. It is replaced at the first sign-in; for those who"
    " do not come back, let passwords expire and send a reset."
)


@dataclass(frozen=True, slots=True)
class CensusLine:
    """Records whose passwords are alike. Without a badge there is nothing to see to."""

    label: str
    count: int
    parameters: str = ""
    badge: str = ""
    severity: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class ShownCensus:
    """Everything a page shows of a census."""

    lines: list[CensusLine]
    has_hashes: bool

    @property
    def total(self) -> int:
        return sum(line.count for line in self.lines)


def describe_census(census: Census, *, has_begun: bool) -> ShownCensus:
    """Return what is shown of a census: hashes by format and cost, then all that is not one."""
    kinds = [_describe_kind(kind, count) for kind, count in census.kinds.most_common()]
    unusable = [
        _describe_reason(reason, count, has_begun=has_begun)
        for reason, count in census.unusable.most_common()
    ]
    return ShownCensus([*kinds, *unusable, *_list_others(census)], has_hashes=bool(kinds))


def _describe_kind(kind: Kind, count: int) -> CensusLine:
    known = hashing.FORMATS.get(kind.format_id)
    return CensusLine(
        label=known.label if known else kind.format_id,
        count=count,
        parameters=", ".join(f"{name} {value}" for name, value in kind.parameters),
        badge="Weak" if kind.weak else "",
        severity="warning" if kind.weak else "",
        advice=WEAK if kind.weak else "",
    )


def _describe_reason(reason: Reason, count: int, *, has_begun: bool) -> CensusLine:
    found = Problem(reason.code, params={"detail": reason.detail, "value": reason.detail})
    problem = describe_problem(found, has_begun=has_begun)
    return CensusLine(
        label=found.kind.summary_label,
        count=count,
        badge="Fails",
        severity="danger",
        advice=f"{problem.message} {problem.advice}".strip(),
    )


def _list_others(census: Census) -> Iterator[CensusLine]:
    if census.plain:
        duration = describe_duration(estimate_hashing(census.plain))
        yield CensusLine(
            "Plain password",
            census.plain,
            badge="In clear",
            severity="warning",
            advice=f"Hashed on import, in parallel: that takes about {duration} on this machine."
            " Delete the file where it came from.",
        )
    if census.absent:
        yield CensusLine(
            "None",
            census.absent,
            advice="They sign in by another way, or choose a password by a reset.",
        )
    if census.unknown:
        yield CensusLine(
            "Not looked at", census.unknown, advice="The record fails for another reason."
        )
