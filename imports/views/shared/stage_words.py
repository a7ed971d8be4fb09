"""Put into words which conflicts records meet, in order, and what is done about each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from imports.core.dry_run import DryRunReport
from imports.core.planning.stages import StageReport, find_conflict, report_stages
from imports.core.problems import Problem
from imports.core.problems.conflict_kinds import KINDS, Met, Reason, RecordStage, Resolution

STAGE_LABELS = {
    RecordStage.PROFILE: "Profile",
    RecordStage.AUTHENTICATORS: "Authenticators",
    RecordStage.MEMBERSHIPS: "Groups and roles",
}
DONE = {
    Resolution.SKIP: "skipped",
    Resolution.OVERWRITE: "overwritten",
    Resolution.FAIL: "failed the record",
    Resolution.STOP: "failed the record and stopped the job",
}
TO_DO = {
    Resolution.SKIP: "Skipped",
    Resolution.OVERWRITE: "Overwritten",
    Resolution.FAIL: "The record fails",
    Resolution.STOP: "The record fails and the job stops",
}


@dataclass(frozen=True, slots=True)
class ShownStage:
    """One stage of a record, or of all records with a count: what was met, and what was done."""

    label: str
    met: tuple[str, ...]
    done: str
    count: int = 0


def describe_stages(
    status: str, problems: Iterable[Problem], changed: Iterable[str]
) -> list[ShownStage]:
    """Return the result of each stage of a record."""
    return [
        ShownStage(
            STAGE_LABELS[report.stage],
            tuple(f"{KINDS[met.reason].label}: {DONE[met.resolution]}" for met in report.met),
            _describe_done(status, report),
        )
        for report in report_stages(status, problems, changed)
    ]


def _describe_done(status: str, report: StageReport) -> str:
    if status == "created":
        return "Written"
    if status == "failed":
        return "Not written"
    if report.changes:
        return f"{report.changes} change{'s' if report.changes > 1 else ''}"
    return "Unchanged"


def count_conflicts(report: DryRunReport) -> list[ShownStage]:
    """Return how often the records of a dry run meet each conflict, and what will be done."""
    counts: Counter[Met] = Counter()
    for group in report["problems"]:
        if met := find_conflict(Problem.from_json(group)):
            counts[met] += group["count"]
    overwritten = report["statuses"]["updated"] + report["unchanged"]
    if overwritten:
        counts[Met(Reason.PROFILE_EXISTS, Resolution.OVERWRITE)] += overwritten
    order = list(Reason)
    return [
        ShownStage(
            STAGE_LABELS[met.stage], (KINDS[met.reason].label,), TO_DO[met.resolution], count
        )
        for met, count in sorted(counts.items(), key=lambda item: order.index(item[0].reason))
    ]
