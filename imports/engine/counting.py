"""Counts what a chunk's plans come to; the counts of all chunks add up to the job's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from imports.core.dry_run import ColumnUse, Findings, build_report
from imports.core.mapping import MappedRow
from imports.core.planning.plans import Action, Plan
from imports.models import Outcome

OUTCOMES: dict[Action, Outcome] = {
    Action.CREATE: Outcome.CREATED,
    Action.UPDATE: Outcome.UPDATED,
    Action.SKIP: Outcome.SKIPPED,
    Action.FAIL: Outcome.FAILED,
}


def count_plans(plans: Iterable[Plan]) -> dict[str, int]:
    """Return how many plans lead to each outcome; unchanged ones are among the skipped."""
    counts = Counter(OUTCOMES[plan.action].value for plan in plans)
    return {outcome.value: counts[outcome.value] for outcome in Outcome}


def report_chunk(
    plans: Sequence[Plan], rows: Sequence[MappedRow], use: ColumnUse
) -> dict[str, Any]:
    """Return what the check tells of one chunk: outcomes, and everything it found."""
    return {"outcomes": count_plans(plans), **Findings.gather(plans, rows, use).to_json()}


def report_losses(
    plans: Sequence[Plan], rows: Sequence[MappedRow], use: ColumnUse
) -> dict[str, Any]:
    """Return what a run tells of one chunk where no dry run did: losses, passwords, disabled."""
    return Findings.gather_losses(plans, rows, use).to_json()


def merge_losses(reports: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the same of a whole job from those of its chunks, in the form of a check's report."""
    found = Findings()
    for report in reports:
        found.add(Findings.from_json(report))
    return build_report(found)


def merge_reports(reports: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the check's report of a whole job from those of its chunks, in their order."""
    outcomes: Counter[str] = Counter({outcome.value: 0 for outcome in Outcome})
    found = Findings()
    for report in reports:
        outcomes.update(report["outcomes"])
        found.add(Findings.from_json(report))
    return {"outcomes": dict(outcomes), **build_report(found)}
