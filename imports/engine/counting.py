"""Count a chunk's plans by status; the counts of all chunks add up to the job's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from imports.core.dry_run import ColumnUse, CountedReport, FileReport, Findings, build_report
from imports.core.dry_run.accepted import (
    IMPORTED,
    AcceptedRows,
    gather_mixed,
    gather_mixed_losses,
)
from imports.core.mapping import MappedRow
from imports.core.planning.plans import Action, Plan
from imports.models import ImportChunk, Status

STATUSES: dict[Action, Status] = {
    Action.CREATE: Status.CREATED,
    Action.UPDATE: Status.UPDATED,
    Action.SKIP: Status.SKIPPED,
    Action.FAIL: Status.FAILED,
}


def count_plans(plans: Iterable[Plan]) -> dict[str, int]:
    """Return how many plans lead to each status; unchanged ones are among the skipped."""
    counts = Counter(STATUSES[plan.action].value for plan in plans)
    return {status.value: counts[status.value] for status in Status}


def add_accepted(chunk: ImportChunk, accepted: Iterable[AcceptedRows]) -> None:
    """Add to the counts of a chunk those of rows that were accepted as columns."""
    for each in accepted:
        chunk.counts[each.status] += len(each.table)
        if each.status in IMPORTED:
            continue
        for plan, number in each.count_plans():
            reasons = chunk.reasons.setdefault(each.status, {})
            code = plan.decisive.code
            reasons[code] = reasons.get(code, 0) + number


def report_chunk(
    plans: Sequence[Plan],
    rows: Sequence[MappedRow],
    accepted: Sequence[AcceptedRows],
    use: ColumnUse,
    matches: Mapping[str, list[int]],
) -> dict[str, Any]:
    """Return what the dry run tells of one chunk: statuses, and everything it found.

    `rows` have plans, and `accepted` are those apart from these. `matches` are the counts of
    records with a value, and with a user, by matching key. Raises as `report_losses` does.
    """
    found = gather_mixed(plans, rows, accepted, use)
    if accepted and found.is_full:
        raise FindingsFull
    found.matches = dict(matches)
    statuses = count_plans(plans)
    for each in accepted:
        statuses[each.status] += len(each.table)
    return {"statuses": statuses, **found.to_json()}


def report_losses(
    plans: Sequence[Plan],
    rows: Sequence[MappedRow],
    accepted: Sequence[AcceptedRows],
    use: ColumnUse,
) -> dict[str, Any]:
    """Return what a run tells of one chunk where no dry run did: losses, passwords, disabled.

    Raises FindingsFull if what is told depends on the order of the rows, of which those that were
    accepted as columns are apart.
    """
    found = gather_mixed_losses(plans, rows, accepted, use)
    if accepted and found.is_full:
        raise FindingsFull
    return found.to_json()


class FindingsFull(Exception):
    """So much was found that only the first of it is told apart."""


def merge_losses(reports: Iterable[Mapping[str, Any]]) -> FileReport:
    """Return the same of a whole job from those of its chunks, as a dry run reports it."""
    found = Findings()
    for report in reports:
        found.add(Findings.from_json(report))
    return build_report(found)


def merge_reports(reports: Iterable[Mapping[str, Any]]) -> CountedReport:
    """Return the dry run's report of a whole job from those of its chunks, in their order."""
    statuses: Counter[str] = Counter({status.value: 0 for status in Status})
    found = Findings()
    for report in reports:
        statuses.update(report["statuses"])
        found.add(Findings.from_json(report))
    return {**build_report(found), "statuses": dict(statuses)}
